import RoostCore

/// Sends the batches of an import, a few at a time, and keeps account of what was answered.
///
/// Answers may come in any order; what is written down is only what lies before the first open one, so that going on
/// from there loses nothing.
struct Importer {
  /// What came of an import.
  struct Totals {
    var accepted = 0
    var rejected = 0
  }

  private struct Answered {
    var batch: ImportBatch
    var accepted: Int
    var bad: [BadLine]
  }

  private let api: API
  private let path: String
  /// Batches under way at the same time: 1 where order matters.
  private let width: Int
  private let statePath: String
  private var state: ImportState
  private let badLines: BadLineFile
  private var progress: ImportProgress
  private var answered: [Int: Answered] = [:]
  private var nextToSettle = 0

  /// Batches that may wait for an earlier one's answer.
  private static let aheadMax = 32

  init(
    _ api: API, path: String, width: Int, state: ImportState, statePath: String, badLines: BadLineFile,
    progress: ImportProgress
  ) {
    self.api = api
    self.path = path
    self.width = width
    self.state = state
    self.statePath = statePath
    self.badLines = badLines
    self.progress = progress
  }

  /// Sends everything.
  mutating func run(_ source: any BatchSource) async throws -> Totals {
    try await withThrowingTaskGroup(of: Answered.self) { group in
      var underWay = 0
      var started = 0
      var isAtEnd = false
      while true {
        while !isAtEnd, underWay < width, started - nextToSettle < Self.aheadMax {
          guard let batch = try source.next() else {
            isAtEnd = true
            break
          }
          started += 1
          underWay += 1
          let (api, path) = (api, path)
          group.addTask { try await Self.send(batch, api, path) }
        }
        guard let result = try await group.next() else { break }
        underWay -= 1
        answered[result.batch.number] = result
        try settle()
      }
    }
    progress.clear()
    return Totals(accepted: state.accepted, rejected: state.rejected)
  }

  /// Writes down what is answered without a gap.
  private mutating func settle() throws(Failure) {
    var last: ImportBatch?
    while let done = answered.removeValue(forKey: nextToSettle) {
      nextToSettle += 1
      try badLines.append(done.bad)
      state.accepted += done.accepted
      state.rejected += done.bad.count
      state.place = done.batch.end
      last = done.batch
    }
    guard let last else { return }
    state.errorsBytes = badLines.bytes
    try state.write(to: statePath)
    progress.show("imported", records: state.accepted, bad: state.rejected, done: last.progress)
  }

  /// Sends one batch until it is answered; a server that is busy or restarts is waited for.
  private static func send(_ batch: ImportBatch, _ api: API, _ path: String) async throws -> Answered {
    guard !batch.records.isEmpty else { return Answered(batch: batch, accepted: 0, bad: batch.bad) }
    var pause = Duration.milliseconds(100)
    let deadline = monotonicSeconds() + patienceSeconds
    while true {
      do throws(Failure) {
        let answer = try await api.call(.POST, path, body: batch.call, type: "application/json")
        let refused = batch.refused(answer["rejected"]?.array ?? [])
        let bad = (batch.bad + refused).sorted { $0.line < $1.line }
        return Answered(batch: batch, accepted: batch.records.count - refused.count, bad: bad)
      } catch {
        guard error.status == .unavailable, monotonicSeconds() < deadline else { throw error }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(3))
      }
    }
  }

  private static let patienceSeconds = 60.0
}
