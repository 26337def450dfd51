/// Cuts what stands between braces into words, values and signs.
struct ExpressionLexer {
  enum Token: Equatable {
    case word(String)
    case string(String)
    case int(Int64)
    case double(Double)
    /// One of `. | : , [ ] ( ) =`.
    case sign(UInt8)
    /// `..` between the ends of a range.
    case dots
    /// One of `== != <> < > <= >=`.
    case comparison(Comparison)
  }

  let source: [UInt8]
  let name: String
  let end: Int
  private var offset: Int
  /// The token ahead, and where it begins.
  private(set) var token: Token?
  private(set) var start: Int
  /// Where the token before ends.
  private(set) var previousEnd: Int

  init(_ source: [UInt8], _ range: Range<Int>, name: String) throws(TemplateError) {
    self.source = source
    self.name = name
    end = range.upperBound
    offset = range.lowerBound
    start = offset
    previousEnd = offset
    try advance()
  }

  /// Goes on to the next token; `nil` is the end.
  mutating func advance() throws(TemplateError) {
    previousEnd = offset
    while offset < end, isLiquidSpace(source[offset]) { offset += 1 }
    start = offset
    guard offset < end else {
      token = nil
      return
    }
    let byte = source[offset]
    switch byte {
    case UInt8(ascii: "."):
      let isRange = offset + 1 < end && source[offset + 1] == byte
      offset += isRange ? 2 : 1
      token = isRange ? .dots : .sign(byte)
    case UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "("), UInt8(ascii: ")"):
      offset += 1
      token = .sign(byte)
    case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"): try takeComparison(byte)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): token = .string(try takeString(byte))
    case UInt8(ascii: "-") where offset + 1 < end && source[offset + 1].isDigit: token = try takeNumber()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): token = try takeNumber()
    default:
      guard Self.isWordByte(byte) else {
        throw failure("unexpected \"\(character)\"; expected a name, a value or a filter")
      }
      while offset < end, Self.isWordByte(source[offset]) || source[offset] == UInt8(ascii: "-") { offset += 1 }
      if offset < end, source[offset] == UInt8(ascii: "?") { offset += 1 }
      token = .word(String(decoding: source[start..<offset], as: UTF8.self))
    }
  }

  func isAt(_ sign: Character) -> Bool { token == .sign(sign.asciiValue ?? 0) }

  /// Passes over a sign if it is ahead.
  mutating func take(_ sign: Character) throws(TemplateError) -> Bool {
    guard isAt(sign) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ sign: Character) throws(TemplateError) {
    guard try take(sign) else { throw failure("expected \(sign), found \(found)") }
  }

  /// Passes over a word if it is ahead.
  mutating func take(word: String) throws(TemplateError) -> Bool {
    guard token == .word(word) else { return false }
    try advance()
    return true
  }

  mutating func word(_ what: String) throws(TemplateError) -> String {
    guard case .word(let word) = token else { throw failure("expected \(what), found \(found)") }
    try advance()
    return word
  }

  /// An error at the token ahead.
  func failure(_ message: String) -> TemplateError { TemplateError(message, at: start, of: source, named: name) }

  /// The token ahead, for a message.
  var found: String {
    token == nil ? "the end" : "\"\(String(decoding: source[start..<max(start, offset)], as: UTF8.self))\""
  }

  private var character: Character {
    String(decoding: source[offset..<min(end, offset + 32)], as: UTF8.self).first ?? "?"
  }

  private mutating func takeComparison(_ byte: UInt8) throws(TemplateError) {
    let next = offset + 1 < end ? source[offset + 1] : 0
    let isPair = next == UInt8(ascii: "=") || (byte == UInt8(ascii: "<") && next == UInt8(ascii: ">"))
    let text = String(decoding: source[offset..<(offset + (isPair ? 2 : 1))], as: UTF8.self)
    if text == "=" {
      token = .sign(byte)
    } else if let comparison = Comparison(rawValue: text == "<>" ? "!=" : text) {
      token = .comparison(comparison)
    } else {
      throw failure("unexpected \"\(character)\"; expected a name, a value or a filter")
    }
    offset += isPair ? 2 : 1
  }

  private mutating func takeString(_ quote: UInt8) throws(TemplateError) -> String {
    guard let close = source[(offset + 1)..<end].firstIndex(of: quote) else {
      throw failure("the text is never closed: \(Character(UnicodeScalar(quote))) is missing")
    }
    defer { offset = close + 1 }
    return String(decoding: source[(offset + 1)..<close], as: UTF8.self)
  }

  private mutating func takeNumber() throws(TemplateError) -> Token {
    offset += 1
    while offset < end, source[offset].isDigit { offset += 1 }
    var isFraction = false
    if offset + 1 < end, source[offset] == UInt8(ascii: "."), source[offset + 1].isDigit {
      isFraction = true
      offset += 1
      while offset < end, source[offset].isDigit { offset += 1 }
    }
    let text = String(decoding: source[start..<offset], as: UTF8.self)
    guard offset == end || !Self.isWordByte(source[offset]) else {
      throw failure("a name cannot begin with a digit; expected a number or a name")
    }
    if !isFraction, let int = Int64(text) { return .int(int) }
    guard let number = Double(text), number.isFinite else { throw failure("\(found) is no number") }
    return .double(number)
  }

  /// Letters, digits, `_` and everything beyond ASCII.
  static func isWordByte(_ byte: UInt8) -> Bool {
    byte.isDigit || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == 95 || byte >= 128
  }
}

/// How a condition compares.
enum Comparison: String, Sendable, BitwiseCopyable {
  case equal = "=="
  case unequal = "!="
  case less = "<"
  case greater = ">"
  case atMost = "<="
  case atLeast = ">="
  case contains
}
