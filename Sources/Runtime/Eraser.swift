import Engine
import History
import Logging
import RoostCore
import Storage
import Synchronization

/// Removes erased people's payloads from the files, beside the running service: log records are rewritten in place of
/// the old ones, the history is compacted.
final class Eraser: Sendable {
  private let log: any Log
  private let histories: Mutex<[WorkspaceID: HistoryStore]>
  private let logger: Logger
  private let waiting = Mutex<[ErasedPeople]>([])
  private let isRunning = Mutex(false)

  init(log: any Log, histories: [WorkspaceID: HistoryStore], logger: Logger) {
    self.log = log
    self.histories = Mutex(histories)
    self.logger = logger
  }

  func erase(_ people: ErasedPeople) {
    waiting.withLock { $0.append(people) }
    let starts = isRunning.withLock { isRunning in
      defer { isRunning = true }
      return !isRunning
    }
    if starts { Thread(stackBytes: 4 << 20) { [self] in run() }.start() }
  }

  private func run() {
    while true {
      let work = waiting.withLock { waiting in
        defer { waiting = [] }
        return waiting
      }
      guard !work.isEmpty else {
        // Whoever adds work from here on finds nobody running and starts anew.
        isRunning.withLock { $0 = false }
        return
      }
      do {
        try log.rewrite { _, record, rewritten in
          try RecordErasure.rewrite(record.payload, erasing: work, into: &rewritten)
        }
        for workspace in Set(work.map(\.workspace)) {
          try histories.withLock { $0[workspace] }?.compact()
        }
      } catch {
        logger.error(
          "an erasure did not reach the log's files; it is tried again at the next one", metadata: ["error": "\(error)"]
        )
      }
    }
  }
}
