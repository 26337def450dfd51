import RoostCore

extension ExpressionParser {
  /// An event: its name, or `{event, where?}`.
  public mutating func pattern(_ json: JSONValue, at pointer: String) -> EventPattern {
    guard case .object = json else { return EventPattern(event: name(json, at: pointer)) }
    checkKeys(json, ["event", "where"], pointer)
    return EventPattern(
      event: name(json["event"], at: pointer + "/event"), filters: filters(json["where"], at: pointer + "/where"))
  }

  /// `where`: an object of property → value or tests. A missing one filters nothing.
  public mutating func filters(_ json: JSONValue?, at pointer: String) -> [PropertyTest] {
    guard let json else { return [] }
    guard let members = json.members else {
      report(pointer, "expected properties and their values, such as {\"total\": {\"atLeast\": 50}}")
      return []
    }
    return members.map { member in
      let place = pointer + "/" + pointerToken(member.key)
      let property = name(.string(member.key), at: place)
      guard case .object = member.value else {
        return PropertyTest(property: property, tests: literal(member.value, at: place).map { [.oneOf([$0])] } ?? [])
      }
      return PropertyTest(property: property, tests: valueTests(member.value, allowsWithin: false, at: place))
    }
  }

  /// The tests in an object, in the order of `valueKeys`, so that the same tests are equal however they are ordered.
  mutating func valueTests(
    _ json: JSONValue, besides: [String] = [], allowsWithin: Bool, at pointer: String
  ) -> [ValueTest] {
    let known = valueKeys + (allowsWithin ? ["within"] : [])
    checkKeys(json, besides + known, pointer)
    var tests: [ValueTest] = []
    for key in known {
      if let operand = json[key], let test = valueTest(key, operand, at: "\(pointer)/\(key)") { tests.append(test) }
    }
    if !known.contains(where: { json[$0] != nil }) {
      report(pointer, "needs a test: one of " + known.map { "`\($0)`" }.joined(separator: ", "))
    }
    return tests
  }

  private mutating func valueTest(_ key: String, _ json: JSONValue, at pointer: String) -> ValueTest? {
    switch key {
    case "is": literal(json, at: pointer).map { .oneOf([$0]) }
    case "isNot": literal(json, at: pointer).map { .noneOf([$0]) }
    case "in": .oneOf(literals(json, at: pointer))
    case "notIn": .noneOf(literals(json, at: pointer))
    case "exists": flag(json, at: pointer).map { .exists($0) }
    case "atLeast": number(json, at: pointer).map { .atLeast($0) }
    case "atMost": number(json, at: pointer).map { .atMost($0) }
    case "moreThan": number(json, at: pointer).map { .moreThan($0) }
    case "lessThan": number(json, at: pointer).map { .lessThan($0) }
    case "contains": text(json, at: pointer).map { .contains($0) }
    case "startsWith": text(json, at: pointer).map { .startsWith($0) }
    case "before": date(json, at: pointer).map { .before($0) }
    case "after": date(json, at: pointer).map { .after($0) }
    default: span(json, at: pointer).map { .within($0) }
    }
  }

  private mutating func literals(_ json: JSONValue, at pointer: String) -> [ValueTest.Literal] {
    guard let items = json.array, !items.isEmpty, items.count <= 1_000 else {
      report(pointer, "expected a list of 1 to 1000 values")
      return []
    }
    return items.enumerated().compactMap { literal($1, at: "\(pointer)/\($0)") }
  }

  mutating func literal(_ json: JSONValue, at pointer: String) -> ValueTest.Literal? {
    switch json {
    case .bool(let flag): return .bool(flag)
    case .string(let text): return .text(text)
    case .int(let number): return .number(Double(number))
    case .double(let number): return .number(number)
    case .null:
      report(pointer, "null is no value; use {\"exists\": false}")
      return nil
    case .array:
      report(pointer, "expected one value; use {\"in\": […]} for one of several")
      return nil
    case .object:
      report(pointer, "expected a text, a number or a boolean, found an object")
      return nil
    }
  }

  mutating func name(_ json: JSONValue?, at pointer: String) -> String {
    guard let text = json?.string, !text.isEmpty, text.utf8.count <= SymbolTable.nameBytesMax else {
      report(pointer, "expected a name of 1 to \(SymbolTable.nameBytesMax) bytes")
      return ""
    }
    return text
  }

  mutating func text(_ json: JSONValue, at pointer: String) -> String? {
    if let text = json.string, !text.isEmpty { return text }
    report(pointer, "expected a text, found \(json.string == nil ? json.kind : "an empty one")")
    return nil
  }

  mutating func flag(_ json: JSONValue?, at pointer: String) -> Bool? {
    guard let json else { return nil }
    if let flag = json.bool { return flag }
    report(pointer, "expected true or false, found \(json.kind)")
    return nil
  }

  /// A positive span of time.
  mutating func span(_ json: JSONValue, at pointer: String) -> TimeSpan? {
    if let span = json.string.flatMap(TimeSpan.init(text:)), span.milliseconds > 0 { return span }
    report(pointer, "expected a duration such as `90s`, `10m`, `2h`, `30d` or `2w`")
    return nil
  }

  mutating func date(_ json: JSONValue, at pointer: String) -> Instant? {
    if let text = json.string, let date = Instant(iso8601: text) { return date }
    report(pointer, "expected a date such as `2026-03-01` or a time such as `2026-03-01T10:00:00Z`")
    return nil
  }
}
