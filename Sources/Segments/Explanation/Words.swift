import RoostCore

/// Conditions in words, for explanations.
enum Words {
  static func of(_ pattern: EventPattern) -> String {
    guard !pattern.filters.isEmpty else { return pattern.event }
    return "\(pattern.event) where \(of(pattern.filters))"
  }

  static func of(_ filters: [PropertyTest]) -> String {
    filters.map { "\($0.property) \(of($0.tests))" }.joined(separator: " and ")
  }

  static func of(_ tests: [ValueTest]) -> String { tests.map(of).joined(separator: " and ") }

  static func of(_ test: ValueTest) -> String {
    switch test {
    case .oneOf(let literals) where literals.count == 1: "is \(of(literals[0]))"
    case .oneOf(let literals): "is one of \(list(literals))"
    case .noneOf(let literals) where literals.count == 1: "is not \(of(literals[0]))"
    case .noneOf(let literals): "is none of \(list(literals))"
    case .exists(let flag): flag ? "is known" : "is not known"
    case .atLeast(let number): "is at least \(of(number))"
    case .atMost(let number): "is at most \(of(number))"
    case .moreThan(let number): "is more than \(of(number))"
    case .lessThan(let number): "is less than \(of(number))"
    case .contains(let text): "contains \"\(text)\""
    case .startsWith(let text): "starts with \"\(text)\""
    case .before(let moment): "is before \(moment.text)"
    case .after(let moment): "is at or after \(moment.text)"
    case .within(let span): "is within the last \(span.text)"
    }
  }

  static func of(_ literal: ValueTest.Literal) -> String {
    switch literal {
    case .bool(let flag): "\(flag)"
    case .number(let number): of(number)
    case .text(let text): "\"\(text)\""
    }
  }

  /// At most five of them.
  private static func list(_ literals: [ValueTest.Literal]) -> String {
    literals.prefix(5).map(of).joined(separator: ", ") + (literals.count > 5 ? ", …" : "")
  }

  static func of(_ value: Value?) -> String {
    switch value {
    case nil, .null: "not known"
    case .bool(let flag): "\(flag)"
    case .number(let number): of(number)
    case .string(let text): "\"\(text)\""
    case .json(let text): text
    }
  }

  /// A number without `.0`.
  static func of(_ number: Double) -> String {
    let isWhole = number == number.rounded() && number.magnitude < 1e15
    return isWhole ? "\(Int64(number))" : "\(number)"
  }

  /// An amount of millionths.
  static func amount(_ micros: Int64) -> String {
    let fraction = String(micros.magnitude % 1_000_000 + 1_000_000).dropFirst()
    var digits = fraction
    while digits.last == "0" { digits.removeLast() }
    let whole = "\(micros < 0 ? "-" : "")\(micros.magnitude / 1_000_000)"
    return digits.isEmpty ? whole : "\(whole).\(digits)"
  }

  static func times(_ count: Int64) -> String { count == 1 ? "once" : "\(count) times" }
  static func window(_ window: TimeSpan?) -> String { window.map { " within \($0.text)" } ?? "" }
}
