import RoostCore

/// The canonical words by which equal trackers find each other. They are durable: changing them orphans people's
/// trackers.
enum Meaning {
  static func of(_ kind: String, _ pattern: EventPattern) -> String { "\(kind) \(text(pattern))" }

  static func of(_ kind: String, _ property: String, _ pattern: EventPattern) -> String {
    "\(kind) \(quoted(property)) of \(text(pattern))"
  }

  static func of(_ sequence: SequenceCondition) -> String {
    var words = "sequence " + sequence.steps.map(text).joined(separator: " then ")
    if let window = sequence.window { words += " within \(window.milliseconds)" }
    if let without = sequence.without { words += " without \(text(without))" }
    return words
  }

  private static func text(_ pattern: EventPattern) -> String {
    guard !pattern.filters.isEmpty else { return quoted(pattern.event) }
    let filters = pattern.filters.map { filter in
      "\(quoted(filter.property)) \(filter.tests.map(text).joined(separator: " & "))"
    }
    return "\(quoted(pattern.event)) where (\(filters.joined(separator: ", ")))"
  }

  private static func text(_ test: ValueTest) -> String {
    switch test {
    case .oneOf(let literals): "in [\(literals.map(text).joined(separator: " "))]"
    case .noneOf(let literals): "notIn [\(literals.map(text).joined(separator: " "))]"
    case .exists(let flag): "exists \(flag)"
    case .atLeast(let number): "atLeast \(number)"
    case .atMost(let number): "atMost \(number)"
    case .moreThan(let number): "moreThan \(number)"
    case .lessThan(let number): "lessThan \(number)"
    case .contains(let part): "contains \(quoted(part))"
    case .startsWith(let prefix): "startsWith \(quoted(prefix))"
    case .before(let moment): "before \(moment.milliseconds)"
    case .after(let moment): "after \(moment.milliseconds)"
    case .within(let span): "within \(span.milliseconds)"
    }
  }

  private static func text(_ literal: ValueTest.Literal) -> String {
    switch literal {
    case .bool(let flag): "\(flag)"
    case .number(let number): "\(number)"
    case .text(let text): quoted(text)
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
