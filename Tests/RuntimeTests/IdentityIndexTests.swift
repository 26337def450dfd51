import Profiles
import RoostCore
import Testing

@testable import Runtime

/// The index of identifiers and the table of people against dictionaries.
@Suite struct IdentityIndexTests {
  @Test(arguments: 0..<20) func `Entering many at once is as one after another`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var index = IdentityIndex()
    var owners: [IdentifierKey: Int] = [:]
    let keys = (0..<300).map { _ in IdentifierKey(high: random.next(), low: random.next()) }
    for _ in 0..<30 {
      let claims = (0..<random.below(200)).map { _ in
        IdentifierClaim(
          key: keys[random.below(keys.count)], slot: random.below(1_000), isPrevious: random.below(3) == 0)
      }
      index.enter(claims)
      // Who is called so comes before whom an alias called so.
      for claim in claims where !claim.isPrevious || owners[claim.key] == nil { owners[claim.key] = claim.slot }
      let freed = keys[random.below(keys.count)]
      index.remove(freed)
      owners[freed] = nil
      #expect(index.count == owners.count)
      #expect(keys.allSatisfy { index[$0] == owners[$0] })
    }
  }

  @Test(arguments: [0, 100, 5_000]) func `People are found by workspace and id`(reserved: Int) {
    var random = SeededRandom(seed: 5)
    var table = PersonTable()
    table.reserve(reserved)
    // In the order of ids, as a start enters them; a few next to one another at either end.
    let ids: [UInt64] = ((0..<1_000).map { _ in random.next() } + [0, 1, 2, .max - 1, .max]).sorted()
    for workspace in 1...3 as ClosedRange<UInt32> {
      for id in ids { _ = table.insert(WorkspaceID(workspace), PersonID(id)) }
    }
    for (place, id) in ids.enumerated() {
      for workspace in 1...3 {
        #expect(table.find(WorkspaceID(UInt32(workspace)), PersonID(id)) == (workspace - 1) * ids.count + place)
      }
      #expect(table.find(WorkspaceID(4), PersonID(id)) == nil)
    }
    #expect(table.find(WorkspaceID(1), PersonID(3)) == nil)
  }
}
