import RoostCore

/// Finds a sequence among occurrences sorted by time, each packed as `time × 512 + mask`: bit n of the mask says that
/// the event matches step n, bit 8 that it matches `not`.
struct SequenceSearch: Sendable {
  static let withoutBit: Int64 = 1 << 8
  static let stepBits: Int64 = (1 << 8) - 1

  var stepCount: Int
  /// Milliseconds; `.max` if there is no window.
  var window: Int64
  var hasWithout: Bool

  static func pack(_ time: Int64, _ mask: Int64) -> Int64 { time &* 512 | mask }
  static func time(_ entry: Int64) -> Int64 { entry >> 9 }
  static func mask(_ entry: Int64) -> Int64 { entry & 511 }

  /// Whether anything at `time` or later can be the last step. Asked first, since most occurrences are the latest of all and
  /// an earlier step.
  func mayEnd(in entries: UnsafeBufferPointer<Int64>, notBefore time: Int64) -> Bool {
    let last: Int64 = 1 << Int64(stepCount - 1)
    var index = entries.count
    while index > 0, Self.time(entries[index - 1]) >= time {
      index -= 1
      if entries[index] & last != 0 { return true }
    }
    return false
  }

  /// Whether a finished sequence begins at a time from `earliest` to `latest`.
  func isFound(in entries: UnsafeBufferPointer<Int64>, earliest: Int64, latest: Int64) -> Bool {
    var index = 0
    while index < entries.count {
      let time = Self.time(entries[index])
      if time > latest { return false }
      var masks: Int64 = 0
      let first = index
      while index < entries.count, Self.time(entries[index]) == time {
        masks |= Self.mask(entries[index])
        index += 1
      }
      if time >= earliest, masks & 1 != 0, begins(at: first, in: entries) { return true }
    }
    return false
  }

  /// Whether a finished sequence begins at the time of the entry at `first`, which is the first one of that time.
  /// Going from time to time it always takes as many steps as it can: having come further never hurts.
  func begins(at first: Int, in entries: UnsafeBufferPointer<Int64>) -> Bool {
    let (sum, overflow) = Self.time(entries[first]).addingReportingOverflow(window)
    let end = overflow ? Int64.max : sum
    if hasWithout, meetsWithout(from: first, until: end, in: entries) { return false }
    var step = 0
    var index = first
    while index < entries.count, step < stepCount {
      let time = Self.time(entries[index])
      if time > end { return false }
      let start = index
      while index < entries.count, Self.time(entries[index]) == time { index += 1 }
      if index == start + 1 {
        step += Int(Self.mask(entries[start]) >> Int64(step) & 1)
      } else {
        step = advance(step, through: UnsafeBufferPointer(rebasing: entries[start..<index]))
      }
      if start == first, step == 0 { return false }
    }
    return step == stepCount
  }

  private func meetsWithout(from first: Int, until end: Int64, in entries: UnsafeBufferPointer<Int64>) -> Bool {
    var index = first
    while index < entries.count, Self.time(entries[index]) <= end {
      if entries[index] & Self.withoutBit != 0 { return true }
      index += 1
    }
    return false
  }

  /// How many steps are done after occurrences of one and the same time, whose order is free but each of which serves
  /// one step: a bipartite matching, step by step along augmenting paths (Kuhn 1955).
  private func advance(_ step: Int, through group: UnsafeBufferPointer<Int64>) -> Int {
    var stepOfEntry = [Int](repeating: -1, count: group.count)
    func place(_ step: Int, _ visited: inout [Bool]) -> Bool {
      for entry in 0..<group.count where Self.mask(group[entry]) >> Int64(step) & 1 != 0 && !visited[entry] {
        visited[entry] = true
        if stepOfEntry[entry] < 0 || place(stepOfEntry[entry], &visited) {
          stepOfEntry[entry] = step
          return true
        }
      }
      return false
    }
    var done = step
    while done < stepCount {
      var visited = [Bool](repeating: false, count: group.count)
      guard place(done, &visited) else { break }
      done += 1
    }
    return done
  }
}
