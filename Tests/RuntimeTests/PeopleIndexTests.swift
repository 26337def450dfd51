import RoostCore
import Storage
import TestSupport
import Testing

@testable import Runtime

/// A start from the index of people and one that reads everybody come to the same.
@Suite struct PeopleIndexTests {
  /// Changes the store of a directory that nobody has open.
  private static func change(_ directory: TemporaryDirectory, _ batch: StateBatch) throws {
    let store = try RocksStateStore(directory: directory.path + "/states")
    try store.write(batch)
    try store.close()
  }

  @Test(arguments: 1...RandomLife.seeds(4)) func `A start from it knows what one from the states knows`(seed: UInt64)
    async throws
  {
    var life = RandomLife(seed: 100 + seed)
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await RandomLife.shop(in: test)
    for _ in 0..<24 { try await life.step(shop) }
    await test.node.stop()
    let (whole, without, damaged) = (test.directory, try test.directory.copy(), try test.directory.copy())
    var batch = StateBatch()
    batch.delete(PeopleIndex.key(0))
    try Self.change(without, batch)
    batch.removeAll()
    batch.put(PeopleIndex.key(1), [PeopleIndex.Kind.people.rawValue, 1, 2, 3])
    try Self.change(damaged, batch)

    var found: [RecoveryFindings] = []
    for directory in [whole, without, damaged] {
      let again = try TestNode(directory)
      found.append(try await RecoveryFindings(again))
      await again.node.stop()
    }
    #expect(found[0].residentBytes == 0)
    #expect(found[1].residentBytes > 0)
    found[0].residentBytes = found[1].residentBytes
    #expect(!found[0].people.isEmpty && !found[0].identifiers.isEmpty)
    #expect(found[0] == found[1])
    #expect(found[2] == found[1])
  }

  /// Of a server that is killed the index is not that of its states any more, unless these are as they were, too.
  @Test(arguments: [false, true]) func `It is of no other states than those it was written with`(isSynced: Bool)
    async throws
  {
    var life = RandomLife(seed: 77)
    var test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    var shop = try await RandomLife.shop(in: test)
    for _ in 0..<10 { try await life.step(shop) }
    test = try await test.reopened()
    shop = shop.on(test)
    for step in 0..<6 {
      try await life.step(shop)
      if isSynced {
        try await test.node.perform { partition throws(Problem) in
          partition.checkpointNow()
          do throws(StorageError) { try partition.store.sync() } catch { throw Problem(.internalFault, "\(error)") }
        }
      }
      let live = try await test.snapshot()
      let crashed = try await test.crashed()
      #expect(try await crashed.snapshot().differences(from: live) == [], "step \(step)")
      await crashed.node.stop()
    }
    await test.node.stop()
  }
}
