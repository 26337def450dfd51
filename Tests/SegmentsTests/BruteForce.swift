import Profiles
import RoostCore
import Segments

/// One thing a person did, as plain values.
struct PlainEvent {
  var name: String
  var time: Int64
  var properties: [String: Value]
}

/// A person as plain lists: everything that was ever said, nothing summed up.
struct PlainPerson {
  var events: [PlainEvent] = []
  var traits: [String: Value] = [:]
  var runs: [String: JourneyRun.Phase] = [:]
  var consents: [String: Bool] = [:]
}

/// Evaluates expressions by looking at the whole history each time, the way docs/segments.md tells it. It shares only
/// the expression's type with the product.
struct BruteForce {
  var segments: [String: Expression] = [:]

  func holds(_ expression: Expression, _ person: PlainPerson, _ now: Int64) -> Bool {
    switch expression {
    case .all(let parts): return parts.allSatisfy { holds($0, person, now) }
    case .any(let parts): return parts.contains { holds($0, person, now) }
    case .not(let part): return !holds(part, person, now)
    case .condition(let condition): return holds(condition, person, now)
    }
  }

  private func holds(_ condition: Condition, _ person: PlainPerson, _ now: Int64) -> Bool {
    switch condition {
    case .event(let event):
      let count = matches(event.pattern, person, event.window, now).count
      return Int64(count) >= event.count.least && Int64(count) <= event.count.most
    case .occurrence(let occurrence):
      let times = matches(occurrence.pattern, person, nil, now).map(\.time)
      guard let time = occurrence.which == .first ? times.min() : times.max() else { return false }
      if let before = occurrence.before, time >= before.milliseconds { return false }
      if let after = occurrence.after, time < after.milliseconds { return false }
      if let window = occurrence.window, time <= now - window.milliseconds { return false }
      return true
    case .sum(let sum):
      var total: Int64 = 0
      for event in matches(sum.pattern, person, sum.window, now) {
        if case .number(let number)? = event.properties[sum.property] { total += Int64((number * 1e6).rounded()) }
      }
      return total >= sum.range.least && total <= sum.range.most
    case .sequence(let sequence): return finds(sequence, person)
    case .trait(let trait):
      let value = person.traits[trait.trait]
      return trait.tests.allSatisfy { passes($0, value, now) }
    case .journey(let key, let state):
      switch state {
      case .entered: return person.runs[key] != nil
      case .never: return person.runs[key] == nil
      case .running: return person.runs[key] == .running
      case .finished: return person.runs[key] == .finished
      case .exited: return person.runs[key] == .exited
      }
    case .segment(let key): return segments[key].map { holds($0, person, now) } ?? false
    case .consent(let purpose, let isGranted):
      var name = purpose
      while true {
        if let answer = person.consents[name] { return answer == isGranted }
        guard let dot = name.lastIndex(of: ".") else { return false }
        name = String(name[..<dot])
      }
    case .orders, .trigger: return false
    }
  }

  private func matches(_ pattern: EventPattern, _ event: PlainEvent) -> Bool {
    event.name == pattern.event
      && pattern.filters.allSatisfy { filter in
        filter.tests.allSatisfy { passes($0, event.properties[filter.property], event.time) }
      }
  }

  private func matches(_ pattern: EventPattern, _ person: PlainPerson, _ window: TimeSpan?, _ now: Int64)
    -> [PlainEvent]
  {
    person.events.filter { event in
      (window == nil || event.time > now - window!.milliseconds) && matches(pattern, event)
    }
  }

  private func finds(_ sequence: SequenceCondition, _ person: PlainPerson) -> Bool {
    func goesOn(_ step: Int, from time: Int64, until end: Int64, _ used: Set<Int>) -> Bool {
      guard step < sequence.steps.count else { return true }
      return person.events.indices.contains { index in
        let event = person.events[index]
        return !used.contains(index) && event.time >= time && event.time <= end
          && matches(sequence.steps[step], event)
          && goesOn(step + 1, from: event.time, until: end, used.union([index]))
      }
    }
    return person.events.indices.contains { index in
      let start = person.events[index]
      guard matches(sequence.steps[0], start) else { return false }
      let end = sequence.window.map { start.time + $0.milliseconds } ?? .max
      if let without = sequence.without,
        person.events.contains(where: { $0.time >= start.time && $0.time <= end && matches(without, $0) })
      {
        return false
      }
      return goesOn(1, from: start.time, until: end, [index])
    }
  }

  private func passes(_ test: ValueTest, _ value: Value?, _ now: Int64) -> Bool {
    let value = value == .null ? nil : value
    switch test {
    case .oneOf(let literals): return literals.contains { equal($0, value) }
    case .noneOf(let literals): return !literals.contains { equal($0, value) }
    case .exists(let flag): return (value != nil) == flag
    case .atLeast(let limit): return number(value).map { $0 >= limit } ?? false
    case .atMost(let limit): return number(value).map { $0 <= limit } ?? false
    case .moreThan(let limit): return number(value).map { $0 > limit } ?? false
    case .lessThan(let limit): return number(value).map { $0 < limit } ?? false
    case .contains(let part):
      if case .json(let list)? = value { return list == "[\"\(part)\"]" }
      return text(value)?.contains(part) ?? false
    case .startsWith(let prefix): return text(value)?.hasPrefix(prefix) ?? false
    case .before(let moment): return date(value).map { $0 < moment.milliseconds } ?? false
    case .after(let moment): return date(value).map { $0 >= moment.milliseconds } ?? false
    case .within(let span): return date(value).map { $0 > now - span.milliseconds && $0 <= now } ?? false
    }
  }

  private func equal(_ literal: ValueTest.Literal, _ value: Value?) -> Bool {
    switch (literal, value) {
    case (.bool(let a), .bool(let b)?): a == b
    case (.number(let a), .number(let b)?): a == b
    case (.text(let a), .string(let b)?): Array(a.utf8) == Array(b.utf8)
    default: false
    }
  }

  private func number(_ value: Value?) -> Double? { if case .number(let number)? = value { number } else { nil } }
  private func text(_ value: Value?) -> String? { if case .string(let text)? = value { text } else { nil } }

  /// Dates that the random worlds use as text, worked out by hand from 1772000000 = 2026-02-25T06:13:20Z.
  static let dates: [String: Int64] = [
    "2026-02-25T06:13:20Z": 1_772_000_000_000, "2026-02-25T06:13:20.250Z": 1_772_000_000_250,
    "2026-02-25T07:13:20.5+01:00": 1_772_000_000_500, "2026-02-25T06:13:21": 1_772_000_001_000,
    "2026-02-25": 1_771_977_600_000,
  ]

  private func date(_ value: Value?) -> Int64? {
    switch value {
    case .number(let number)?: Int64(number)
    case .string(let text)?: Self.dates[text]
    default: nil
    }
  }
}
