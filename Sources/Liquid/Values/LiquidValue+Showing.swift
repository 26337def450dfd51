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
    case .int(let number): bytes.append(decimal: number)
    case .double(let number): bytes.append(utf8: Self.shown(number))
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
    case .int(let number): bytes.append(decimal: number)
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
