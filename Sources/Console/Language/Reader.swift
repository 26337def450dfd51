import RoostCore

/// For whom and when a page is written.
public struct Reader: Sendable {
  public var language: Language
  public var zone: ZoneRules
  /// The server's clock, or the sandbox's.
  public var now: Instant

  public init(language: Language, zone: ZoneRules, now: Instant) {
    self.language = language
    self.zone = zone
    self.now = now
  }
}
