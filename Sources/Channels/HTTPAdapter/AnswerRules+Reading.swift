import RoostCore

extension AnswerRules {
  /// Reads a channel's `response`; without one, answers mean what HTTP says.
  ///
  /// - Throws: with a finding for each rule that cannot be used.
  public init(_ response: JSONValue?) throws(Problem) {
    self.init()
    guard let response, response != .null else { return }
    var reader = AnswerReader()
    reader.read(response, into: &self)
    guard reader.findings.isEmpty else {
      throw Problem(.invalid, "the channel's response cannot be used", findings: reader.findings)
    }
  }
}

/// Reads rules and gathers what is wrong with them.
private struct AnswerReader {
  var findings: [Problem.Finding] = []
  private static let rulesMax = 50
  private static let ruleMembers = ["status", "pointer", "equals", "in", "contains"]

  mutating func refuse(_ pointer: String, _ detail: String) { findings.append(.init(pointer: pointer, detail: detail)) }

  mutating func read(_ response: JSONValue, into answers: inout AnswerRules) {
    let meanings = AnswerRules.Meaning.allCases.map(\.rawValue)
    guard let members = response.members else {
      return refuse("/response", "write an object: id, retryAfter, \(meanings.joined(separator: ", "))")
    }
    for member in members {
      let place = "/response/" + pointerToken(member.key)
      if let meaning = AnswerRules.Meaning(rawValue: member.key) {
        answers.rules[meaning] = rules(member.value, at: place)
      } else if member.key == "id" {
        answers.id = idPlace(member.value, at: place)
      } else if member.key == "retryAfter" {
        readRetryAfter(member.value, at: place, into: &answers)
      } else {
        refuse(place, "a response has id, retryAfter, \(meanings.joined(separator: ", "))")
      }
    }
  }

  private mutating func rules(_ value: JSONValue, at place: String) -> [AnswerRules.Rule] {
    let items = value.array ?? [value]
    guard items.count <= Self.rulesMax else {
      refuse(place, "more than \(Self.rulesMax) rules")
      return []
    }
    var rules: [AnswerRules.Rule] = []
    for (index, item) in items.enumerated() {
      rules.append(rule(item, at: value.array == nil ? place : "\(place)/\(index)"))
    }
    return rules
  }

  private mutating func rule(_ value: JSONValue, at place: String) -> AnswerRules.Rule {
    var rule = AnswerRules.Rule()
    guard let members = value.members, !members.isEmpty else {
      refuse(place, "write a rule such as {\"status\": \"2xx\"} or {\"pointer\": \"/error/code\", \"in\": [21211]}")
      return rule
    }
    for member in members where !Self.ruleMembers.contains(member.key) {
      refuse("\(place)/\(pointerToken(member.key))", "a rule has \(Self.ruleMembers.joined(separator: ", "))")
    }
    if let status = value["status"] { rule.statuses = statuses(status, at: place + "/status") }
    if let text = value["pointer"] { rule.pointer = pointer(text, at: place + "/pointer") }
    if let one = value["equals"] { rule.anyOf = scalars([one], at: place + "/equals") }
    if let several = value["in"] { rule.anyOf += scalars(several.array ?? [], at: place + "/in") }
    if rule.pointer == nil, value["equals"] != nil || value["in"] != nil {
      refuse(place, "equals and in look at a pointer; give one")
    }
    if let contains = value["contains"] {
      rule.contains = contains.string
      if contains.string?.isEmpty ?? true { refuse(place + "/contains", "write a text of the answer") }
    }
    return rule
  }

  private mutating func scalars(_ values: [JSONValue], at place: String) -> [String] {
    let texts = values.compactMap(\.scalarText)
    if texts.count != values.count || texts.isEmpty || texts.count > 200 {
      refuse(place, "write texts, numbers, true or false, 200 at most")
    }
    return texts
  }

  /// `200`, `"2xx"`, `"400-499"`, or a list of these.
  private mutating func statuses(_ value: JSONValue, at place: String) -> [ClosedRange<Int>] {
    (value.array ?? [value]).compactMap { item in
      let text = item.scalarText ?? ""
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      if text.count == 3, text.hasSuffix("xx"), let first = text.first?.wholeNumberValue, (1...5).contains(first) {
        return (first * 100)...(first * 100 + 99)
      }
      if ends.count == 1, let one = ends[0], (100...599).contains(one) { return one...one }
      if ends.count == 2, let low = ends[0], let high = ends[1], (100...599).contains(low), (low...599).contains(high) {
        return low...high
      }
      refuse(place, "write a status: 200, \"2xx\" or \"400-499\"")
      return nil
    }
  }

  private mutating func pointer(_ value: JSONValue, at place: String) -> JSONPointer? {
    if let pointer = value.string.flatMap(JSONPointer.init) { return pointer }
    refuse(place, "write a JSON pointer such as \"/error/code\" (RFC 6901)")
    return nil
  }

  private mutating func idPlace(_ value: JSONValue, at place: String) -> AnswerRules.IDPlace? {
    if let text = value["after"]?.string, !text.isEmpty { return .after(text) }
    if let name = value["header"]?.string, !name.isEmpty { return .header(name) }
    if value.string != nil, let pointer = pointer(value, at: place) { return .pointer(pointer) }
    if value.string == nil {
      refuse(place, "write a JSON pointer, {\"header\": \"…\"}, or {\"after\": \"OK:\"} for answers that are no JSON")
    }
    return nil
  }

  /// `"/parameters/retry_after"`, or `{"pointer": …, "unit": "ms"}`.
  private mutating func readRetryAfter(_ value: JSONValue, at place: String, into answers: inout AnswerRules) {
    answers.retryAfter = pointer(value["pointer"] ?? value, at: place)
    switch value["unit"]?.string {
    case nil, "s": break
    case "ms": answers.retryAfterUnitMilliseconds = 1
    case "min": answers.retryAfterUnitMilliseconds = 60_000
    default: refuse(place + "/unit", "write \"ms\", \"s\" or \"min\"")
    }
  }
}
