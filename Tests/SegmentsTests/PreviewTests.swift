import Events
import Profiles
import RoostCore
import Testing

@testable import Segments

/// The preview's scan against the brute-force evaluator.
@Suite struct PreviewTests {
  @Test func scanEqualsBruteForce() throws {
    let symbols = SymbolTable()
    var members = 0
    for seed in 0..<1_500 {
      var world = RandomWorld(seed: UInt64(seed) + 1 << 32)
      let inner = world.expression()
      let expression = world.expression(segments: ["s0"])
      let now = RandomWorld.start + 1_000
      let plan = try PreviewPlan(
        expression, segments: ["s0": inner], symbols: symbols, now: Instant(milliseconds: now))
      var accumulator = PreviewAccumulator(plan)
      let brute = BruteForce(segments: ["s0": inner])
      for _ in 0..<4 {
        var person = PlainPerson()
        for _ in 0..<world.random.below(12) { person.events.append(world.event(now: now)) }
        if world.chance(50) { person.traits["t"] = world.value() }
        if world.chance(50) { person.consents["m"] = world.chance(50) }
        let found = Self.scan(&accumulator, plan, person, symbols)
        let expected = brute.holds(expression, person, now)
        try #require(found == expected, "seed \(seed): \(expression)")
        if expected { members += 1 }
        let touched = person.events.contains { event in plan.events.contains { symbols.name($0) == event.name } }
        try #require(!expected || touched || plan.includesPeopleWithoutEvents, "seed \(seed): would be passed over")
      }
    }
    #expect((500...5_500).contains(members))
  }

  /// Feeds a person the way the history does: rows in order of time, page views among them.
  private static func scan(
    _ accumulator: inout PreviewAccumulator, _ plan: PreviewPlan, _ person: PlainPerson, _ symbols: SymbolTable
  ) -> Bool {
    let events = person.events.sorted { $0.time < $1.time }
    var names: [UInt16] = [UInt16(symbols.intern("A")!.number)]
    var kinds = [EventKind.page.rawValue]
    var times = [RandomWorld.start]
    for event in events {
      names.append(UInt16(symbols.intern(event.name)!.number))
      kinds.append(EventKind.track.rawValue)
      times.append(event.time)
    }
    accumulator.begin()
    names.withUnsafeBufferPointer { names in
      kinds.withUnsafeBufferPointer { kinds in
        times.withUnsafeBufferPointer { times in
          accumulator.feed(0..<times.count, symbols: names, kinds: kinds, times: times)
        }
      }
    }
    for event in events where plan.needsRecord(symbols.intern(event.name)!) {
      event.record(symbols).withUnsafeBytes { accumulator.feed(EventView(trusted: $0)) }
    }
    if let verdict = accumulator.verdict() { return verdict }
    var state = PersonState.fresh()
    state.adopt(person, symbols)
    return accumulator.verdict(for: state)
  }

  @Test func tellsWhatItNeeds() throws {
    let symbols = SymbolTable()
    func plan(_ json: JSONValue) throws -> PreviewPlan {
      try PreviewPlan(
        try Expression(json: json), symbols: symbols, now: Instant(milliseconds: RandomWorld.start))
    }
    let bought = try plan(["all": [["trait": "country", "is": "IT"], ["event": "A"], ["not": ["event": "B"]]]])
    #expect(bought.events.map { symbols.name($0) }.sorted() == ["A", "B"])
    #expect(!bought.needsRecords && bought.needsState && !bought.includesPeopleWithoutEvents)
    let silent = try plan(["not": ["event": "A", "within": "30d"]])
    #expect(!silent.needsState && silent.includesPeopleWithoutEvents)
    let big = try plan(["event": "A", "where": ["total": ["atLeast": 50]]])
    #expect(big.needsRecords && big.needsRecord(symbols.find("A")!) && !big.needsRecord(symbols.find("B")!))
    #expect(try plan(["trait": "country", "is": "IT"]).includesPeopleWithoutEvents)
  }
}
