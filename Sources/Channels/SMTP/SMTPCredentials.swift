/// A user name and a password. Printing one shows neither.
public struct SMTPCredentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  let user: String
  let password: String

  /// - Throws: `SMTPConfigurationError` when one holds NUL, which would end it inside AUTH PLAIN (RFC 4616 2).
  public init(user: String, password: String) throws(SMTPConfigurationError) {
    for (value, field) in [(user, "user"), (password, "password")] where value.utf8.contains(0) {
      throw SMTPConfigurationError(field: field, detail: "contains NUL, which SMTP authentication cannot carry")
    }
    self.user = user
    self.password = password
  }

  public var description: String { "SMTPCredentials(redacted)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
