import RoostCore
import TestSupport

@testable import Runtime

/// What recovery makes of the people, in a form in which two starts can be compared.
struct RecoveryFindings: Equatable {
  var people: [String] = []
  var identifiers: [String] = []
  /// All entries of the queue, given up or not.
  var due: [String] = []
  var counts: [WorkspaceID: WorkspaceCounts] = [:]
  var residentBytes = 0

  init(_ partition: Partition) {
    residentBytes = partition.table.residentBytes
    let slots = partition.table.slots
    func name(_ slot: Int) -> String { "\(slots[slot].workspace.number)/\(slots[slot].person.text)" }
    people = slots.indices
      .map { "\(name($0)) \(slots[$0].byteCount) \(slots[$0].position) \(slots[$0].dueAt.milliseconds)" }.sorted()
    partition.index.forEach { high, low, slot in identifiers.append("\(high) \(low) \(name(slot))") }
    identifiers.sort()
    while !partition.due.isEmpty {
      let (slot, at) = partition.due.removeFirst()
      due.append("\(at.milliseconds) \(name(slot))")
    }
    due.sort()
    counts = Dictionary(uniqueKeysWithValues: partition.counts.map { ($0.key, $0.value) }).mapValues { counts in
      // Where there is nobody, a start from the states knows nothing.
      var counts = counts
      while counts.members.last == 0 { counts.members.removeLast() }
      counts.segmentActivity = counts.segmentActivity.filter { !$0.value.isEmpty }
      return counts
    }
  }

  init(_ test: TestNode) async throws {
    self = try await test.node.perform { partition throws(Problem) in RecoveryFindings(partition) }
  }
}
