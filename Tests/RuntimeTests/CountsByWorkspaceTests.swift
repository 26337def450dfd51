import RoostCore
import Testing

@testable import Runtime

@Suite struct CountsByWorkspaceTests {
  @Test func agreesWithADictionary() {
    var random = SeededRandom(seed: 7)
    var counts = CountsByWorkspace()
    var expected: [WorkspaceID: WorkspaceCounts] = [:]
    for _ in 0..<2_000 {
      let workspace = WorkspaceID(UInt32(random.below(9)))
      switch random.below(5) {
      case 0:
        counts[workspace, default: WorkspaceCounts()].people += 1
        expected[workspace, default: WorkspaceCounts()].people += 1
      case 1:
        counts[workspace]?.changeMembers(3, by: 1)
        expected[workspace]?.changeMembers(3, by: 1)
      case 2:
        var fresh = WorkspaceCounts()
        fresh.events = random.below(100)
        counts[workspace] = fresh
        expected[workspace] = fresh
      case 3: #expect(counts[workspace, default: WorkspaceCounts()] == expected[workspace, default: WorkspaceCounts()])
      default: #expect(counts[workspace] == expected[workspace])
      }
    }
    #expect(Dictionary(uniqueKeysWithValues: counts.map { ($0.key, $0.value) }) == expected)
  }

  @Test func knowsNobodyAtFirst() {
    var counts = CountsByWorkspace()
    counts[WorkspaceID(1)]?.people += 1
    #expect(counts[WorkspaceID(1)] == nil)
    #expect(counts.map(\.key).isEmpty)
  }
}
