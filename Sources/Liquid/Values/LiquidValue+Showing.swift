extension LiquidValue {
  /// The value as a template shows it.
  var text: String {
    switch self {
    case .string(let text), .markup(let text): return text
    case .null, .empty, .blank, .loop: return ""
    case .int(let number): return String(number)
    default:
      var output = Output(capacity: 64)
      output.append(self)
      return output.text()
    }
  }

  /// At least one digit after the point: `5.0`, `1.0e+20`.
  static func shown(_ number: Double) -> String {
    guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity" }
    let text = number.description
    guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
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

extension Output {
  /// A value as a template shows it: lists as their items without anything between, objects as Ruby would.
  mutating func append(_ value: LiquidValue) {
    switch value {
    case .null, .empty, .blank, .loop: break
    case .bool(let flag): append(flag ? "true" : "false")
    case .int(let number): append(digitsOf: number)
    case .double(let number): append(number)
    case .string(let text), .markup(let text): append(utf8: text)
    case .list(let items): for item in items { append(item) }
    case .object: append(inspected: value)
    case .range(let first, let last):
      append(digitsOf: first)
      append("..")
      append(digitsOf: last)
    }
  }

  /// Inside an object: texts in quotes, `nil` by name.
  private mutating func append(inspected value: LiquidValue) {
    switch value {
    case .null: append("nil")
    case .string(let text), .markup(let text): append(jsonString: text)
    case .list(let items):
      append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { append(", ") }
        append(inspected: item)
      }
      append(UInt8(ascii: "]"))
    case .object(let members):
      append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { append(", ") }
        append(jsonString: member.key)
        append("=>")
        append(inspected: member.value)
      }
      append(UInt8(ascii: "}"))
    default: append(value)
    }
  }

  /// A value as JSON. What JSON has no form for is `null`.
  mutating func append(json value: LiquidValue) {
    switch value {
    case .null, .empty, .blank, .loop: append("null")
    case .bool(let flag): append(flag ? "true" : "false")
    case .int(let number): append(digitsOf: number)
    case .double(let number): append(utf8: number.isFinite ? number.description : "null")
    case .string(let text), .markup(let text): append(jsonString: text)
    case .range: append(jsonString: value.text)
    case .list(let items):
      append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { append(UInt8(ascii: ",")) }
        append(json: item)
      }
      append(UInt8(ascii: "]"))
    case .object(let members):
      append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { append(UInt8(ascii: ",")) }
        append(jsonString: member.key)
        append(UInt8(ascii: ":"))
        append(json: member.value)
      }
      append(UInt8(ascii: "}"))
    }
  }
}
