/// Delivery status notifications of RFC 3464, and those that nearly are.
enum DeliveryReport {
  static func recipients(in message: MIMEEntity) -> [ReturnedMessage.Recipient] {
    let found = recipients(in: message.all(withinMessages: false))
    guard found.isEmpty else { return found }
    // A report that somebody wrapped into another message.
    let wrapped = message.all().first { $0.type == "multipart/report" }
    return wrapped.map { recipients(in: $0.all(withinMessages: false)) } ?? []
  }

  private static func recipients(in parts: [MIMEEntity]) -> [ReturnedMessage.Recipient] {
    var found: [ReturnedMessage.Recipient] = []
    // Not what an enclosed message encloses: that was the business of somebody else.
    for part in parts
    where part.type == "message/delivery-status" || part.type == "message/global-delivery-status" {
      for group in groups(part.decoded) {
        guard let recipient = recipient(group), !found.contains(where: { $0.address == recipient.address }) else {
          continue
        }
        found.append(recipient)
      }
    }
    return found
  }

  /// Fields between empty lines: the first group is about the message, each further one about a recipient.
  private static func groups(_ bytes: [UInt8]) -> [MIMEEntity] {
    var groups: [MIMEEntity] = []
    var current: [UInt8] = []
    var place = 0
    while place < bytes.count {
      let (line, next) = MIMEEntity.line(bytes[...], place)
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        if !current.isEmpty { groups.append(MIMEEntity(parsing: current)) }
        current = []
      } else {
        current += line + [0x0A]
      }
      place = next
    }
    if !current.isEmpty { groups.append(MIMEEntity(parsing: current)) }
    return groups
  }

  private static func recipient(_ group: MIMEEntity) -> ReturnedMessage.Recipient? {
    // Whom the sender knows comes before whom the mail was forwarded to.
    let names = ["original-recipient", "final-recipient", "x-actual-recipient"]
    guard let address = names.lazy.compactMap({ group[$0] }).compactMap(address).first else { return nil }
    let action = group["action"]?.lowercased().prefix { $0.isLetter || $0 == "-" } ?? ""
    let status = SMTPStatus.enhanced(in: group["status"] ?? "") ?? ""
    let diagnostic = group["diagnostic-code"].map(withoutType) ?? ""
    switch action {
    case "failed", "failure", "":
      guard !action.isEmpty || !status.isEmpty, !status.hasPrefix("2") else { return nil }
      // Without an action, 4.x.x tells of a delay; with one, of a server that gave up.
      let isPermanent = !action.isEmpty || !status.hasPrefix("4")
      return .init(address: address, isPermanent: isPermanent, status: status, diagnostic: diagnostic)
    case "delayed": return .init(address: address, isPermanent: false, status: status, diagnostic: diagnostic)
    default: return nil
    }
  }

  /// `rfc822; ann@example.com`.
  private static func address(_ field: String) -> String? {
    let value = field.firstIndex(of: ";").map { String(field[field.index(after: $0)...]) } ?? field
    return MailAddresses.all(in: value).first
  }

  private static func withoutType(_ field: String) -> String {
    guard let mark = field.firstIndex(of: ";"),
      field[..<mark].allSatisfy({ $0.isLetter || $0 == "-" || $0 == "x" || $0.isNumber })
    else { return field }
    return ReceivedText.trimmed(String(field[field.index(after: mark)...]))
  }
}
