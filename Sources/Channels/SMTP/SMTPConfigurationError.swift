/// A mistake in a channel's configuration. Names the field and what would be right; never repeats a value, which may be
/// a password.
public struct SMTPConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The field at fault: `url`, `url/port`, `url/timeout`, `trustRoots`.
  public var field: String
  /// What was wrong and what would be right; safe to show to anyone.
  public var detail: String

  public init(field: String, detail: String) {
    self.field = field
    self.detail = detail
  }

  public var description: String { "\(field): \(detail)" }
}
