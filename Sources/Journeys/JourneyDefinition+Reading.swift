import RoostCore
import Segments

extension JourneyDefinition {
  static let fields = [
    "journey", "name", "enter", "again", "class", "holdout", "timezone", "exit", "goal", "steps",
  ]

  /// Reads a journey as its file has it.
  ///
  /// - Throws: a problem with a finding for every field that is wrong, or that this version does not act on.
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
    let messageClass = json["class"].map { readClass($0, with: &reader) } ?? .marketing
    let timezone = json["timezone"].map { reader.text($0, at: "/timezone", "person or a zone") } ?? "person"
    readHoldout(json["holdout"], with: &reader)
    if json["goal"] != nil { reader.reportUnsupported("/goal", "goals") }
    let exits = readExits(json["exit"], with: &reader)
    var steps = StepReader(timezone: timezone ?? "person")
    let list = steps.read(json["steps"], at: "/steps", path: [], depth: 0, with: &reader)
    guard let key, let name, let entry, let again, let messageClass, let timezone else { return nil }
    return JourneyDefinition(
      key: key, name: name, entry: entry, again: again, messageClass: messageClass, timezone: timezone,
      exits: exits, steps: list, json: json)
  }

  private static func readEntry(_ json: JSONValue?, with reader: inout DefinitionReader) -> Entry? {
    guard let json else {
      reader.report("/enter", "missing: {event: NAME} or {segment: KEY}")
      return nil
    }
    if json.string == "api" || json["api"] != nil {
      reader.reportUnsupported("/enter", "entering by API; use {event: NAME} or {segment: KEY}")
      return nil
    }
    if json["schedule"] != nil {
      reader.reportUnsupported("/enter/schedule", "entering by schedule; use {event: NAME} or {segment: KEY}")
      return nil
    }
    if json["segment"] != nil { return readSegment(json, at: "/enter", with: &reader).map { .segment($0) } }
    return reader.pattern(json, at: "/enter").map { .event($0) }
  }

  private static func readSegment(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> String? {
    guard reader.members(of: json, at: pointer, known: ["segment"]) != nil else { return nil }
    return reader.key(json["segment"], at: pointer + "/segment", "a segment's key")
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

  private static func readClass(_ json: JSONValue, with reader: inout DefinitionReader) -> MessageClass? {
    if let found = json.string.flatMap(MessageClass.init) { return found }
    reader.report("/class", "expected \(MessageClass.allCases.map(\.rawValue).joined(separator: " or "))")
    return nil
  }

  private static func readHoldout(_ json: JSONValue?, with reader: inout DefinitionReader) {
    guard let json, json.string != "0%", json.number != 0 else { return }
    reader.reportUnsupported("/holdout", "holdouts; leave it out or write 0%: everybody gets the messages")
  }

  private static func readExits(_ json: JSONValue?, with reader: inout DefinitionReader) -> [ExitRule] {
    guard let json else { return [] }
    guard let rules = json.array else {
      reader.report("/exit", "expected a list of {event: NAME} and {segment: KEY}, not \(json.kind)")
      return []
    }
    return rules.enumerated().compactMap { index, rule in
      let pointer = "/exit/\(index)"
      if rule["segment"] != nil { return readSegment(rule, at: pointer, with: &reader).map { .segment($0) } }
      return reader.pattern(rule, at: pointer).map { .event($0) }
    }
  }
}
