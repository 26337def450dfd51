import RoostCore

/// `email.smtp`: who writes, by which mail servers, and how letters are signed, tracked and paced.
public struct SMTPChannel: Sendable, Equatable {
  /// `Shop <hi@shop.example>`.
  public var from: String
  public var replyTo: String?
  public var email = EmailSettings()

  init(_ reader: inout ChannelReader) {
    from = reader.text("from", "a channel needs a sender such as \"Shop <hi@shop.example>\"")
    replyTo = reader.optionalText("replyTo", "write an address such as \"help@shop.example\"")
    var findings: [Problem.Finding] = []
    email.read(reader.body, &findings)
    reader.adopt(EmailSettings.members, findings)
  }
}

extension ChannelDefinition {
  /// Of an e-mail channel.
  public var smtp: SMTPChannel? { if case .smtp(let smtp) = settings { smtp } else { nil } }
  /// What only e-mail has; empty for other kinds.
  public var email: EmailSettings { smtp?.email ?? EmailSettings() }
  /// `Shop <hi@shop.example>`; empty where messages name no sender.
  public var from: String { smtp?.from ?? "" }
  public var replyTo: String? { smtp?.replyTo }

  /// The document without credentials.
  public static func redacted(_ body: JSONValue) -> JSONValue { ChannelSecrets.redacted(body) }
}
