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

  /// Everybody's events in several sources, each in an order of its own, some thousand people at a time and some more.
  @Test func tallyEqualsBruteForce() throws {
    let symbols = SymbolTable()
    var (plans, members) = (0, 0)
    for seed in 0..<2_500 {
      var world = RandomWorld(seed: UInt64(seed) + 1 << 40)
      let now = RandomWorld.start + 1_000
      let expression = world.expression()
      let plan = try PreviewPlan(expression, symbols: symbols, now: Instant(milliseconds: now))
      guard plan.isTally else { continue }
      plans += 1
      let brute = BruteForce(segments: [:])
      var tally = PreviewTally(plan)
      var meant: [UInt64] = []
      var id: UInt64 = 0
      for _ in 0..<2 {
        var people: [(UInt64, PlainPerson)] = []
        for _ in 0..<(1 + world.random.below(12)) {
          id += 1 + UInt64(world.random.below(1 << 40))
          var person = PlainPerson()
          for _ in 0..<world.random.below(12) { person.events.append(world.event(now: now)) }
          people.append((id, person))
          let isKnown = person.events.contains { event in plan.events.contains { symbols.name($0) == event.name } }
          if isKnown, brute.holds(expression, person, now) { meant.append(id) }
        }
        Self.add(people, to: &tally, &world.random, symbols, after: plan.after)
      }
      try #require(tally.count == meant.count, "seed \(seed): \(expression)")
      try #require(tally.sample.map(\.number) == Array(meant.prefix(5)), "seed \(seed)")
      members += meant.count
    }
    #expect(plans > 100 && members > 300)
  }

  /// Thirty days ago to the millisecond is too old, whether a source's span says so or the event's time.
  @Test(arguments: [0, 1]) func tallyKnowsTheLastMillisecond(_ margin: Int64) throws {
    let symbols = SymbolTable()
    let now = RandomWorld.start
    let plan = try PreviewPlan(
      try Expression(json: ["event": "A", "within": "30d"]), symbols: symbols, now: Instant(milliseconds: now))
    var tally = PreviewTally(plan)
    let old = now - 30 * 86_400_000
    let name = UInt16(try #require(symbols.find("A")).number)
    for (person, time) in [(UInt64(7), old), (8, old + 1)] {
      withUnsafePointer(to: person) { person in
        tally.add(
          people: UnsafeBufferPointer(start: person, count: 1), starts: [0, 1], rows: [0], times: [time],
          symbols: [name], kinds: [EventKind.track.rawValue], span: (time - margin)...(time + margin))
      }
    }
    tally.endPeople()
    #expect(tally.count == 1 && tally.sample == [PersonID(8)])
  }

  private static func add(
    _ people: [(UInt64, PlainPerson)], to tally: inout PreviewTally, _ random: inout SeededRandom,
    _ symbols: SymbolTable, after: Int64
  ) {
    let sources = 1 + random.below(3)
    let shares = people.map { _, person in
      Dictionary(grouping: person.events.sorted { $0.time > $1.time }) { _ in random.below(sources) }
    }
    for source in 0..<sources {
      var (ids, starts, names, kinds, times): ([UInt64], [UInt32], [UInt16], [UInt8], [Int64]) = ([], [], [], [], [])
      for (place, share) in shares.enumerated() where share[source] != nil {
        ids.append(people[place].0)
        starts.append(UInt32(times.count))
        names.append(UInt16(symbols.intern("A")!.number))
        kinds.append(EventKind.page.rawValue)
        times.append(share[source]?.first?.time ?? RandomWorld.start)
        for event in share[source] ?? [] {
          names.append(UInt16(symbols.intern(event.name)!.number))
          kinds.append(EventKind.track.rawValue)
          times.append(event.time)
        }
      }
      // As the history does, which knows from each file's head how old it is.
      guard let first = times.min(), let last = times.max(), last > after else { continue }
      starts.append(UInt32(times.count))
      let rows = times.indices.map { UInt32($0) }
      ids.withUnsafeBufferPointer { ids in
        tally.add(
          people: ids, starts: starts, rows: rows, times: times, symbols: names, kinds: kinds, span: first...last)
      }
    }
    tally.endPeople()
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
