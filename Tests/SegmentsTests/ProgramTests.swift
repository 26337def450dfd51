import Events
import Profiles
import RoostCore
import Testing

@testable import Segments

/// Programs as a whole: changes, slots, epochs, references, limits.
@Suite struct ProgramTests {
  let symbols = SymbolTable()
  static let day: Int64 = 86_400_000

  func source(
    _ slot: Int, _ key: String, _ json: JSONValue, _ state: SegmentSource.State = .live, epoch: UInt32 = 0
  ) throws -> SegmentSource {
    SegmentSource(slot: slot, key: key, expression: try Expression(json: json), state: state, epoch: epoch)
  }

  func event(_ name: String, _ time: Int64, _ properties: [String: Value] = [:]) -> PlainEvent {
    PlainEvent(name: name, time: time, properties: properties)
  }

  @Test func entersByTheMerePassingOfTime() throws {
    var registry = TrackerRegistry()
    let program = try SegmentProgram(
      segments: [
        try source(
          3, "lapsing",
          ["all": [["event": "Order Completed"], ["not": ["event": "Order Completed", "within": "30d"]]]])
      ], trackers: &registry, symbols: symbols)
    var state = PersonState.fresh()
    let ordered: Int64 = 1_772_359_200_000
    program.record(event("Order Completed", ordered), in: &state, symbols)
    var changes: [MembershipChange] = []
    let due = program.evaluate(&state, now: Instant(milliseconds: ordered), changes: &changes)
    #expect(changes.isEmpty)
    #expect(due.milliseconds == ordered + 30 * Self.day)
    _ = program.evaluate(&state, now: Instant(milliseconds: due.milliseconds - 1), changes: &changes)
    #expect(changes.isEmpty)
    let next = program.evaluate(&state, now: due, changes: &changes)
    #expect(changes == [MembershipChange(slot: 3, isMember: true)])
    #expect(next == .distantFuture)
    #expect(state.isMember(3))
    program.record(event("Order Completed", due.milliseconds), in: &state, symbols)
    _ = program.evaluate(&state, now: due, changes: &changes)
    #expect(changes.last == MembershipChange(slot: 3, isMember: false))
  }

  @Test func equalMeaningsShareATrackerAndKeepTheirSlots() throws {
    var registry = TrackerRegistry()
    let three: JSONValue = ["event": "A", "count": ["atLeast": 3], "within": "7d"]
    let one: JSONValue = ["event": "A", "within": "30d"]
    let first = try SegmentProgram(
      segments: [try source(0, "one", one), try source(1, "three", three)], trackers: &registry, symbols: symbols)
    #expect(registry.count == 1)
    #expect(first.set.needs[0].capacity == 4)
    let many: JSONValue = ["event": "A", "count": ["atLeast": 20], "within": "7d"]
    let second = try SegmentProgram(
      segments: [try source(0, "one", one), try source(1, "three", three), try source(2, "many", many)],
      trackers: &registry, symbols: symbols)
    #expect(registry.count == 2)
    #expect(second.set.trackerTests.map(\.slot) == [0, 0, 1])
    #expect(try TrackerRegistry(json: registry.json) == registry)
  }

  @Test func aFillingSegmentCountsOnlyForThoseWhoAreFilled() throws {
    var registry = TrackerRegistry()
    let old = try source(0, "old", ["event": "A"])
    let before = try SegmentProgram(segments: [old], trackers: &registry, symbols: symbols)
    var state = PersonState.fresh()
    before.record(event("A", RandomWorld.start), in: &state, symbols)
    before.record(event("B", RandomWorld.start), in: &state, symbols)
    let program = try SegmentProgram(
      segments: [
        old, try source(1, "new", ["not": ["event": "B"]], .filling, epoch: 7),
        try source(2, "outer", ["segment": "new"]),
      ], trackers: &registry, symbols: symbols)
    let now = Instant(milliseconds: RandomWorld.start)
    var changes: [MembershipChange] = []
    #expect(program.needsFill(state))
    _ = program.evaluate(&state, now: now, changes: &changes)
    #expect(changes == [MembershipChange(slot: 0, isMember: true)])
    let records = [event("A", RandomWorld.start).record(symbols), event("B", RandomWorld.start).record(symbols)]
    records[0].withUnsafeBytes { a in
      records[1].withUnsafeBytes { b in
        program.fill(&state, from: [EventView(trusted: a), EventView(trusted: b)])
      }
    }
    #expect(!program.needsFill(state) && state.trackersEpoch == 7)
    changes = []
    _ = program.evaluate(&state, now: now, changes: &changes)
    #expect(changes.isEmpty)
    var stranger = PersonState.fresh()
    stranger.trackersEpoch = 7
    _ = program.evaluate(&stranger, now: now, changes: &changes)
    #expect(changes == [MembershipChange(slot: 1, isMember: true), MembershipChange(slot: 2, isMember: true)])
    program.absorb(PersonState.fresh(), into: &stranger)
    #expect(program.needsFill(stranger))
  }

  @Test func refusesCirclesAndUnknownSegments() throws {
    var registry = TrackerRegistry()
    let circle = try #require(throws: Problem.self) {
      try SegmentProgram(
        segments: [try source(0, "a", ["segment": "b"]), try source(1, "b", ["not": ["segment": "a"]])],
        trackers: &registry, symbols: symbols)
    }
    #expect(circle.message.contains("a → b → a"))
    #expect(throws: Problem.self) {
      try SegmentProgram(segments: [try source(0, "a", ["segment": "c"])], trackers: &registry, symbols: symbols)
    }
  }

  @Test func conditionsOfJourneysLookAtTheTrigger() throws {
    var registry = TrackerRegistry()
    let expression = try Expression(
      json: [
        "all": [
          ["trigger": ["total": ["atLeast": 50]]], ["event": "A", "count": ["atLeast": 2]], ["segment": "it"],
        ]
      ], context: .journey)
    let italian = try Expression(json: ["trait": "country", "is": "IT"])
    let condition = try CompiledCondition(
      expression, segments: ["it": italian], trackers: &registry, symbols: symbols)
    let program = try SegmentProgram(
      segments: [try source(0, "it", ["trait": "country", "is": "IT"])], watching: [expression],
      trackers: &registry, symbols: symbols)
    #expect(registry.count == 1)
    var state = PersonState.fresh()
    state.adopt(PlainPerson(traits: ["country": .string("IT")]), symbols)
    let now = Instant(milliseconds: RandomWorld.start)
    let big = event("A", RandomWorld.start, ["total": .string("50.00")])
    for count in 1...2 {
      program.record(big, in: &state, symbols)
      big.record(symbols).withUnsafeBytes {
        #expect(condition.holds(for: state, now: now, trigger: EventView(trusted: $0)) == (count == 2))
      }
    }
    #expect(!condition.holds(for: state, now: now))
    event("A", RandomWorld.start, ["total": .number(49)]).record(symbols).withUnsafeBytes {
      #expect(!condition.holds(for: state, now: now, trigger: EventView(trusted: $0)))
    }
  }

  @Test func onlyTrackCallsAreEvents() throws {
    var registry = TrackerRegistry()
    let program = try SegmentProgram(
      segments: [try source(0, "a", ["event": "A"])], trackers: &registry, symbols: symbols)
    var state = PersonState.fresh()
    event("A", RandomWorld.start).record(symbols, kind: .page).withUnsafeBytes {
      #expect(!program.record(EventView(trusted: $0), in: &state))
    }
    #expect(state.trackers == Trackers())
  }

  @Test func ordersAreTheProfilesFigures() throws {
    var registry = TrackerRegistry()
    let program = try SegmentProgram(
      segments: [
        try source(0, "three", ["orders": "count", "atLeast": 3]),
        try source(1, "net", ["orders": "revenue", "currency": "EUR", "exactly": 25]),
        try source(2, "average", ["orders": "average", "currency": "EUR", "exactly": .double(12.5)]),
        try source(3, "dollars", ["orders": "count", "currency": "USD", "exactly": 1]),
      ], trackers: &registry, symbols: symbols)
    var state = PersonState.fresh()
    func totals(_ code: String, _ orders: UInt32, _ revenue: Double, _ refunded: Double) -> OrderTotals {
      OrderTotals(
        currency: OrderTotals.currency(code)!, orders: orders, refunds: 0, revenue: Micros(revenue),
        refunded: Micros(refunded), firstAt: state.createdAt, lastAt: state.createdAt)
    }
    state.orders = [totals("EUR", 2, 30, 5), totals("USD", 1, 9, 0)]
    var changes: [MembershipChange] = []
    _ = program.evaluate(&state, now: state.createdAt, changes: &changes)
    #expect(changes.map(\.slot) == [0, 1, 2, 3])
  }

  @Test func listsContainTheirTexts() {
    func contains(_ json: String, _ part: String) -> Bool {
      var json = json
      return json.withUTF8 { Operand.json(UnsafeRawBufferPointer($0)).contains(Array(part.utf8)) }
    }
    #expect(contains(#"[1, "vip", {"a": "x"}]"#, "vip"))
    #expect(contains(#"["v\u0069p", "\ud83d\ude00"]"#, "vip"))
    #expect(contains(#"["v\u0069p", "\ud83d\ude00"]"#, "😀"))
    #expect(!contains(#"[["vip"], {"a": "vip"}, "vi", "vips"]"#, "vip"))
    #expect(!contains(#"{"vip": "vip"}"#, "vip"))
    #expect(!contains(#"["vip""#.replacing("vip", with: "v"), "vip"))
  }
}
