import RoostCore

extension ExpressionParser {
  mutating func number(_ json: JSONValue, at pointer: String) -> Double? {
    if let number = json.number, number.isFinite { return number }
    report(pointer, "expected a number, found \(json.kind)")
    return nil
  }

  /// Bounds of a count: a whole number, meaning exactly that many, or an object of comparisons.
  mutating func countRange(_ json: JSONValue, besides: [String] = [], at pointer: String) -> CountRange {
    if case .int = json { return narrowed(CountRange(), "exactly", json, scale: 1, at: pointer) }
    checkKeys(json, besides + numberKeys, pointer)
    return range(json, scale: 1, at: pointer)
  }

  /// Bounds of an amount, in millionths, from the comparisons among an object's members.
  mutating func amountRange(_ json: JSONValue, at pointer: String) -> CountRange {
    range(json, scale: 1_000_000, at: pointer)
  }

  private mutating func range(_ json: JSONValue, scale: Int64, at pointer: String) -> CountRange {
    var range = CountRange(least: scale == 1 ? 0 : .min)
    for key in numberKeys {
      if let operand = json[key] { range = narrowed(range, key, operand, scale: scale, at: "\(pointer)/\(key)") }
    }
    if !numberKeys.contains(where: { json[$0] != nil }) {
      report(pointer, "needs a comparison: one of " + numberKeys.map { "`\($0)`" }.joined(separator: ", "))
    } else if range.least > range.most {
      report(pointer, "no number satisfies all of these comparisons")
    }
    return range
  }

  private mutating func narrowed(
    _ range: CountRange, _ key: String, _ json: JSONValue, scale: Int64, at pointer: String
  ) -> CountRange {
    var range = range
    guard let number = number(json, at: pointer) else { return range }
    guard scale > 1 || (number == number.rounded() && number >= 0 && number <= 1e9) else {
      report(pointer, "expected a whole number from 0 to 1000000000")
      return range
    }
    guard number.magnitude <= 1e12 else {
      report(pointer, "expected a number of at most 1000000000000")
      return range
    }
    let bound = scale == 1 ? Int64(number) : Micros(number).count
    switch key {
    case "atLeast": range.least = max(range.least, bound)
    case "atMost": range.most = min(range.most, bound)
    case "moreThan": range.least = max(range.least, bound + 1)
    case "lessThan": range.most = min(range.most, bound - 1)
    default:
      range.least = max(range.least, bound)
      range.most = min(range.most, bound)
    }
    return range
  }
}
