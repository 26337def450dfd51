import RoostCore

/// How much one event and one call may bring.
public enum EventLimits {
  /// An event's JSON text.
  public static let eventBytesMax = 32_768
  /// A call's body, except for import.
  public static let callBytesMax = 500 * 1_024
  /// An import's body.
  public static let importBytesMax = 5 * 1_024 * 1_024
  /// Events in one call: far more than fit with sensible content, but what is made of a body stays bounded.
  public static let eventsMax = 50_000
  /// Properties, traits, consents and context members of one event.
  public static let fieldsMax = 1_000
  /// An identifier, normalised, and a message id.
  public static let identifierBytesMax = 255
  /// `context.externalIds` of one event.
  public static let externalIDsMax = 32
  /// How far ahead of the receiver's clock an event may lie after correction.
  public static let futureMax = TimeSpan.days(1)
  /// A sender's clock that differs by more is taken as unrelated to ours, and not corrected for.
  public static let skewMax = TimeSpan.days(1)
}
