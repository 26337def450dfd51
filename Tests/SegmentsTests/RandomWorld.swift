import Events
import Profiles
import RoostCore
import Segments

/// Random expressions and lives in a small world, where names, times and values collide often.
struct RandomWorld {
  static let start: Int64 = 1_772_000_000_000
  static let events = ["A", "B", "C", "D"]
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func pick<Element>(_ items: [Element]) -> Element { items[random.below(items.count)] }
  mutating func chance(_ percent: Int) -> Bool { random.below(100) < percent }
  mutating func window() -> TimeSpan { TimeSpan(milliseconds: Int64(1 + random.below(40)) * 25) }
  mutating func moment() -> Instant { Instant(milliseconds: Self.start + Int64(random.below(60)) * 25) }

  mutating func expression(depth: Int = 0, segments: [String] = []) -> Expression {
    switch depth < 3 ? random.below(10) : 9 {
    case 0, 1: return .all((0...random.below(3)).map { _ in expression(depth: depth + 1, segments: segments) })
    case 2, 3: return .any((0...random.below(3)).map { _ in expression(depth: depth + 1, segments: segments) })
    case 4: return .not(expression(depth: depth + 1, segments: segments))
    default: return .condition(condition(segments))
    }
  }

  mutating func condition(_ segments: [String] = []) -> Condition {
    switch random.below(16) {
    case 0..<5:
      return .event(EventCondition(pattern: pattern(), count: count(), window: chance(70) ? window() : nil))
    case 5, 6:
      return .occurrence(
        OccurrenceCondition(
          pattern: pattern(), which: chance(50) ? .first : .last, before: chance(30) ? moment() : nil,
          after: chance(30) ? moment() : nil, window: chance(60) ? window() : nil))
    case 7, 8, 9:
      let range = CountRange(least: Int64(random.below(9) - 3) * 1_000_000, most: chance(40) ? 6_000_000 : .max)
      return .sum(
        SumCondition(property: "p", pattern: pattern(), window: chance(75) ? window() : nil, range: range))
    case 10, 11, 12:
      return .sequence(
        SequenceCondition(
          steps: (0...(1 + random.below(2))).map { _ in pattern() }, window: chance(70) ? window() : nil,
          without: chance(60) ? pattern() : nil))
    case 13 where !segments.isEmpty: return .segment(key: pick(segments))
    case 14: return .journey(key: pick(["j1", "j2"]), state: pick(JourneyState.allCases))
    case 15: return .consent(purpose: pick(["m", "m.e", "m.e.x"]), isGranted: chance(60))
    default: return .trait(TraitCondition(trait: pick(["t", "d"]), tests: [valueTest(allowsWithin: true)]))
    }
  }

  mutating func count() -> CountRange {
    let least = random.below(4)
    return CountRange(least: Int64(least), most: chance(40) ? Int64(least + random.below(3)) : .max)
  }

  mutating func pattern() -> EventPattern {
    let filters = chance(35) ? [PropertyTest(property: pick(["p", "q"]), tests: [valueTest(allowsWithin: false)])] : []
    return EventPattern(event: pick(Self.events), filters: filters)
  }

  mutating func valueTest(allowsWithin: Bool) -> ValueTest {
    switch random.below(allowsWithin ? 14 : 11) {
    case 0: return .oneOf([literal(), literal()])
    case 1: return .noneOf([literal()])
    case 2: return .exists(chance(50))
    case 3: return .atLeast(Double(random.below(4)))
    case 4: return .atMost(Double(random.below(4)))
    case 5: return .moreThan(1)
    case 6: return .lessThan(2)
    case 7: return .contains(pick(["x", "xy", "é"]))
    case 8: return .startsWith(pick(["x", "y"]))
    case 9: return .before(moment())
    case 10: return .after(moment())
    default: return .within(window())
    }
  }

  mutating func literal() -> ValueTest.Literal {
    switch random.below(3) {
    case 0: .text(pick(["x", "xy", "é"]))
    case 1: .number(Double(random.below(3)))
    default: .bool(chance(50))
    }
  }

  mutating func value() -> Value {
    switch random.below(10) {
    case 0: .null
    case 1: .bool(chance(50))
    case 2...5: .number(Double(random.below(9) - 3) / 2)
    case 6: .json(pick(["[\"x\"]", "{\"x\":1}", "[]"]))
    default: .string(pick(["x", "xy", "yx", "é", "zé"]))
    }
  }

  mutating func date() -> Value {
    chance(50) ? .number(Double(moment().milliseconds)) : .string(pick(BruteForce.dates.keys.sorted()))
  }

  /// Mostly on time, sometimes late; on a grid of 25 ms, so that equal times are common.
  mutating func event(now: Int64) -> PlainEvent {
    let late = chance(60) ? 0 : Int64(random.below(50)) * 25
    var properties: [String: Value] = [:]
    if chance(80) { properties["p"] = chance(85) ? .number(Double(random.below(9) - 3) / 2) : value() }
    if chance(40) { properties["q"] = value() }
    let time = (now - late - Self.start) / 25 * 25 + Self.start
    return PlainEvent(name: pick(Self.events), time: min(time, now), properties: properties)
  }
}

extension PlainEvent {
  /// The event as a record.
  func record(_ symbols: SymbolTable, kind: EventKind = .track) -> [UInt8] {
    var writer = EventWriter()
    let time = Instant(milliseconds: time)
    writer.begin(
      kind, name: symbols.intern(name)!, timestamp: time, receivedAt: time, isHistorical: false,
      messageID: UnsafeRawBufferPointer(start: nil, count: 0))
    writer.beginFields()
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      writer.value(.property, symbols.intern(name)!, value)
    }
    writer.end()
    return writer.bytes
  }
}

extension SegmentProgram {
  /// Records an event given as plain values.
  func record(_ event: PlainEvent, in state: inout PersonState, _ symbols: SymbolTable) {
    event.record(symbols).withUnsafeBytes { bytes in
      _ = record(EventView(trusted: bytes), in: &state)
    }
  }
}

extension PersonState {
  static func fresh() -> PersonState {
    PersonState(
      workspace: WorkspaceID(1), id: PersonID(1), createdAt: Instant(milliseconds: RandomWorld.start))
  }

  /// Takes over what a plain person has besides events.
  mutating func adopt(_ person: PlainPerson, _ symbols: SymbolTable) {
    let at = Instant(milliseconds: RandomWorld.start)
    traits = person.traits.map { Trait(symbol: symbols.intern($0)!, value: $1, changedAt: at) }
      .sorted { $0.symbol < $1.symbol }
    consents = person.consents.map {
      Consent(purpose: symbols.intern($0)!, isGranted: $1, at: at, source: "api", textVersion: "")
    }.sorted { $0.purpose < $1.purpose }
    runs = person.runs.map {
      JourneyRun(
        journey: symbols.intern($0)!, version: 1, phase: $1, step: 0, entries: 1, enteredAt: at, changedAt: at,
        dueAt: .distantFuture, trigger: [])
    }.sorted { $0.journey < $1.journey }
  }
}
