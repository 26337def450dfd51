import RoostCore
import Segments

extension StepReader {
  private static let daysBeforeMax = 365
  /// Unless told, and at most.
  private static let bestHourWithin = TimeSpan.hours(24)
  private static let bestHourWithinMax = TimeSpan.days(7)

  static func readWait(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    guard json.members != nil else { return reader.span(json, at: pointer).map { .wait($0) } }
    if json["days"] != nil { return readDate(json, at: pointer, with: &reader).map { .waitDate($0) } }
    if json["until"]?.string == JourneyDefinition.bestHourWord { return readBestHour(json, at: pointer, with: &reader) }
    guard reader.members(of: json, at: pointer, known: ["until"]) != nil,
      let text = reader.text(json["until"], at: pointer + "/until", "a time such as \"10:00\" or \"MON 10:00\"")
    else { return nil }
    guard let time = ClockTime(text: text) else {
      reader.report(pointer + "/until", "\"\(text)\" is no time; write \"10:00\", \"MON 10:00\" or best hour")
      return nil
    }
    return .waitUntil(time)
  }

  /// `{until: best hour, within: 24h}`.
  private static func readBestHour(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    guard reader.members(of: json, at: pointer, known: ["until", "within"]) != nil else { return nil }
    guard let text = json["within"] else { return .waitBestHour(within: bestHourWithin) }
    guard let span = reader.span(text, at: pointer + "/within") else { return nil }
    guard span >= .hours(1), span <= bestHourWithinMax else {
      reader.report(pointer + "/within", "expected 1h to 7d: an hour is chosen from, and a week has all of them")
      return nil
    }
    return .waitBestHour(within: span)
  }

  /// `{days: {trait: birthday}, at: "10:00", before: 3d}`.
  private static func readDate(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.PersonalDate? {
    guard reader.members(of: json, at: pointer, known: ["days", "at", "before"]) != nil, let days = json["days"],
      reader.members(of: days, at: pointer + "/days", known: ["trait"]) != nil,
      let trait = reader.name(days["trait"], at: pointer + "/days/trait", "a trait with a date, such as birthday")
    else { return nil }
    var date = JourneyDefinition.PersonalDate(trait: trait)
    if let at = json["at"] {
      date.minuteOfDay = at.string.flatMap { ClockTime.minuteOfDay(Substring($0)) }
      if date.minuteOfDay == nil { reader.report(pointer + "/at", "expected a time of day such as \"10:00\"") }
    }
    if let before = json["before"], let span = reader.span(before, at: pointer + "/before") {
      let day = TimeSpan.days(1).milliseconds
      if span.milliseconds % day == 0, span.milliseconds / day <= daysBeforeMax {
        date.daysBefore = Int(span.milliseconds / day)
      } else {
        reader.report(pointer + "/before", "expected whole days, such as 3d, at most \(daysBeforeMax)d")
      }
    }
    return date
  }

  /// `{waitFor: {event, where?, of?, match?, within?}, then: […], else: […]}`; either list may be left out.
  mutating func readWaitFor(
    _ json: JSONValue, of step: JSONValue, at pointer: String, path: [Int], depth: Int,
    with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    let place = pointer + "/waitFor"
    let wait = readEventWait(json, at: place, with: &reader)
    if step["else"] != nil, json.members != nil, json["within"] == nil {
      reader.report(pointer + "/else", "without within the wait never gives up, and else is never reached")
    }
    let then = step["then"].map {
      read($0, at: pointer + "/then", path: path + [1], depth: depth + 1, with: &reader)
    }
    let other = step["else"].map {
      read($0, at: pointer + "/else", path: path + [2], depth: depth + 1, with: &reader)
    }
    return wait.map { .waitFor($0, then: then ?? [], else: other ?? []) }
  }

  private mutating func readEventWait(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.EventWait? {
    guard reader.members(of: json, at: pointer, known: ["event", "where", "of", "match", "within"]) != nil else {
      return nil
    }
    let pattern = reader.pattern(json.only(["event", "where"]), at: pointer)
    let of = json["of"].flatMap { reader.text($0, at: pointer + "/of", "the id of a send step") }
    if let of { refer(to: of, at: pointer + "/of", kind: "send") }
    let matches = json["match"].map { readMatches($0, at: pointer + "/match", with: &reader) } ?? []
    let window = json["within"].flatMap { reader.span($0, at: pointer + "/within") }
    return pattern.map { .init(pattern: $0, of: of, matches: matches, window: window) }
  }

  /// `{order_id: same}` or `{order_id: {trigger: other}}`.
  private func readMatches(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> [JourneyDefinition.Match] {
    guard let members = json.members, !members.isEmpty else {
      reader.report(pointer, "expected properties, such as {order_id: same}")
      return []
    }
    if !hasTrigger {
      reader.report(pointer, "no event starts this journey, so there is nothing to compare with; leave match out")
    }
    var matches: [JourneyDefinition.Match] = []
    for member in members {
      let place = "\(pointer)/\(pointerToken(member.key))"
      guard reader.name(.string(member.key), at: place, "a property") != nil else { continue }
      if member.value.string == "same" {
        matches.append(.init(property: member.key, trigger: member.key))
      } else if member.value.members != nil {
        guard reader.members(of: member.value, at: place, known: ["trigger"]) != nil,
          let other = reader.name(member.value["trigger"], at: place + "/trigger", "a property of the entering event")
        else { continue }
        matches.append(.init(property: member.key, trigger: other))
      } else {
        reader.report(place, "expected same, or {trigger: PROPERTY} for a property of the entering event")
      }
    }
    return matches.sorted { $0.property < $1.property }
  }
}
