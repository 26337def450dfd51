import RoostCore

extension LiquidValue {
  /// The value as a template shows it.
  var text: String {
    switch self {
    case .string(let text), .markup(let text): return text
    case .null, .empty, .blank, .loop: return ""
    default:
      var bytes: [UInt8] = []
      show(into: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Appends the value as a template shows it: lists as their items without anything between, objects as Ruby would.
  func show(into bytes: inout [UInt8]) {
    switch self {
    case .null, .empty, .blank, .loop: break
    case .bool(let flag): bytes.append(utf8: flag ? "true" : "false")
    case .int(let number): bytes.append(digitsOf: number)
    case .double(let number): Self.show(number, into: &bytes)
    case .string(let text), .markup(let text): bytes.append(utf8: text)
    case .list(let items): for item in items { item.show(into: &bytes) }
    case .object: inspect(into: &bytes)
    case .range(let first, let last):
      bytes.append(decimal: first)
      bytes.append(utf8: "..")
      bytes.append(decimal: last)
    }
  }

  /// Inside an object: texts in quotes, `nil` by name.
  private func inspect(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(utf8: "nil")
    case .string(let text), .markup(let text): bytes.append(jsonString: text)
    case .list(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(utf8: ", ") }
        item.inspect(into: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(utf8: ", ") }
        bytes.append(jsonString: member.key)
        bytes.append(utf8: "=>")
        member.value.inspect(into: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    default: show(into: &bytes)
    }
  }

  /// Amounts, with at most two places, without a text between: so few digits are a number's shortest form, since two
  /// decimals of less than 16 digits never mean one number.
  private static func show(_ number: Double, into bytes: inout [UInt8]) {
    let hundredths = (number * 100).rounded()
    guard abs(hundredths) < 1e13, hundredths / 100 == number, !(number == 0 && number.sign == .minus) else {
      return bytes.append(utf8: shown(number))
    }
    let whole = Int64(hundredths)
    if whole < 0 { bytes.append(UInt8(ascii: "-")) }
    let (units, rest) = whole.magnitude.quotientAndRemainder(dividingBy: 100)
    bytes.append(digitsOf: Int64(units))
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(rest / 10))
    if rest % 10 > 0 { bytes.append(UInt8(ascii: "0") + UInt8(rest % 10)) }
  }

  /// At least one digit after the point: `5.0`, `1.0e+20`.
  static func shown(_ number: Double) -> String {
    guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity" }
    let text = number.description
    guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// Appends the value as JSON. What JSON has no form for is `null`.
  func writeJSON(into bytes: inout [UInt8]) {
    switch self {
    case .null, .empty, .blank, .loop: bytes.append(utf8: "null")
    case .bool(let flag): bytes.append(jsonBool: flag)
    case .int(let number): bytes.append(digitsOf: number)
    case .double(let number): bytes.append(utf8: number.isFinite ? number.description : "null")
    case .string(let text), .markup(let text): bytes.append(jsonString: text)
    case .range: bytes.append(jsonString: text)
    case .list(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.writeJSON(into: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(jsonString: member.key)
        bytes.append(UInt8(ascii: ":"))
        member.value.writeJSON(into: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// Roughly how much work and memory the value is, without going deep: charged before filters touch it.
  var weight: Int {
    switch self {
    case .string(let text), .markup(let text): text.utf8.count
    case .list(let items): items.count &* 16
    case .object(let members): members.count &* 32
    default: 8
    }
  }
}

extension [UInt8] {
  /// A whole number in decimal digits, written at once.
  mutating func append(digitsOf number: Int64) {
    if number >= 0, number < 10 { return append(UInt8(ascii: "0") + UInt8(number)) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = number.magnitude
      var start = 20
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 {
        start -= 1
        digits[start] = UInt8(ascii: "-")
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }
}
