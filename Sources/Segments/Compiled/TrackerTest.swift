import RoostCore

/// A condition on one tracker's numbers.
struct TrackerTest: Sendable {
  enum Kind: UInt8, Sendable {
    case count, times, first, last, amounts, sequence
  }
  var kind: Kind
  var bit: Int32
  var slot: UInt32
  /// Milliseconds; `.max` if there is no window.
  var window: Int64 = .max
  /// Inclusive bounds of a number, or of a time for `first` and `last`.
  var least: Int64 = .min
  var most: Int64 = .max

  init(_ condition: Condition, bit: Int32, slot: UInt32) {
    self.bit = bit
    self.slot = slot
    switch condition {
    case .event(let event):
      kind = event.window == nil ? .count : .times
      self.bound(event.window, event.count)
    case .sum(let sum):
      kind = sum.window == nil ? .count : .amounts
      self.bound(sum.window, sum.range)
    case .occurrence(let occurrence):
      kind = occurrence.which == .first ? .first : .last
      let range = CountRange(
        least: occurrence.after?.milliseconds ?? .min, most: occurrence.before.map { $0.milliseconds - 1 } ?? .max)
      self.bound(occurrence.window, range)
    default: kind = .sequence
    }
  }

  private mutating func bound(_ window: TimeSpan?, _ range: CountRange) {
    self.window = window?.milliseconds ?? .max
    least = range.least
    most = range.most
  }

  /// The outcome for somebody without such a tracker: a count and a sum of nothing are 0.
  var isTrueWhenEmpty: Bool {
    switch kind {
    case .count, .times, .amounts: least <= 0 && most >= 0
    case .first, .last, .sequence: false
    }
  }

  /// The outcome at `now`, and when it may next change by itself (`.max` for never).
  @inline(__always)
  func evaluate(_ numbers: UnsafeBufferPointer<Int64>, now: Int64) -> (Bool, Int64) {
    switch kind {
    case .count: return (numbers[0] >= least && numbers[0] <= most, .max)
    case .times: return times(numbers, now: now)
    case .first: return moment(numbers[0], now: now)
    case .last: return moment(numbers[numbers.count &- 1], now: now)
    case .amounts: return amounts(numbers, now: now)
    case .sequence: return (numbers[0] & SequenceTracker.isTrue != 0, .max)
    }
  }

  @inline(__always)
  private func moment(_ time: Int64, now: Int64) -> (Bool, Int64) {
    guard time >= least, time <= most else { return (false, .max) }
    guard window != .max else { return (true, .max) }
    let end = time &+ window
    return end > now ? (true, end) : (false, .max)
  }

  /// At least n happened within the window if the nth latest did.
  @inline(__always)
  private func times(_ numbers: UnsafeBufferPointer<Int64>, now: Int64) -> (Bool, Int64) {
    var flip = Int64.max
    let enough = atLeast(least, numbers, now: now, flip: &flip)
    let tooMany = most == .max ? false : atLeast(most &+ 1, numbers, now: now, flip: &flip)
    return (enough && !tooMany, flip)
  }

  @inline(__always)
  private func atLeast(
    _ threshold: Int64, _ numbers: UnsafeBufferPointer<Int64>, now: Int64, flip: inout Int64
  ) -> Bool {
    guard threshold > 0 else { return true }
    guard numbers.count >= Int(threshold) else { return false }
    let end = numbers[numbers.count &- Int(threshold)] &+ window
    guard end > now else { return false }
    flip = min(flip, end)
    return true
  }

  /// Amounts leave the window one after another: the first that changes the outcome tells when.
  private func amounts(_ numbers: UnsafeBufferPointer<Int64>, now: Int64) -> (Bool, Int64) {
    var index = 0
    while index < numbers.count, numbers[index] &+ window <= now { index += 2 }
    var sum: Int64 = 0
    for place in stride(from: index + 1, to: numbers.count, by: 2) { sum &+= numbers[place] }
    let outcome = sum >= least && sum <= most
    while index < numbers.count {
      let time = numbers[index]
      while index < numbers.count, numbers[index] == time {
        sum &-= numbers[index + 1]
        index += 2
      }
      if (sum >= least && sum <= most) != outcome { return (outcome, time &+ window) }
    }
    return (outcome, .max)
  }
}
