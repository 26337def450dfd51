/// A command line of RFC 5321 4.1.1 and its extensions.
enum SMTPCommand: Sendable, Equatable {
  case ehlo(String)
  case helo(String)
  case startTLS
  /// AUTH PLAIN with its initial response (RFC 4616).
  case authPlain(SMTPCredentials)
  case authLogin
  /// The answer to AUTH LOGIN's first question.
  case loginUser(SMTPCredentials)
  /// The answer to AUTH LOGIN's second question.
  case loginPassword(SMTPCredentials)
  case mail(from: String, size: Int?, eightBit: Bool, utf8: Bool)
  case rcpt(to: String)
  case data
  case rset
  case quit

  /// Appends the command and its CRLF.
  func write(to line: inout [UInt8]) {
    switch self {
    case .ehlo(let name): line.append(contentsOf: "EHLO \(name)".utf8)
    case .helo(let name): line.append(contentsOf: "HELO \(name)".utf8)
    case .startTLS: line.append(contentsOf: "STARTTLS".utf8)
    case .authPlain(let credentials):
      line.append(contentsOf: "AUTH PLAIN ".utf8)
      line += Base64.encode([0] + Array(credentials.user.utf8) + [0] + Array(credentials.password.utf8))
    case .authLogin: line.append(contentsOf: "AUTH LOGIN".utf8)
    case .loginUser(let credentials): line += Base64.encode(Array(credentials.user.utf8))
    case .loginPassword(let credentials): line += Base64.encode(Array(credentials.password.utf8))
    case .mail(let sender, let size, let eightBit, let utf8):
      line.append(contentsOf: "MAIL FROM:<".utf8)
      line.append(contentsOf: sender.utf8)
      line.append(UInt8(ascii: ">"))
      if let size {
        line.append(contentsOf: " SIZE=".utf8)
        line.append(contentsOf: String(size).utf8)
      }
      if eightBit { line.append(contentsOf: " BODY=8BITMIME".utf8) }
      if utf8 { line.append(contentsOf: " SMTPUTF8".utf8) }
    case .rcpt(let recipient):
      line.append(contentsOf: "RCPT TO:<".utf8)
      line.append(contentsOf: recipient.utf8)
      line.append(UInt8(ascii: ">"))
    case .data: line.append(contentsOf: "DATA".utf8)
    case .rset: line.append(contentsOf: "RSET".utf8)
    case .quit: line.append(contentsOf: "QUIT".utf8)
    }
    line.append(contentsOf: [0x0D, 0x0A])
  }
}
