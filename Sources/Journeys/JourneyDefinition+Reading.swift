import RoostCore
import Segments

extension JourneyDefinition {
  static let fields = [
    "journey", "name", "enter", "again", "per", "class", "holdout", "timezone", "priority", "rate", "tags", "inside",
    "exit", "goal", "steps",
  ]

  /// Reads a journey as its file has it.
  ///
  /// - Throws: a problem with a finding for every field that is wrong.
  public init(json: JSONValue) throws(Problem) {
    var reader = DefinitionReader()
    let read = Self.read(json, with: &reader)
    guard let read, reader.findings.isEmpty else {
      let count = reader.findings.count
      throw Problem(
        .invalid, "the journey has \(count) \(count == 1 ? "problem" : "problems")", findings: reader.findings)
    }
    self = read
  }

  private static func read(_ json: JSONValue, with reader: inout DefinitionReader) -> JourneyDefinition? {
    guard reader.members(of: json, at: "", known: fields) != nil else { return nil }
    let key = reader.key(json["journey"], at: "/journey", "the journey's key")
    let name = json["name"] == nil ? key : reader.text(json["name"], at: "/name", "a name")
    let entry = readEntry(json["enter"], with: &reader)
    let again = json["again"].map { readAgain($0, with: &reader) } ?? .never
    let per = readPer(json["per"], entry, with: &reader)
    let messageClass = json["class"].map { readClass($0, with: &reader) } ?? .marketing
    let holdout = readHoldout(json["holdout"], messageClass, with: &reader)
    let timezone = json["timezone"].map { readZone($0, with: &reader) } ?? .person
    let priority = readPriority(json["priority"], with: &reader)
    let rate = readRate(json["rate"], with: &reader)
    let tags = readTags(json["tags"], with: &reader)
    let exits = readExits(json["exit"], with: &reader)
    let goal = readGoal(json["goal"], with: &reader)
    var reading = StepReader(hasTrigger: entry?.hasTrigger ?? true)
    let steps = reading.read(json["steps"], at: "/steps", path: [], depth: 0, with: &reader)
    reading.checkReferences(with: &reader)
    let inside = readInside(json["inside"], reading, with: &reader)
    guard let key, let name, let entry, let again, let messageClass, let timezone else { return nil }
    return JourneyDefinition(
      key: key, name: name, entry: entry, again: again, per: per, messageClass: messageClass, holdout: holdout,
      timezone: timezone, priority: priority, rate: rate, tags: tags, inside: inside, exits: exits, goal: goal,
      steps: steps, json: json)
  }

  private static func readAgain(_ json: JSONValue, with reader: inout DefinitionReader) -> Again? {
    switch json.string {
    case "never": return .never
    case "always": return .always
    case let text?:
      if text.hasPrefix("after "), let span = TimeSpan(text: String(text.dropFirst(6))), span.milliseconds > 0 {
        return .after(span)
      }
      fallthrough
    case nil:
      reader.report("/again", "expected never, always or a time such as: after 30d")
      return nil
    }
  }

  private static func readPer(_ json: JSONValue?, _ entry: Entry?, with reader: inout DefinitionReader) -> String? {
    guard let json else { return nil }
    if let entry, !entry.hasTrigger {
      reader.report("/per", "only an event has properties; enter by {event: NAME} or api, or leave it out")
    }
    return reader.name(json, at: "/per", "a property of the entering event, such as order_id")
  }

  package static func readClass(_ json: JSONValue, with reader: inout DefinitionReader) -> MessageClass? {
    if let found = json.string.flatMap(MessageClass.init) { return found }
    reader.report("/class", "expected \(MessageClass.allCases.map(\.rawValue).joined(separator: " or "))")
    return nil
  }

  /// Withholding a receipt harms its reader, so that only marketing holds anybody out.
  package static func readHoldout(
    _ json: JSONValue?, _ messageClass: MessageClass?, with reader: inout DefinitionReader
  ) -> Share {
    guard let json else { return messageClass == .transactional ? .none : usualHoldout }
    guard let share = json.number == 0 ? Share.none : json.string.flatMap(Share.init(text:)) else {
      reader.report("/holdout", "expected a percentage such as 5% or 12.5%; 0% switches it off")
      return .none
    }
    if messageClass == .transactional, share > .none {
      reader.report("/holdout", "nobody may be held out from transactional messages; write 0% or leave it out")
    }
    if share == .whole { reader.report("/holdout", "100% would hold out everybody; write less, or do not publish it") }
    return share
  }

  private static func readZone(_ json: JSONValue, with reader: inout DefinitionReader) -> Zone? {
    guard let text = reader.text(json, at: "/timezone", "person, or a zone such as Europe/Rome") else { return nil }
    return text == "person" ? .person : .named(text)
  }

  private static func readPriority(_ json: JSONValue?, with reader: inout DefinitionReader) -> Int {
    guard let json else { return usualPriority }
    guard let number = json.int, (0...100).contains(number) else {
      reader.report("/priority", "expected a whole number from 0 to 100; 50 is the usual one, 100 goes first")
      return usualPriority
    }
    return Int(number)
  }

  package static func readRate(_ json: JSONValue?, with reader: inout DefinitionReader) -> SendRate? {
    guard let json else { return nil }
    if let rate = json.string.flatMap(SendRate.init(text:)) { return rate }
    reader.report("/rate", "expected a number of messages in a time: 10/s, 600/min or 5000/h")
    return nil
  }

  package static func readTags(_ json: JSONValue?, with reader: inout DefinitionReader) -> [String] {
    guard let json else { return [] }
    guard let items = json.array, items.count <= tagsMax else {
      reader.report("/tags", "expected a list of at most \(tagsMax) words such as [promo, spring]")
      return []
    }
    var tags: [String] = []
    for (index, item) in items.enumerated() {
      guard let tag = reader.key(item, at: "/tags/\(index)", "a tag") else { continue }
      if tags.contains(tag) { reader.report("/tags/\(index)", "the tag \"\(tag)\" is in the list already") }
      tags.append(tag)
    }
    return tags
  }

  private static func readInside(
    _ json: JSONValue?, _ steps: StepReader, with reader: inout DefinitionReader
  ) -> Inside? {
    guard let json else { return nil }
    switch json.string {
    case "pin": return .pin
    case "exit": return .exit
    case "migrate": return .migrate(table: [:])
    case .some:
      reader.report("/inside", "expected pin, exit, migrate, or {migrate: {old-step: new-step}}")
      return nil
    case nil: break
    }
    guard reader.members(of: json, at: "/inside", known: ["migrate"]) != nil else { return nil }
    guard let members = json["migrate"]?.members else {
      reader.report("/inside/migrate", "expected ids of old steps and where their people go: {old-step: new-step}")
      return nil
    }
    var table: [String: Place] = [:]
    for member in members {
      let pointer = "/inside/migrate/\(pointerToken(member.key))"
      guard DefinitionReader.isStepID(member.key) else {
        reader.report(pointer, "\"\(member.key)\" is no step's id")
        continue
      }
      guard let id = reader.text(member.value, at: pointer, "the id of a step of this version, or exit") else {
        continue
      }
      if steps.knows(id) {
        table[member.key] = .step(id)
      } else if id == "exit" {
        table[member.key] = .exit
      } else {
        reader.report(pointer, "this version has no step \"\(id)\"; write the id of one, or exit")
      }
    }
    return .migrate(table: table)
  }
}

extension JourneyDefinition.Entry {
  /// Whether an event starts the run, whose properties can be asked for.
  public var hasTrigger: Bool {
    switch self {
    case .event, .api: true
    case .segment, .schedule: false
    }
  }
}
