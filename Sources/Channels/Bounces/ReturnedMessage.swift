/// What a message in a bounce mailbox says: which addresses did not work, or that a reader complained.
public struct ReturnedMessage: Sendable, Equatable {
  /// What became of one recipient.
  public struct Recipient: Sendable, Equatable {
    public var address: String
    /// It will not work later either.
    public var isPermanent: Bool
    /// RFC 3463, such as 5.1.1; "" if nobody said.
    public var status: String
    /// What the server said; "" if nothing.
    public var diagnostic: String

    public init(address: String, isPermanent: Bool, status: String = "", diagnostic: String = "") {
      self.address = address
      self.isPermanent = isPermanent
      self.status = status
      self.diagnostic = diagnostic
    }

    /// Nobody is there and nobody will be: to send again would only hurt the sender's name.
    ///
    /// A full mailbox, a message that was too large, a filter's verdict and a server that could not be reached say nothing
    /// about the address, though the message was returned for good.
    public var isAddressDead: Bool {
      guard isPermanent, !status.hasPrefix("4") else { return false }
      if status.hasPrefix("5.1.") || status == "5.2.1" || status == "5.4.4" { return true }
      if !status.isEmpty, !status.hasPrefix("5.0") { return false }
      let words = diagnostic.lowercased()
      return !Self.passing.contains { words.contains($0) }
    }

    private static let passing = [
      "full", "quota", "spam", "virus", "blocked", "blacklist", "policy", "too large", "too big", "size", "loop",
      "timed out", "timeout", "connection", "greylist", "try again", "temporar", "not accepting mail from",
    ]
  }

  /// A report of RFC 5965: `abuse`, `fraud`, `not-spam`…
  public struct Complaint: Sendable, Equatable {
    public var kind: String
    /// Who complained, where it is told.
    public var address: String
  }

  public var recipients: [Recipient] = []
  public var complaint: Complaint?
  /// The headers of the returned message, as far as it was returned: what names it to its sender.
  public var original: [Field] = []
  /// Where the report itself was sent: with a return path of its own for each message, it names the message.
  public var addressees: [String] = []

  public struct Field: Sendable, Equatable {
    /// In lower case.
    public var name: String
    public var value: String
  }

  public init() {}

  /// The first field of the returned message.
  public func original(_ name: String) -> String? { original.first { $0.name == name }?.value }

  /// Reads a message; one that is neither a bounce nor a complaint gives no recipients and no complaint.
  public init(parsing bytes: [UInt8]) {
    let message = MIMEEntity(parsing: bytes)
    let parts = message.all()
    addressees = Self.addressees(of: message)
    original = Self.original(in: parts)
    if let report = parts.first(where: { $0.type == "message/feedback-report" }) {
      complaint = Self.complaint(report)
      return
    }
    recipients = DeliveryReport.recipients(in: message)
    if recipients.isEmpty { recipients = BounceText.recipients(in: message) }
    if original.isEmpty { original = BounceText.quotedFields(in: message) }
  }

  private static func addressees(of message: MIMEEntity) -> [String] {
    ["to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "cc"].flatMap { name in
      message.fields.filter { $0.name == name }.flatMap { MailAddresses.all(in: $0.value) }
    }
  }

  private static func original(in parts: [MIMEEntity]) -> [Field] {
    for part in parts.dropFirst() {
      if part.type == "message/rfc822" || part.type == "message/global", let inner = part.parts.first,
        !inner.fields.isEmpty
      {
        return inner.fields.map { Field(name: $0.name, value: $0.value) }
      }
      if part.type == "text/rfc822-headers" || part.type == "message/rfc822-headers" {
        let fields = MIMEEntity(parsing: part.decoded).fields
        if !fields.isEmpty { return fields.map { Field(name: $0.name, value: $0.value) } }
      }
    }
    return []
  }

  private static func complaint(_ report: MIMEEntity) -> Complaint {
    let fields = MIMEEntity(parsing: report.decoded).fields
    let kind = fields.first { $0.name == "feedback-type" }?.value.lowercased() ?? "abuse"
    let rcpt = fields.first { $0.name == "original-rcpt-to" || $0.name == "removal-recipient" }?.value ?? ""
    return Complaint(kind: kind, address: MailAddresses.all(in: rcpt).first ?? "")
  }
}
