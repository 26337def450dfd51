import RoostCore

extension ExpressionParser {
  mutating func condition(_ json: JSONValue, _ form: Form, at pointer: String) -> Condition {
    if form == .event || form == .sum || form == .sequence || form == .orders || form == .consent {
      checkKeys(json, form.keys, pointer)
    }
    switch form {
    case .event: return event(json, at: pointer)
    case .sum: return sum(json, at: pointer)
    case .sequence: return .sequence(sequence(json, at: pointer))
    case .journey: return journey(json, at: pointer)
    case .orders: return orders(json, at: pointer)
    case .trigger: return trigger(json, at: pointer)
    case .trait:
      let tests = valueTests(json, besides: ["trait"], allowsWithin: true, at: pointer)
      return .trait(TraitCondition(trait: name(json["trait"], at: pointer + "/trait"), tests: tests))
    case .consent:
      let purpose = name(json["consent"], at: pointer + "/consent")
      return .consent(purpose: purpose, isGranted: flag(json["granted"], at: pointer + "/granted") ?? true)
    default:
      checkKeys(json, Form.segment.keys, pointer)
      return .segment(key: name(json["segment"], at: pointer + "/segment"))
    }
  }

  private mutating func event(_ json: JSONValue, at pointer: String) -> Condition {
    let pattern = EventPattern(
      event: name(json["event"], at: pointer + "/event"), filters: filters(json["where"], at: pointer + "/where"))
    let window = json["within"].flatMap { span($0, at: pointer + "/within") }
    for which in [OccurrenceCondition.Which.first, .last] {
      guard let moment = json[which.rawValue] else { continue }
      for other in ["count", "within", "first", "last"] where other != which.rawValue && json[other] != nil {
        report("\(pointer)/\(other)", "`\(other)` does not go with `\(which.rawValue)`; join two conditions by `all`")
      }
      return .occurrence(occurrence(moment, which, pattern, at: "\(pointer)/\(which.rawValue)"))
    }
    let count = json["count"].map { countRange($0, at: pointer + "/count") } ?? .atLeastOnce
    if window != nil, max(count.least, count.most == .max ? 0 : count.most) > Int64(RecentTracker.timesMax) - 1 {
      report(pointer + "/count", "with `within`, a count is compared with at most \(RecentTracker.timesMax - 1)")
    }
    return .event(EventCondition(pattern: pattern, count: count, window: window))
  }

  private mutating func occurrence(
    _ json: JSONValue, _ which: OccurrenceCondition.Which, _ pattern: EventPattern, at pointer: String
  ) -> OccurrenceCondition {
    var condition = OccurrenceCondition(pattern: pattern, which: which)
    guard let members = json.members, !members.isEmpty else {
      report(pointer, "expected `before`, `after` or `within`, such as {\"within\": \"30d\"}")
      return condition
    }
    checkKeys(json, ["before", "after", "within"], pointer)
    condition.before = json["before"].flatMap { date($0, at: pointer + "/before") }
    condition.after = json["after"].flatMap { date($0, at: pointer + "/after") }
    condition.window = json["within"].flatMap { span($0, at: pointer + "/within") }
    return condition
  }

  private mutating func sum(_ json: JSONValue, at pointer: String) -> Condition {
    if json["of"] == nil { report(pointer, "`sum` needs `of`: the event whose property is summed") }
    let pattern = EventPattern(
      event: json["of"].map { name($0, at: pointer + "/of") } ?? "",
      filters: filters(json["where"], at: pointer + "/where"))
    return .sum(
      SumCondition(
        property: name(json["sum"], at: pointer + "/sum"), pattern: pattern,
        window: json["within"].flatMap { span($0, at: pointer + "/within") }, range: amountRange(json, at: pointer)))
  }

  private mutating func sequence(_ json: JSONValue, at pointer: String) -> SequenceCondition {
    let place = pointer + "/sequence"
    let items = json["sequence"]?.array ?? []
    if items.count < 2 || items.count > SequenceCondition.stepsMax {
      report(place, "expected a list of 2 to \(SequenceCondition.stepsMax) events")
    }
    let steps = items.prefix(SequenceCondition.stepsMax).enumerated().map { pattern($1, at: "\(place)/\($0)") }
    let without = json["not"].map { pattern($0, at: pointer + "/not") }
    if let without, steps.contains(without) {
      report(pointer + "/not", "the same event is a step of the sequence: it could never come true")
    }
    return SequenceCondition(
      steps: steps, window: json["within"].flatMap { span($0, at: pointer + "/within") }, without: without)
  }

  private mutating func journey(_ json: JSONValue, at pointer: String) -> Condition {
    checkKeys(json, Form.journey.keys, pointer)
    let key = name(json["journey"], at: pointer + "/journey")
    let words = JourneyState.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    guard let state = json["state"]?.string.flatMap(JourneyState.init(rawValue:)) else {
      report(pointer + "/state", "expected one of \(words)")
      return .journey(key: key, state: .entered)
    }
    return .journey(key: key, state: state)
  }

  private mutating func orders(_ json: JSONValue, at pointer: String) -> Condition {
    let figure = json["orders"]?.string.flatMap(OrdersCondition.Figure.init(rawValue:))
    if figure == nil { report(pointer + "/orders", "expected `count`, `revenue` or `average`") }
    let currency = json["currency"]?.string
    let isCode = currency.map { $0.utf8.count == 3 && $0.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A } }
    if isCode == false || (json["currency"] != nil && currency == nil) {
      report(pointer + "/currency", "expected three capital letters, such as `EUR`")
    } else if currency == nil, figure != .count, figure != nil {
      report(pointer, "money needs its `currency`, such as {\"orders\": \"revenue\", \"currency\": \"EUR\"}")
    }
    let range =
      figure == .count
      ? countRange(json, besides: ["orders", "currency"], at: pointer) : amountRange(json, at: pointer)
    return .orders(OrdersCondition(figure: figure ?? .count, currency: currency, range: range))
  }

  private mutating func trigger(_ json: JSONValue, at pointer: String) -> Condition {
    checkKeys(json, Form.trigger.keys, pointer)
    if context == .segment {
      report(pointer + "/trigger", "only a journey has an event that started it; use `event` with `where`")
    }
    let filters = filters(json["trigger"], at: pointer + "/trigger")
    if filters.isEmpty { report(pointer + "/trigger", "expected properties, such as {\"total\": {\"atLeast\": 50}}") }
    return .trigger(filters.sorted { $0.property < $1.property })
  }
}
