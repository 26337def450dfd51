import RoostCore
import Segments

/// Reads a journey's steps, and knows the ids given so far and how many steps there are.
struct StepReader {
  let timezone: String
  private var places: [String: String] = [:]
  private var count = 0

  private static let actions = ["wait", "send", "branch", "set", "exit"]
  private static let unsupported = ["waitFor": "waiting for an event", "split": "splits", "webhook": "webhooks"]

  init(timezone: String) { self.timezone = timezone }

  /// - Parameter path: the numbers of the steps and cases above, counted from 1.
  mutating func read(
    _ json: JSONValue?, at pointer: String, path: [Int], depth: Int, with reader: inout DefinitionReader
  ) -> [JourneyDefinition.Step] {
    guard let items = json?.array, !items.isEmpty else {
      reader.report(pointer, json == nil ? "missing: a list of steps" : "expected a list with at least one step")
      return []
    }
    guard depth <= JourneyDefinition.depthMax else {
      reader.report(pointer, "branches are nested deeper than \(JourneyDefinition.depthMax)")
      return []
    }
    var steps: [JourneyDefinition.Step] = []
    for (index, item) in items.enumerated() {
      count += 1
      if count == JourneyDefinition.stepsMax + 1 {
        reader.report("\(pointer)/\(index)", "a journey has at most \(JourneyDefinition.stepsMax) steps")
      }
      guard count <= JourneyDefinition.stepsMax else { break }
      let step = readStep(item, at: "\(pointer)/\(index)", path: path + [index + 1], depth: depth, with: &reader)
      if let step { steps.append(step) }
    }
    return steps
  }

  private mutating func readStep(
    _ json: JSONValue, at pointer: String, path: [Int], depth: Int, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Step? {
    guard let members = json.members else {
      reader.report(pointer, "expected a step (\(DefinitionReader.list(Self.actions))), not \(json.kind)")
      return nil
    }
    let named = members.filter { $0.key != "id" }
    if let member = named.first(where: { Self.unsupported[$0.key] != nil }), let what = Self.unsupported[member.key] {
      reader.reportUnsupported("\(pointer)/\(member.key)", what)
      return nil
    }
    for member in named where !Self.actions.contains(member.key) {
      reader.report(
        "\(pointer)/\(pointerToken(member.key))", "unknown step; known: \(DefinitionReader.list(Self.actions))")
    }
    let found = named.filter { Self.actions.contains($0.key) }
    guard found.count == 1 else {
      if found.count > 1 || named.isEmpty {
        reader.report(pointer, "a step does exactly one thing: \(DefinitionReader.list(Self.actions))")
      }
      return nil
    }
    let place = "\(pointer)/\(found[0].key)"
    let id = readID(json, found[0], at: pointer, path: path, with: &reader)
    let action = readAction(found[0], at: place, path: path, depth: depth, with: &reader)
    guard let id, let action else { return nil }
    return JourneyDefinition.Step(id: id, pointer: pointer, action: action)
  }

  /// The id beside the action, or in a `send`; made from the position if there is none.
  private mutating func readID(
    _ json: JSONValue, _ action: JSONValue.Member, at pointer: String, path: [Int],
    with reader: inout DefinitionReader
  ) -> String? {
    let inner = action.key == "send" ? action.value["id"] : nil
    let place = inner == nil ? pointer + "/id" : pointer + "/send/id"
    let given = inner ?? json["id"]
    if inner != nil, json["id"] != nil { reader.report(pointer + "/id", "the step's id is in its send already") }
    let made = "step-" + path.map(String.init).joined(separator: ".")
    guard let id = given == nil ? made : reader.key(given, at: place, "the step's id") else { return nil }
    if let other = places[id] {
      reader.report(given == nil ? pointer : place, "the id \"\(id)\" is that of \(other) already")
    }
    places[id] = pointer
    return id
  }

  private mutating func readAction(
    _ action: JSONValue.Member, at pointer: String, path: [Int], depth: Int, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    switch action.key {
    case "wait": return readWait(action.value, at: pointer, with: &reader)
    case "send": return Self.readSend(action.value, at: pointer, with: &reader)
    case "set": return Self.readSet(action.value, at: pointer, with: &reader)
    case "branch":
      return readBranch(action.value, at: pointer, path: path, depth: depth, with: &reader).map { .branch($0) }
    default:
      if action.value.bool == true { return .exit }
      reader.report(pointer, "expected true")
      return nil
    }
  }

  private func readWait(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    guard json.members != nil else { return reader.span(json, at: pointer).map { .wait($0) } }
    if json["days"] != nil {
      reader.reportUnsupported(pointer + "/days", "waiting for a personal date")
      return nil
    }
    guard reader.members(of: json, at: pointer, known: ["until"]) != nil,
      let text = reader.text(json["until"], at: pointer + "/until", "a time such as \"10:00\" or \"MON 10:00\"")
    else { return nil }
    guard let offset = ClockTime.offsetMinutes(ofFixedZone: timezone) else {
      reader.reportUnsupported(
        pointer + "/until", "a time of day in the zone \"\(timezone)\"; write timezone: UTC, or Etc/GMT-2 for UTC+2")
      return nil
    }
    guard let time = ClockTime(text: text, offsetMinutes: offset) else {
      reader.report(pointer + "/until", "\"\(text)\" is no time; write \"10:00\" or \"MON 10:00\"")
      return nil
    }
    return .waitUntil(time)
  }

  private static func readSend(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    guard reader.members(of: json, at: pointer, known: ["id", "channel", "template"]) != nil else { return nil }
    let channel = reader.key(json["channel"], at: pointer + "/channel", "a channel's key")
    let template = reader.key(json["template"], at: pointer + "/template", "a template's key")
    guard let channel, let template else { return nil }
    return .send(channel: channel, template: template)
  }

  private static func readSet(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    guard reader.members(of: json, at: pointer, known: ["trait", "to"]) != nil else { return nil }
    let trait = reader.text(json["trait"], at: pointer + "/trait", "a trait's name")
    let value = json["to"].flatMap(scalar)
    if value == nil {
      reader.report(
        pointer + "/to", "expected a text, a number, true, false or null (which removes the trait)")
    }
    guard let trait, let value else { return nil }
    return .set(trait: trait, to: value)
  }

  private static func scalar(_ json: JSONValue) -> Value? {
    switch json {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int, .double: json.number.map { .number($0) }
    case .string(let text): .string(text)
    case .array, .object: nil
    }
  }

  private mutating func readBranch(
    _ json: JSONValue, at pointer: String, path: [Int], depth: Int, with reader: inout DefinitionReader
  ) -> [JourneyDefinition.Case]? {
    guard let items = json.array, !items.isEmpty else {
      reader.report(pointer, "expected a list of {if: …, steps: […]} and at last {else: […]}")
      return nil
    }
    var cases: [JourneyDefinition.Case] = []
    for (index, item) in items.enumerated() {
      let place = "\(pointer)/\(index)"
      let isElse = item["else"] != nil
      guard reader.members(of: item, at: place, known: isElse ? ["else"] : ["if", "steps"]) != nil else { continue }
      if isElse, index + 1 < items.count { reader.report(place, "else comes last: what follows is never reached") }
      var condition: Expression?
      if !isElse {
        condition = item["if"].flatMap { reader.condition($0, at: place + "/if") }
        if item["if"] == nil { reader.report(place + "/if", "missing: a condition") }
      }
      let name = isElse ? "else" : "steps"
      let steps = read(
        item[name], at: "\(place)/\(name)", path: path + [index + 1], depth: depth + 1, with: &reader)
      guard isElse || condition != nil else { continue }
      cases.append(JourneyDefinition.Case(condition: condition, pointer: place, steps: steps))
    }
    return cases
  }
}
