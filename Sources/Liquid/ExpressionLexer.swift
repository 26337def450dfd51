/// Cuts what stands between braces into words, values and signs.
struct ExpressionLexer {
  enum Token: Equatable {
    case word(String)
    case string(String)
    case number(Double)
    /// One of `. | : , [ ]`.
    case sign(UInt8)
  }

  let source: [UInt8]
  let end: Int
  private var offset: Int
  /// The token ahead, and where it begins.
  private(set) var token: Token?
  private(set) var start: Int

  init(_ source: [UInt8], _ range: Range<Int>) throws(TemplateError) {
    self.source = source
    end = range.upperBound
    offset = range.lowerBound
    start = offset
    try advance()
  }

  /// Goes on to the next token; `nil` is the end.
  mutating func advance() throws(TemplateError) {
    while offset < end, Lexer.isSpace(source[offset]) { offset += 1 }
    start = offset
    guard offset < end else {
      token = nil
      return
    }
    let byte = source[offset]
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "["),
      UInt8(ascii: "]"):
      offset += 1
      token = .sign(byte)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): token = .string(try takeString(byte))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): token = .number(try takeNumber())
    default:
      guard Self.isWordByte(byte) else {
        throw failure("unexpected \"\(character)\"; expected a name, a value or a filter")
      }
      while offset < end, Self.isWordByte(source[offset]) || source[offset] == UInt8(ascii: "-") { offset += 1 }
      token = .word(String(decoding: source[start..<offset], as: UTF8.self))
    }
  }

  /// An error at the token ahead.
  func failure(_ message: String) -> TemplateError { TemplateError(message, at: start, of: source) }

  /// The token ahead, for a message.
  var found: String {
    token == nil ? "the end" : "\"\(String(decoding: source[start..<max(start, offset)], as: UTF8.self))\""
  }

  private var character: Character {
    String(decoding: source[offset..<end], as: UTF8.self).first ?? "?"
  }

  private mutating func takeString(_ quote: UInt8) throws(TemplateError) -> String {
    guard let close = source[(offset + 1)..<end].firstIndex(of: quote) else {
      throw failure("the text is never closed: \(Character(UnicodeScalar(quote))) is missing")
    }
    defer { offset = close + 1 }
    return String(decoding: source[(offset + 1)..<close], as: UTF8.self)
  }

  private mutating func takeNumber() throws(TemplateError) -> Double {
    offset += 1
    while offset < end {
      let byte = source[offset]
      let isFraction = byte == UInt8(ascii: ".") && offset + 1 < end && Self.isDigit(source[offset + 1])
      guard Self.isDigit(byte) || isFraction else { break }
      offset += 1
    }
    guard let number = Double(String(decoding: source[start..<offset], as: UTF8.self)) else {
      throw failure("\(found) is no number")
    }
    return number
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  /// Letters, digits, `_` and everything beyond ASCII.
  private static func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == 95 || byte >= 128
  }
}
