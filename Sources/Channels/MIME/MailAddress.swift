/// A mailbox of RFC 5322 3.4: an address and the name shown beside it.
///
/// The local part is kept without its quotes (`john doe`, not `"john doe"`); `addressSpec` puts them back where needed.
public struct MailAddress: Sendable, Hashable {
  /// The name shown to the reader, without quotes; nil when there is only the address.
  public var displayName: String?
  /// What stands before the `@`, unquoted; case matters to the receiving host only.
  public let localPart: String
  /// A domain name (`shop.example`, `почта.рф`) or an address literal (`[192.0.2.1]`).
  public let domain: String

  /// Checks an address by RFC 5321 4.1.2, with the UTF-8 extension of RFC 6531 3.3.
  ///
  /// - Parameters:
  ///   - address: `ann@example.com`, `"ann b"@example.com`; no angle brackets.
  ///   - displayName: the name shown to the reader; an empty one counts as none.
  ///   - field: what to call it in an error.
  public init(
    _ address: String, displayName: String? = nil, field: String = "address"
  ) throws(EmailMessageError) {
    try EmailMessageError.refuseLineBreaks(in: address, field: field)
    if let displayName { try EmailMessageError.refuseLineBreaks(in: displayName, field: field) }
    guard let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else {
      throw EmailMessageError(.invalidAddress, field: field, detail: "has no @; write name@example.com")
    }
    let local = address[..<at]
    let domain = String(address[address.utf8.index(after: at)...])
    localPart = try Self.unquoted(local, field: field)
    self.domain = domain
    self.displayName = displayName?.isEmpty == true ? nil : displayName
    try Self.check(domain: domain, field: field)
    guard (1...64).contains(localPart.utf8.count), domain.utf8.count <= 255, address.utf8.count <= 320 else {
      throw EmailMessageError(
        .invalidAddress, field: field,
        detail: "is empty or too long: at most 64 octets before the @ and 255 after it (RFC 5321 4.5.3.1)")
    }
  }

  /// The address as it stands in headers and SMTP commands, its local part quoted where RFC 5322 3.4.1 asks for it.
  public var addressSpec: String {
    Self.isDotAtom(localPart) ? "\(localPart)@\(domain)" : "\(QuotedString.quote(localPart))@\(domain)"
  }

  /// True when the address has characters outside ASCII and needs a server with SMTPUTF8 (RFC 6531).
  public var needsUTF8: Bool {
    !(localPart.utf8.allSatisfy { $0 < 0x80 } && domain.utf8.allSatisfy { $0 < 0x80 })
  }

  /// `atext` of RFC 5322 3.2.3, with every byte of a UTF-8 character (RFC 6532 3.2).
  static func isAtomText(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF:
      true
    default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
  }

  private static func isDotAtom(_ local: String) -> Bool {
    var previous = UInt8(ascii: ".")
    for byte in local.utf8 {
      guard isAtomText(byte) || (byte == UInt8(ascii: ".") && previous != byte) else { return false }
      previous = byte
    }
    return previous != UInt8(ascii: ".")
  }

  private static func unquoted(_ local: Substring, field: String) throws(EmailMessageError) -> String {
    if local.utf8.first == UInt8(ascii: "\"") {
      guard let inner = QuotedString.unquote(local) else {
        throw EmailMessageError(.invalidAddress, field: field, detail: "has an unfinished quoted part before the @")
      }
      return inner
    }
    for byte in local.utf8 where byte <= 0x20 || byte == 0x7F || "\"(),:;<>@[\\]".utf8.contains(byte) {
      throw EmailMessageError(
        .invalidAddress, field: field, detail: "has a space or one of \"(),:;<>@[\\] before the @")
    }
    return String(local)
  }

  private static func check(domain: String, field: String) throws(EmailMessageError) {
    let bytes = Array(domain.utf8)
    if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]"), bytes.count > 2 {
      let literal = bytes[1..<(bytes.count - 1)]
      if literal.allSatisfy({ (0x21...0x5A).contains($0) || (0x5E...0x7E).contains($0) }) { return }
    }
    var labelLength = 0
    var previous = UInt8(ascii: "-")
    for byte in bytes {
      if byte == UInt8(ascii: ".") {
        guard labelLength > 0, previous != UInt8(ascii: "-") else { throw invalidDomain(field) }
        labelLength = 0
      } else {
        let isHyphen = byte == UInt8(ascii: "-")
        let isLetterOrDigit = isAtomText(byte) && !"!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        guard isLetterOrDigit || (labelLength > 0 && isHyphen) || byte == UInt8(ascii: "_") else {
          throw invalidDomain(field)
        }
        labelLength += 1
        guard labelLength <= 63 || byte >= 0x80 else { throw invalidDomain(field) }
      }
      previous = byte
    }
    guard labelLength > 0, previous != UInt8(ascii: "-") else { throw invalidDomain(field) }
  }

  private static func invalidDomain(_ field: String) -> EmailMessageError {
    EmailMessageError(
      .invalidAddress, field: field,
      detail: "has no valid domain after the @; write labels of letters, digits and hyphens, as in shop.example")
  }
}
