import RoostCore

/// One measured figure, with what it should reach and what it is compared with.
struct Figure {
  enum Target {
    case atLeast(Double)
    case atMost(Double)
  }

  /// Another number of the same measurement: a ratio, a cost, a quantile.
  struct Detail {
    var name: String
    var value: Double
    /// "" for ratios.
    var unit = ""
  }

  var name: String
  var value: Double
  var unit: String
  var target: Target?
  var details: [Detail] = []

  /// `nil` without a target.
  var isReached: Bool? {
    switch target {
    case .atLeast(let least): value >= least
    case .atMost(let most): value <= most
    case nil: nil
    }
  }

  /// `name value unit (target ≥ 200,000: reached; CPU 4.1 µs; …)`.
  var line: String {
    var remarks: [String] = []
    switch target {
    case .atLeast(let least): remarks.append("target ≥ \(Self.text(least)): \(verdict)")
    case .atMost(let most): remarks.append("target ≤ \(Self.text(most)): \(verdict)")
    case nil: break
    }
    for detail in details {
      remarks.append("\(detail.name) \(Self.text(detail.value))" + (detail.unit.isEmpty ? "" : " " + detail.unit))
    }
    let head = name + String(repeating: " ", count: max(1, 44 - name.count))
    let value = Self.text(value)
    let number = String(repeating: " ", count: max(0, 10 - value.count)) + value
    return head + number + " " + unit + (remarks.isEmpty ? "" : "  (" + remarks.joined(separator: "; ") + ")")
  }

  private var verdict: String { isReached == true ? "reached" : "missed" }

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(name)), .init("value", .double(value)), .init("unit", .string(unit)),
    ]
    switch target {
    case .atLeast(let least): members.append(.init("atLeast", .double(least)))
    case .atMost(let most): members.append(.init("atMost", .double(most)))
    case nil: break
    }
    if let isReached { members.append(.init("isReached", .bool(isReached))) }
    let details = details.map { detail -> JSONValue in
      ["name": .string(detail.name), "value": .double(detail.value), "unit": .string(detail.unit)]
    }
    members.append(.init("details", .array(details)))
    return .object(members)
  }

  /// Whole numbers with thousands apart from 100 on, else three significant digits.
  static func text(_ number: Double) -> String {
    guard number.magnitude < 1e15 else { return "\(number)" }
    if number.magnitude >= 100 || number == number.rounded() {
      var digits = Array(String(Int(number.rounded())))
      var place = digits.count - 3
      while place > (number < 0 ? 1 : 0) {
        digits.insert(",", at: place)
        place -= 3
      }
      return String(digits)
    }
    let scale: Double = number.magnitude >= 10 ? 10 : number.magnitude >= 0.1 ? 100 : 10_000
    return "\((number * scale).rounded() / scale)"
  }
}
