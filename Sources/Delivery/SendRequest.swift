import RoostCore

/// What a journey, a broadcast or an operator wants to send to one person: what `DeliveryGate` is asked about.
public struct SendRequest: Sendable, Equatable {
  /// The same each time one message is asked about, however long it was held.
  public var id: IntentID
  public var messageClass: MessageClass
  /// The channel's key, or its kind.
  public var channel: String
  /// The template's key.
  public var template: String
  /// The key of the journey that sends; `.none` for other senders.
  public var journey: Symbol
  /// What else caps may count it by: `tag:spring`, `advertiser:acme`, `network`.
  public var labels: [Symbol]
  /// What the step itself says about quiet hours; `nil`: as the workspace has it.
  public var quiet: OverRule?
  /// What the step itself says about a frequency cap that is reached; `nil`: as the cap has it.
  public var over: OverRule?
  /// Sent by an operator to see it: needs an address only, and no cap counts it.
  public var isTest: Bool

  public init(
    id: IntentID, messageClass: MessageClass, channel: String, template: String, journey: Symbol = .none,
    labels: [Symbol] = [], quiet: OverRule? = nil, over: OverRule? = nil, isTest: Bool = false
  ) {
    self.id = id
    self.messageClass = messageClass
    self.channel = channel
    self.template = template
    self.journey = journey
    self.labels = labels
    self.quiet = quiet
    self.over = over
    self.isTest = isTest
  }
}

/// What is done with a message that may not go out at this moment.
public enum OverRule: Sendable, Hashable {
  /// It waits for the first moment in which it may, and the run with it.
  case hold
  case skip
  /// Another channel takes its place, under its own rules; `template` `nil`: the same one.
  case replace(channel: String, template: String?)
}
