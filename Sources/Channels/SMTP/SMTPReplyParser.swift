/// Cuts a stream of bytes into replies. What it keeps is bounded, whatever a server sends.
struct SMTPReplyParser: Sendable {
  /// Why the bytes are no SMTP replies.
  enum Mistake: Error, Equatable {
    case lineTooLong, tooManyLines, notAReply, codesDiffer
  }

  /// RFC 5321 4.5.3.1.5 says 512; servers with long texts pass it.
  static let lineBytesMax = 2048
  static let linesMax = 128

  private var line: [UInt8] = []
  private var lines: [String] = []
  private var code: Int?

  /// True when nothing of an unfinished reply is kept.
  var isEmpty: Bool { line.isEmpty && code == nil }

  /// Takes bytes and appends the replies that they complete.
  mutating func append(_ bytes: UnsafeRawBufferPointer, to replies: inout [SMTPReply]) throws(Mistake) {
    var start = 0
    for (index, byte) in bytes.enumerated() where byte == 0x0A {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
      start = index + 1
      if line.isEmpty {
        if let reply = try finish(rest) { replies.append(reply) }
      } else {
        try keep(rest)
        let whole = line
        line.removeAll(keepingCapacity: true)
        if let reply = try finish(whole) { replies.append(reply) }
      }
    }
    try keep(UnsafeRawBufferPointer(rebasing: bytes[start...]))
  }

  private mutating func keep(_ bytes: UnsafeRawBufferPointer) throws(Mistake) {
    guard line.count + bytes.count <= Self.lineBytesMax else { throw .lineTooLong }
    line.append(contentsOf: bytes)
  }

  private mutating func finish(_ line: some RandomAccessCollection<UInt8>) throws(Mistake) -> SMTPReply? {
    guard line.count <= Self.lineBytesMax else { throw .lineTooLong }
    let trimmed = line.last == 0x0D ? line.dropLast() : line[...]
    let digits = trimmed.prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .notAReply }
    let lineCode = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    let separator = trimmed.dropFirst(3).first ?? UInt8(ascii: " ")
    guard (200...599).contains(lineCode), separator == UInt8(ascii: " ") || separator == UInt8(ascii: "-") else {
      throw .notAReply
    }
    guard code == nil || code == lineCode else { throw .codesDiffer }
    guard lines.count < Self.linesMax else { throw .tooManyLines }
    lines.append(Self.printable(trimmed.dropFirst(4)))
    guard separator == UInt8(ascii: " ") else {
      code = lineCode
      return nil
    }
    defer { (code, lines) = (nil, []) }
    return SMTPReply(code: lineCode, lines: lines)
  }

  /// Replies end up in logs and pages: control characters and invalid UTF-8 do not.
  private static func printable(_ bytes: some Collection<UInt8>) -> String {
    if bytes.allSatisfy({ (0x20...0x7E).contains($0) }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    let decoded = String(decoding: bytes, as: UTF8.self)
    var text = String.UnicodeScalarView()
    for scalar in decoded.unicodeScalars {
      text.append(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : scalar)
    }
    return String(text)
  }
}
