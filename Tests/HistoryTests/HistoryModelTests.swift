import Events
import RoostCore
import Testing

@testable import History

/// Keeps what a scan shows of each person.
struct Collected: HistoryAccumulator, Equatable {
  struct Row: Equatable {
    var time: Int64
    var symbol: UInt32
    var record: [UInt8]
  }
  struct Person: Equatable {
    var id: UInt64
    var rows: [Row]
  }
  var people: [Person] = []

  mutating func add(_ batch: ScanBatch) throws(HistoryError) {
    for run in batch.people {
      var rows: [Row] = []
      for row in run.rows {
        let event = try batch.event(row)
        #expect(event.kind.rawValue == batch.kinds[row])
        rows.append(
          Row(time: batch.times[row], symbol: UInt32(batch.symbols[row]), record: Array(event.bytes)))
      }
      people.append(Person(id: run.person.number, rows: rows))
    }
  }

  mutating func join(_ following: Collected) { people += following.people }

  init() {}

  init(_ naive: NaiveHistory, _ symbols: SymbolSet, everyone: Bool) {
    for id in Set(naive.rows.map(\.owner)).sorted() {
      let rows = naive.events(of: PersonID(id)).filter { symbols.contains(Symbol($0.symbol)) }
      if everyone || !rows.isEmpty {
        people.append(
          Person(id: id, rows: rows.map { Row(time: $0.time, symbol: $0.symbol, record: $0.record) }))
      }
    }
  }
}

/// What a tally is given, by person.
private struct Tallied: HistoryTally {
  var rows: [UInt64: [Row]] = [:]
  private var open: Set<UInt64> = []
  private var largest: UInt64?

  struct Row: Equatable, Comparable {
    var time: Int64
    var symbol: UInt16
    static func < (a: Row, b: Row) -> Bool { (a.time, a.symbol) < (b.time, b.symbol) }
  }

  mutating func add(_ groups: ScanGroups) {
    for (place, person) in groups.people.enumerated() {
      // Nobody who was ended comes again.
      #expect(largest.map { $0 < person } ?? true)
      open.insert(person)
      for index in Int(groups.starts[place])..<Int(groups.starts[place + 1]) {
        let row = Int(groups.rows[index])
        #expect(groups.span.contains(groups.times[row]) && groups.kinds[row] != 0)
        rows[person, default: []].append(Row(time: groups.times[row], symbol: groups.symbols[row]))
      }
    }
  }

  mutating func endPeople() {
    largest = open.max() ?? largest
    open.removeAll()
  }

  mutating func join(_ following: Tallied) { rows.merge(following.rows) { $0 + $1 } }

  /// What must be there, whatever files are passed over.
  func sorted(after: Int64) -> [UInt64: [Row]] {
    rows.mapValues { $0.filter { $0.time > after }.sorted() }.filter { !$0.value.isEmpty }
  }

  init() {}

  init(_ naive: NaiveHistory, _ symbols: SymbolSet) {
    for id in Set(naive.rows.map(\.owner)) {
      let rows = naive.events(of: PersonID(id)).filter { symbols.contains(Symbol($0.symbol)) }
      self.rows[id] = rows.map { Row(time: $0.time, symbol: UInt16($0.symbol)) }
    }
  }
}

@Suite struct HistoryModelTests {
  /// Every way of reading, compared with the list.
  func compare(_ store: HistoryStore, _ naive: NaiveHistory, _ world: World, _ random: inout SeededRandom) throws {
    for person in world.people {
      let expected = naive.events(of: person)
      #expect(try store.rows(of: person) == expected.map(\.record))
      let limit = 1 + random.below(6)
      var cursor: TimelineCursor?
      var entries: [TimelineEntry] = []
      repeat {
        let page = try store.timeline(person, before: cursor, limit: limit)
        entries += page.entries
        cursor = page.next
      } while cursor != nil
      #expect(entries.map(\.record) == expected.reversed().map(\.record))
      #expect(entries.map(\.cursor.arrival) == expected.reversed().map(\.arrival))
    }
    let symbols = SymbolSet((0..<6).filter { _ in random.below(2) == 0 }.map { Symbol($0) })
    let whole = Tallied(naive, symbols)
    let times = whole.rows.values.joined().map(\.time)
    for after in [.min, times.isEmpty ? 0 : times[random.below(times.count)]] {
      let found = try store.scan(symbols, after: after, threads: 1 + random.below(3), tallying: Tallied())
      #expect(found.sorted(after: after) == whole.sorted(after: after))
    }
    for everyone in [false, true] {
      let expected = Collected(naive, symbols, everyone: everyone)
      #expect(try store.scan(symbols, everyone: everyone, threads: 2, into: Collected()) == expected)
      var single = Collected()
      try store.scan(symbols, everyone: everyone) { batch throws(HistoryError) in try single.add(batch) }
      #expect(single == expected)
      let snapshot = ScanSnapshot(store, symbols: symbols, everyone: everyone, sliceRows: 1 + random.below(60))
      let scanner = SliceScanner(snapshot)
      var sliced = Collected()
      for slice in snapshot.slices.indices { try sliced.add(try scanner.scan(slice)) }
      #expect(sliced == expected)
    }
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func agreesWithAList(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let directory = TemporaryDirectory()
    let world = World(seed: seed, count: 250)
    let store = try HistoryStore(directory: directory.path, limits: small(&random))
    var naive = NaiveHistory()
    for item in world.items {
      try store.append(item)
      naive.apply(item)
      switch random.below(60) {
      case 0: try compare(store, naive, world, &random)
      case 1: try store.compact()
      default: break
      }
    }
    try compare(store, naive, world, &random)
    try store.flush()
    try compare(store, naive, world, &random)
    try store.compact()
    try compare(store, naive, world, &random)
  }

  /// Enough rows for several slices and both threads' shares.
  @Test func cutsLargeScansIntoSlices() throws {
    let directory = TemporaryDirectory()
    let store = try HistoryStore(
      directory: directory.path, limits: HistoryLimits(recentItemsMax: 30_000, recentBytesMax: 1 << 30, fanIn: 2))
    var expected: [UInt64: Int] = [:]
    var random = SeededRandom(seed: 7)
    for number in 0..<100_000 {
      let person = mix64(UInt64(random.below(20_000)))
      let symbol = Symbol(UInt32(1 + random.below(3)))
      if symbol == Symbol(2) { expected[person, default: 0] += 1 }
      let bytes = record(symbol, at: Int64(random.below(1_000_000)), message: "")
      try store.append(.event(person: PersonID(person), record: bytes, position: UInt64(number)))
    }
    try store.flush()
    var last: UInt64?
    var found: [UInt64: Int] = [:]
    var batches = 0
    try store.scan(SymbolSet([Symbol(2)])) { batch in
      batches += 1
      for run in batch.people {
        #expect(last.map { $0 < run.person.number } ?? true)
        last = run.person.number
        found[run.person.number, default: 0] += run.rows.count
        for (a, b) in zip(run.rows, run.rows.dropFirst()) where batch.times[a] > batch.times[b] {
          Issue.record("rows out of order")
        }
      }
    }
    #expect(batches > 2)
    #expect(found == expected)
  }

  @Test func cursorsSurviveMergesAndLateEvents() throws {
    let directory = TemporaryDirectory()
    let store = try HistoryStore(
      directory: directory.path, limits: HistoryLimits(recentItemsMax: 4, recentBytesMax: 1 << 20, fanIn: 2))
    let person = PersonID(5)
    func add(_ time: Int64, _ message: String, _ position: UInt64) throws {
      try store.append(
        .event(person: person, record: record(Symbol(1), at: time, message: message), position: position))
    }
    for number in 0..<10 { try add(Int64(number) * 100, "\(number)", UInt64(number)) }
    let first = try store.timeline(person, limit: 3)
    #expect(first.entries.map { $0.withEvent(\.messageID) } == ["9", "8", "7"])
    // One late event in what is still to come, one in what was shown.
    try add(650, "late", 20)
    try add(850, "shown", 21)
    for number in 0..<20 { try add(Int64(number) * 100 + 5_000, "new", UInt64(30 + number)) }
    try store.flush()
    let second = try store.timeline(person, before: first.next, limit: 3)
    #expect(second.entries.map { $0.withEvent(\.messageID) } == ["late", "6", "5"])
    #expect(TimelineCursor(text: first.next!.text) == first.next)
  }
}
