import Dispatch
import Foundation
import RoostCore
import Testing

@testable import History

@Suite struct HistoryFilesTests {
  /// The same items give the same bytes, with crashes and restarts or without.
  @Test(arguments: 0..<15 as Range<UInt64>)
  func rebuildsTheSameBytesAfterCrashes(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let world = World(seed: seed, count: 300)
    let limits = small(&random)
    let directory = TemporaryDirectory()
    var store = try HistoryStore(directory: directory.path, limits: limits)
    var next = 0
    while next < world.items.count {
      try store.append(world.items[next])
      next += 1
      guard random.below(40) == 0 else { continue }
      store.settleBackground()
      try crash(directory.path, &random)
      store = try HistoryStore(directory: directory.path, limits: limits)
      next = replayStart(store, world, &random)
    }
    try store.flush()
    let rebuilt = TemporaryDirectory()
    _ = try HistoryStore.rebuild(directory: rebuilt.path, limits: limits, from: world.items)
    let different = try differences(directory.path, rebuilt.path)
    #expect(different == [])
  }

  /// What a crash leaves beside the files of the manifest.
  func crash(_ path: String, _ random: inout SeededRandom) throws {
    for name in ["0-00000001.tmp", "MANIFEST.tmp", "0-00000999-00000000000000ff.segment", "00000999.fates"]
    where random.below(2) == 0 {
      try Data("half a fi".utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    }
  }

  /// The log is read from the durable position or from anywhere before it.
  func replayStart(_ store: HistoryStore, _ world: World, _ random: inout SeededRandom) -> Int {
    let durable = store.durablePosition.position
    let from = random.below(2) == 0 ? durable : UInt64(random.below(Int(durable) + 1))
    return world.items.firstIndex { $0.position >= from } ?? 0
  }

  /// A crash between writing a segment and the manifest, and one between a cut and its merges.
  @Test(arguments: 0..<6 as Range<UInt64>)
  func opensWhatACrashBetweenStepsLeft(seed: UInt64) throws {
    let world = World(seed: seed, count: 200)
    let limits = HistoryLimits(recentItemsMax: 9, recentBytesMax: 1 << 20, fanIn: 2)
    let directory = TemporaryDirectory()
    let store = try HistoryStore(directory: directory.path, limits: limits)
    for item in world.items.prefix(100) { try store.append(item) }
    try store.flush()
    let before = try TemporaryDirectory.contents(directory.path)
    store.merging.suspend()
    for item in world.items.suffix(100) { try store.append(item) }
    store.sealing.sync {}
    let unmerged = try TemporaryDirectory.contents(directory.path)
    store.merging.resume()
    try store.flush()
    let after = try TemporaryDirectory.contents(directory.path)
    let crashes = [after.merging(before) { $1 }, unmerged]
    for files in crashes {
      let copy = TemporaryDirectory()
      for (name, data) in files { try data.write(to: URL(fileURLWithPath: copy.path + "/" + name)) }
      let reopened = try HistoryStore(directory: copy.path, limits: limits)
      for item in world.items { try reopened.append(item) }
      try reopened.flush()
      #expect(try TemporaryDirectory.contents(copy.path) == after)
    }
  }

  /// Erased people leave the files at a compaction; whenever that is, and whether the log was rewritten by then, the
  /// files come out the same.
  @Test(arguments: 0..<15 as Range<UInt64>)
  func erasureGivesTheBytesOfARewrittenLog(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let world = World(seed: seed, count: 300, fateEvery: 8)
    let limits = small(&random)
    let directory = TemporaryDirectory()
    let store = try HistoryStore(directory: directory.path, limits: limits)
    for item in world.items {
      try store.append(item)
      if random.below(50) == 0 { try store.compact() }
    }
    try store.compact()
    let rebuilt = TemporaryDirectory()
    _ = try HistoryStore.rebuild(directory: rebuilt.path, limits: limits, from: world.rewritten())
    let different = try differences(directory.path, rebuilt.path)
    #expect(different == [])
  }

  @Test func erasedBytesAreInNoFile() throws {
    let directory = TemporaryDirectory()
    let store = try HistoryStore(
      directory: directory.path, limits: HistoryLimits(recentItemsMax: 10, recentBytesMax: 1 << 20, fanIn: 4))
    for number in 0..<40 as Range<UInt64> {
      let message = number % 5 == 0 ? "secret-\(number)" : "public-\(number)"
      let person = PersonID(number % 5 == 0 ? 1 : 2 + number % 3)
      try store.append(
        .event(person: person, record: record(Symbol(1), at: 5, message: message), position: number))
    }
    try store.redirect(from: PersonID(1), to: PersonID(77), position: 50)
    try store.erase(person: PersonID(77), position: 51)
    #expect(try store.rows(of: PersonID(77)).isEmpty)
    #expect(try store.rows(of: PersonID(1)).isEmpty)
    func mentions(_ word: String) throws -> Bool {
      try TemporaryDirectory.contents(directory.path).values.contains { $0.range(of: Data(word.utf8)) != nil }
    }
    #expect(try mentions("secret"))
    try store.compact()
    #expect(try !mentions("secret"))
    #expect(try mentions("public"))
  }

  @Test func itemsOfOneRecordAreCountedAcrossARestart() throws {
    let directory = TemporaryDirectory()
    let limits = HistoryLimits(recentItemsMax: 3, recentBytesMax: 1 << 20, fanIn: 8)
    func fill(_ store: HistoryStore) throws {
      for number in 0..<5 {
        let bytes = record(Symbol(1), at: Int64(number), message: "\(number)")
        try store.append(.event(person: PersonID(1), record: bytes, position: 9))
      }
    }
    let store = try HistoryStore(directory: directory.path, limits: limits)
    try fill(store)
    store.settleBackground()
    // Three of the five items at position 9 are in the first segment.
    #expect(store.durablePosition == HistoryPosition(position: 9, items: 3))
    let reopened = try HistoryStore(directory: directory.path, limits: limits)
    try fill(reopened)
    #expect(try reopened.rows(of: PersonID(1)).count == 5)
  }
}

extension HistoryItem {
  var position: UInt64 {
    switch self {
    case .event(_, _, let position), .redirect(_, _, let position), .erase(_, let position),
      .erasedEvent(_, let position), .cut(let position):
      position
    }
  }
}
