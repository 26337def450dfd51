import RoostCore
import Segments

/// What starts a journey and what ends it.
extension JourneyDefinition {
  private static let entryForms = "{event: NAME}, {segment: KEY}, {schedule: \"0 10 * * MON\"} or api"

  static func readEntry(_ json: JSONValue?, with reader: inout DefinitionReader) -> Entry? {
    guard let json else {
      reader.report("/enter", "missing: \(entryForms)")
      return nil
    }
    if json.string == "api" { return .api }
    guard json.members != nil else {
      reader.report("/enter", "expected \(entryForms), not \(json.string.map { "\"\($0)\"" } ?? json.kind)")
      return nil
    }
    if json["schedule"] != nil { return readSchedule(json, with: &reader) }
    if json["segment"] != nil { return readSegment(json, at: "/enter", with: &reader).map { .segment($0) } }
    return reader.pattern(json, at: "/enter").map { .event($0) }
  }

  private static func readSchedule(_ json: JSONValue, with reader: inout DefinitionReader) -> Entry? {
    guard reader.members(of: json, at: "/enter", known: ["schedule", "segment"]) != nil else { return nil }
    let segment = json["segment"].flatMap { reader.key($0, at: "/enter/segment", "a segment's key") }
    guard let text = reader.text(json["schedule"], at: "/enter/schedule", "five fields such as \"0 10 * * MON\"") else {
      return nil
    }
    do throws(Problem) { return .schedule(try CronSchedule(parsing: text), segment: segment) } catch {
      reader.report("/enter/schedule", error.message)
      return nil
    }
  }

  private static func readSegment(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> String? {
    guard reader.members(of: json, at: pointer, known: ["segment"]) != nil else { return nil }
    return reader.key(json["segment"], at: pointer + "/segment", "a segment's key")
  }

  static func readExits(_ json: JSONValue?, with reader: inout DefinitionReader) -> [ExitRule] {
    guard let json else { return [] }
    guard let rules = json.array else {
      reader.report("/exit", "expected a list of {event: NAME} and {segment: KEY}, not \(json.kind)")
      return []
    }
    guard rules.count <= exitsMax else {
      reader.report("/exit", "a journey has at most \(exitsMax) exit rules; a segment can join several conditions")
      return []
    }
    return rules.enumerated().compactMap { index, rule in
      let pointer = "/exit/\(index)"
      if rule["segment"] != nil { return readSegment(rule, at: pointer, with: &reader).map { .segment($0) } }
      return reader.pattern(rule, at: pointer).map { .event($0) }
    }
  }

  static func readGoal(_ json: JSONValue?, with reader: inout DefinitionReader) -> Goal? {
    guard let json else { return nil }
    guard reader.members(of: json, at: "/goal", known: ["event", "where", "within"]) != nil else { return nil }
    let window = json["within"].flatMap { reader.span($0, at: "/goal/within") }
    return reader.pattern(json.only(["event", "where"]), at: "/goal").map { Goal(pattern: $0, window: window) }
  }
}

extension JSONValue {
  /// An object with some of its members only.
  func only(_ keys: [String]) -> JSONValue {
    guard let members else { return self }
    return .object(members.filter { keys.contains($0.key) })
  }
}
