import History
import RoostCore

/// When a workspace's events happened.
package struct ActivityView: Sendable {
  /// Events by day: as many as there were `dayStarts`.
  package var days: [Int]
  /// Events within the minute before now.
  package var lastMinute: Int
  package var lastEventAt: Instant?
}

extension Node {
  /// Counts a workspace's events by day, off the committer's thread. Reads all times of the history: ask seldom.
  ///
  /// - Parameter dayStarts: the moments at which the days begin, oldest first; the last day ends at `now`.
  package func activityView(
    _ workspace: WorkspaceID, dayStarts: [Instant], now: Instant
  ) async throws(Problem) -> ActivityView {
    let history = try await perform { partition throws(Problem) in partition.histories[workspace] }
    guard let history else { throw Problem(.notFound, "there is no such workspace") }
    let counts = try await Task.detached { () -> Result<ActivityCount, Problem> in
      do throws(HistoryError) {
        return .success(try history.scan(.all, into: ActivityCount(dayStarts: dayStarts, now: now)))
      } catch { return .failure(Problem(.unavailable, "the history cannot be read: \(error)")) }
    }.value.get()
    return ActivityView(
      days: counts.days, lastMinute: counts.lastMinute,
      lastEventAt: counts.last == .min ? nil : Instant(milliseconds: counts.last))
  }
}

/// Sums up times of events.
struct ActivityCount: HistoryAccumulator {
  let starts: [Int64]
  let minuteStart: Int64
  let now: Int64
  var days: [Int]
  var lastMinute = 0
  var last = Int64.min

  init(dayStarts: [Instant], now: Instant) {
    starts = dayStarts.map(\.milliseconds)
    self.now = now.milliseconds
    minuteStart = now.milliseconds - 60_000
    days = Array(repeating: 0, count: dayStarts.count)
  }

  mutating func add(_ batch: ScanBatch) throws(HistoryError) {
    let first = starts.first ?? .max
    for time in batch.times {
      if time > last { last = time }
      guard time >= first, time <= now else { continue }
      days[day(of: time)] += 1
      if time > minuteStart { lastMinute += 1 }
    }
  }

  /// The last day that begins at or before `time`.
  private func day(of time: Int64) -> Int {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }

  mutating func join(_ following: ActivityCount) {
    for place in days.indices { days[place] += following.days[place] }
    lastMinute += following.lastMinute
    last = max(last, following.last)
  }
}
