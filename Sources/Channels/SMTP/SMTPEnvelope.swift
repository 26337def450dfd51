/// One message on its way: who sends it, who gets it, and its bytes (RFC 5321 2.3.1).
public struct SMTPEnvelope: Sendable, Equatable {
  /// RFC 5321 4.5.3.1.8: every server takes at least 100.
  public static let recipientsMax = 100

  /// The return path, where bounces go; empty for none (`<>`).
  public let sender: String
  /// The recipients' addresses; their outcomes come in this order.
  public let recipients: [String]
  /// The message's length in bytes before dot-stuffing, as SIZE counts it (RFC 1870 6).
  public let size: Int
  /// The message or an address needs SMTPUTF8.
  public let needsUTF8: Bool
  /// A byte of the message is above 127 and needs 8BITMIME.
  public let needsEightBit: Bool
  /// The message dot-stuffed, with its final dot: what follows the server's 354. Made here, on the caller's thread.
  let wire: [UInt8]

  /// - Parameters:
  ///   - sender: the return path; nil for none.
  ///   - recipients: 1 to 100 mailboxes; their display names do not matter here.
  ///   - message: the encoded message.
  /// - Throws: `EmailMessageError` when the number of recipients is out of range.
  public init(
    sender: MailAddress?, recipients: [MailAddress], message: consuming EncodedEmail
  ) throws(EmailMessageError) {
    guard (1...Self.recipientsMax).contains(recipients.count) else {
      throw EmailMessageError(
        .missing, field: "recipients", detail: "are \(recipients.count); write 1 to \(Self.recipientsMax)")
    }
    self.sender = sender?.addressSpec ?? ""
    self.recipients = recipients.map(\.addressSpec)
    size = message.bytes.count
    needsUTF8 = message.needsUTF8 || sender?.needsUTF8 == true || recipients.contains(where: \.needsUTF8)
    needsEightBit = message.bytes.hasEightBit
    // Taken out, so that it is changed and not copied.
    var bytes: [UInt8] = []
    swap(&bytes, &message.bytes)
    wire = DotStuffing.stuffed(bytes)
  }

  /// The envelope of a message that goes from its author to the readers it names.
  ///
  /// - Parameter sender: where bounces go; the author when nil.
  public init(_ message: EmailMessage, sender: MailAddress? = nil) throws(EmailMessageError) {
    try self.init(sender: sender ?? message.from, recipients: message.to, message: try message.encoded())
  }
}
