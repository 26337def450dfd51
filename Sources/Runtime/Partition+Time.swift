import Engine
import Profiles
import RoostCore

extension Partition {
  /// When somebody must be looked at next; passes over entries that were given up.
  func nextDue() -> Instant? {
    while let at = due.next {
      guard let first = due.peek, table.slots[first].dueAt == at else {
        _ = due.removeFirst()
        continue
      }
      return at
    }
    return nil
  }

  /// Handles who is due, one commit at most. `true` if there was anybody.
  func handleDue() -> Bool {
    guard failure == nil else { return false }
    let now = now()
    if let at = nextDue(), at <= now { noteActivity() }
    var batch = Batch()
    var seen: Set<Int> = []
    while batch.inputs.count < limits.wakeupsPerCommit, let at = nextDue(), at <= now {
      let slot = due.removeFirst().slot
      if seen.insert(slot).inserted {
        // Whoever is due at once has no time of their own.
        if at != .distantPast { metrics.wakeupLateness.record(now.milliseconds - at.milliseconds) }
        batch.inputs.append(BatchInput(slot: Int32(slot), submission: -1, start: 0, length: 0, refused: []))
      }
    }
    guard !batch.inputs.isEmpty else { return false }
    let header = beginCommit()
    do throws(Problem) {
      recordNewSymbols(header)
      try decide(batch, [], header)
      try finishCommit()
      metrics.add(.dueHandled, batch.inputs.count)
    } catch { fail(error.message) }
    return true
  }
}
