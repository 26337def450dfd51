import RoostCore

extension Value {
  /// The value as it was sent; whole numbers without a fraction. Text that turns out to be no JSON is shown as a string.
  public var json: JSONValue {
    switch self {
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .number(let number): return Int64(exactly: number).map { .int($0) } ?? .double(number)
    case .string(let text): return .string(text)
    case .json(let text):
      do throws(JSONError) { return try JSONValue(parsing: text) } catch { return .string(text) }
    }
  }
}

extension Micros {
  /// The amount in decimal notation: two digits after the point, more only if they are not zero.
  public var decimalText: String {
    let magnitude = count.magnitude
    let text = String(magnitude % 1_000_000)
    var digits = Array(String(repeating: "0", count: 6 - text.count) + text)
    while digits.count > 2, digits.last == "0" { digits.removeLast() }
    return "\(count < 0 ? "-" : "")\(magnitude / 1_000_000).\(String(digits))"
  }

  /// Money as every interface of Roost writes it.
  public func json(in currency: String) -> JSONValue {
    ["amount": .string(decimalText), "currency": .string(currency)]
  }
}
