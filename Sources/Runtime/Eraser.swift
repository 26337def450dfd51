import Engine
import History
import Logging
import RoostCore
import Storage
import Synchronization

/// Removes erased people's payloads from the files, beside the running service: log records are rewritten, the history
/// is compacted. What a crash interrupts goes on at the next start: the state store remembers it.
final class Eraser: Sendable {
  private struct Work: Sendable {
    var erased: ErasedPeople
    var history: HistoryStore?
  }
  private struct State {
    var waiting: [Work] = []
    var isRunning = false
  }
  private let log: any Log
  private let store: any StateStore
  private let logger: Logger
  private let state = Mutex(State())

  init(log: any Log, store: any StateStore, logger: Logger) {
    self.log = log
    self.store = store
    self.logger = logger
  }

  func erase(_ erased: ErasedPeople, _ history: HistoryStore?) {
    let starts = state.withLock { state in
      state.waiting.append(Work(erased: erased, history: history))
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if starts { Thread(stackBytes: 4 << 20) { [self] in run() }.start() }
  }

  private func run() {
    while true {
      let work = state.withLock { state in
        defer { state.waiting = [] }
        if state.waiting.isEmpty { state.isRunning = false }
        return state.waiting
      }
      guard !work.isEmpty else { return }
      do {
        // One pass over the log for all that waits.
        try log.rewrite { _, record, rewritten in
          try RecordErasure.rewrite(record.payload, erasing: work.map(\.erased), into: &rewritten)
        }
        for history in work.compactMap(\.history) { try history.compact() }
        var batch = StateBatch()
        for item in work {
          batch.delete(StoreKeys.erasure(item.erased.workspace, through: item.erased.through))
        }
        try store.write(batch)
        try store.purge()
      } catch {
        logger.error(
          "an erasure did not reach all files; it is tried again at the next start",
          metadata: ["error": "\(error)"])
      }
    }
  }
}
