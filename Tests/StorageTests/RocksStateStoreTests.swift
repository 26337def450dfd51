import Foundation
import RoostCore
import Testing

@testable import Storage

/// What only the store on disk can show: reopening, crashes, damage, two processes.
@Suite struct RocksStateStoreTests {
  @Test func reopensWithEverything() throws {
    let directory = try TemporaryDirectory()
    for round in 0..<4 {
      let store = try RocksStateStore(directory: directory.path("states"))
      #expect(try store.allStates().count == round * 100)
      #expect(try store.checkpoint() == (round == 0 ? nil : [UInt8(round)]))
      var batch = StateBatch()
      for index in 0..<100 { batch.put(StateStoreProperty.key(round * 100 + index), [UInt8(round)]) }
      batch.checkpoint = [UInt8(round + 1)]
      try store.write(batch)
      try store.close()
    }
    #expect(try RocksStateStore.verify(directory: directory.path("states")) == 400)
  }

  /// The files as a crash leaves them hold the batches up to the last `sync`. (No flush and no compaction runs beside
  /// the copies here, or they would be no image of one moment.)
  @Test func aCrashLeavesTheSyncedBatches() throws {
    let directory = try TemporaryDirectory()
    let store = try RocksStateStore(directory: directory.path("states"))
    var synced = 0
    for number in 1...60 {
      var batch = StateBatch()
      for key in 0..<20 {
        batch.put(StateStoreProperty.key(key * 1_000 + number % 7), [UInt8](repeating: UInt8(number), count: 300))
      }
      batch.put([0xFF], [UInt8(number)])
      batch.checkpoint = [UInt8(number)]
      try store.write(batch)
      if number % 25 == 0 {
        try store.sync()
        synced = number
      }
      guard number % 10 == 0 else { continue }
      let folder = "crash-\(number)"
      try FileManager.default.copyItem(atPath: directory.path("states"), toPath: directory.path(folder))
      let crashed = try RocksStateStore(directory: directory.path(folder))
      let last = try crashed.checkpoint().map { Int($0[0]) } ?? 0
      #expect(last == synced)
      guard last > 0 else { continue }
      #expect(try crashed.get([0xFF]) == [UInt8(last)])
      for key in 0..<20 {
        let value = try crashed.get(StateStoreProperty.key(key * 1_000 + last % 7))
        #expect(value == [UInt8](repeating: UInt8(last), count: 300))
      }
    }
    try store.close()
  }

  @Test func onlyOneProcessOpens() throws {
    let directory = try TemporaryDirectory()
    let store = try RocksStateStore(directory: directory.path("states"))
    let error = #expect(throws: StorageError.self) { try RocksStateStore(directory: directory.path("states")) }
    #expect(error?.code == .locked)
    try store.close()
    try RocksStateStore(directory: directory.path("states")).close()
  }

  @Test func damageIsNamed() throws {
    let directory = try TemporaryDirectory()
    let store = try RocksStateStore(directory: directory.path("states"))
    var random = SeededRandom(seed: 71)
    try store.put((0..<2_000).map { (StateStoreProperty.key($0), (0..<50).map { _ in UInt8(random.below(256)) }) })
    try store.close()
    let name = try #require(try directory.names(in: "states").first { $0.hasSuffix(".sst") })
    var bytes = try directory.bytes("states/" + name)
    bytes[bytes.count / 2] ^= 1
    try directory.write(bytes, to: "states/" + name)
    let error = #expect(throws: StorageError.self) { try RocksStateStore.verify(directory: directory.path("states")) }
    #expect(error?.code == .damaged)
    #expect(error?.message.contains(name) == true)
    let damaged = try RocksStateStore(directory: directory.path("states"))
    #expect(throws: StorageError.self) { try damaged.allStates() }
  }

  @Test func aMissingStoreIsNamed() throws {
    let directory = try TemporaryDirectory()
    let error = #expect(throws: StorageError.self) { try RocksStateStore.verify(directory: directory.path("nothing")) }
    #expect(error?.code == .missing)
  }
}
