/// JSON text written straight into bytes: for answers, records and exports.
extension [UInt8] {
  /// The UTF-8 of a text, as it is.
  @inlinable
  public mutating func append(utf8 text: String) {
    var text = text
    text.withUTF8 { append(contentsOf: $0) }
  }

  /// A string in quotes; only what RFC 8259 demands is escaped.
  public mutating func append(jsonString text: String) {
    var text = text
    text.withUTF8 { append(jsonString: UnsafeRawBufferPointer($0)) }
  }

  /// A string in quotes, from its UTF-8.
  public mutating func append(jsonString text: UnsafeRawBufferPointer) {
    reserveCapacity(Swift.max(capacity, count + text.count + 2))
    append(UInt8(ascii: "\""))
    var plain = 0
    for index in 0..<text.count {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      append(contentsOf: text[plain..<index])
      append(jsonEscape: byte)
      plain = index + 1
    }
    append(contentsOf: text[plain...])
    append(UInt8(ascii: "\""))
  }

  private mutating func append(jsonEscape byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    default:
      append(utf8: "u00")
      append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 0x0F
      append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
  }

  /// The shortest text that reads back as the same Double; whole numbers below 2⁵³ without a fraction, −0 as 0, and
  /// `null` for what JSON cannot say (infinite, not a number).
  public mutating func append(jsonNumber number: Double) {
    guard number.isFinite else { return append(utf8: "null") }
    if abs(number) < 0x1p53, number == number.rounded(.towardZero) {
      append(decimal: Int64(number))
    } else {
      append(utf8: number.description)
    }
  }

  /// An integer in decimal digits.
  public mutating func append(decimal number: Int64) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(decimal: number.magnitude)
  }

  /// An integer in decimal digits, with zeros in front up to `width`.
  public mutating func append(decimal number: UInt64, width: Int = 1) {
    let start = count
    var rest = number
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    while count - start < width { append(UInt8(ascii: "0")) }
    self[start...].reverse()
  }

  /// `true` or `false`.
  @inlinable
  public mutating func append(jsonBool flag: Bool) { append(utf8: flag ? "true" : "false") }
}
