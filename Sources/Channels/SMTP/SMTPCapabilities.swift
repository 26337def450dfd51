/// What a server announced in its reply to EHLO (RFC 5321 4.1.1.1).
public struct SMTPCapabilities: Sendable, Equatable {
  /// The largest message in bytes (RFC 1870); nil when no limit was announced.
  public var sizeMax: Int?
  /// STARTTLS, RFC 3207.
  public var startTLS = false
  /// PIPELINING, RFC 2920.
  public var pipelining = false
  /// SIZE was announced, with or without a limit.
  public var size = false
  /// 8BITMIME, RFC 6152.
  public var eightBitMIME = false
  /// SMTPUTF8, RFC 6531.
  public var smtpUTF8 = false
  /// The SASL mechanisms of AUTH (RFC 4954), upper case.
  public var authMechanisms: [String] = []

  public init() {}

  init(reply: SMTPReply) {
    for line in reply.lines.dropFirst() {
      let words = line.uppercased().split(separator: " ").map(String.init)
      guard let keyword = words.first else { continue }
      switch keyword {
      case "STARTTLS": startTLS = true
      case "PIPELINING": pipelining = true
      case "8BITMIME": eightBitMIME = true
      case "SMTPUTF8": smtpUTF8 = true
      case "SIZE":
        size = true
        // Zero means "no fixed limit" (RFC 1870 4).
        sizeMax = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
      case "AUTH": authMechanisms += words.dropFirst()
      default:
        // Old servers write AUTH=LOGIN PLAIN.
        if keyword.hasPrefix("AUTH=") { authMechanisms += [String(keyword.dropFirst(5))] + words.dropFirst() }
      }
    }
  }
}
