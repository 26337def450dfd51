import Profiles
import RoostCore
import Segments
import Testing

/// Reasons as a person reads them.
@Suite struct ExplanationTests {
  let symbols = SymbolTable()

  func reasons(_ json: JSONValue, _ person: PlainPerson, now: Int64) throws -> [String] {
    var registry = TrackerRegistry()
    let source = SegmentSource(slot: 4, key: "s", expression: try Expression(json: json), state: .live, epoch: 0)
    let program = try SegmentProgram(segments: [source], trackers: &registry, symbols: symbols)
    var state = PersonState.fresh()
    state.adopt(person, symbols)
    for event in person.events { program.record(event, in: &state, symbols) }
    for name in Set(person.events.map(\.name)) {
      let times = person.events.filter { $0.name == name }.map { Instant(milliseconds: $0.time) }
      state.counters.append(
        EventCounter(
          event: symbols.intern(name)!, count: UInt32(times.count), first: times.min()!, last: times.max()!))
    }
    return program.explain(4, state, now: Instant(milliseconds: now), symbols: symbols)
  }

  @Test func tellsTheFigures() throws {
    // 2026-03-01T10:00:00Z and 40 days later.
    let ordered: Int64 = 1_772_359_200_000
    let now = ordered + 40 * 86_400_000
    let person = PlainPerson(
      events: (0..<3).map {
        PlainEvent(
          name: "Order Completed", time: ordered - $0 * 86_400_000, properties: ["total": .number(20.5)])
      }, traits: ["country": .string("IT")], runs: ["welcome": .finished], consents: ["marketing": true])
    let json: JSONValue = [
      "all": [
        ["event": "Order Completed", "count": ["atLeast": 2]],
        ["not": ["event": "Order Completed", "within": "30d"]],
        ["sum": "total", "of": "Order Completed", "atLeast": 60],
        ["any": [["trait": "country", "in": ["IT", "ES"]], ["journey": "nothing", "state": "running"]]],
        ["journey": "welcome", "state": "finished"], ["consent": "marketing.email"],
        ["event": "Order Completed", "first": ["before": "2026-03-01"]],
      ]
    ]
    #expect(
      try reasons(json, person, now: now) == [
        "Order Completed 3 times, last on 2026-03-01T10:00:00.000Z",
        "no Order Completed within 30d, last on 2026-03-01T10:00:00.000Z", "total of Order Completed: 61.5",
        "country is \"IT\"", "journey welcome: finished", "consent to marketing.email: granted",
        "first Order Completed on 2026-02-27T10:00:00.000Z",
      ])
    #expect(
      try reasons(json, PlainPerson(), now: now) == [
        "no Order Completed", "total of Order Completed: 0", "country is not known", "journey nothing: never entered",
        "journey welcome: never entered", "consent to marketing.email: never asked",
      ])
  }

  @Test func tellsFiltersAndSequences() throws {
    let events = [("A", 1.0), ("A", 60.0), ("B", 0.0)].enumerated().map {
      PlainEvent(name: $1.0, time: RandomWorld.start + Int64($0), properties: ["total": .number($1.1)])
    }
    let json: JSONValue = [
      "all": [
        ["event": "A", "where": ["total": ["atLeast": 50]], "within": "1h"],
        ["sequence": ["A", "B"], "within": "1d", "not": "C"],
      ]
    ]
    #expect(
      try reasons(json, PlainPerson(events: events), now: RandomWorld.start + 10) == [
        "A where total is at least 50 once within 1h, last on 2026-02-25T06:13:20.001Z",
        "A, then B within 1d without C: yes",
      ])
  }
}
