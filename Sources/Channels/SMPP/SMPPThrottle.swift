import RoostCore

/// How long a connection leaves a centre alone that has had enough: twice as long each time, until it takes something.
struct SMPPThrottle: Sendable, Equatable {
  /// Before then nothing is submitted.
  private(set) var until = Int64.min
  private var pauses = 0

  private static let first: Int64 = 1_000
  /// After so many pauses without anything taken, messages are given back.
  private static let pausesMax = 4

  /// How long the pause after the last refusal is.
  var pause: TimeSpan { TimeSpan(milliseconds: Self.first << Int64(max(0, min(pauses, 10) - 1))) }
  var isHopeless: Bool { pauses >= Self.pausesMax }

  /// A message was refused; the others of its window count as the same refusal.
  mutating func refused(_ now: Int64) {
    guard until <= now else { return }
    pauses = min(pauses + 1, 10)
    until = now + pause.milliseconds
  }

  /// A message was taken.
  mutating func succeeded() { pauses = 0 }
}

/// Even spacing of what a connection submits.
struct SMPPPace: Sendable, Equatable {
  /// Not earlier.
  private(set) var next = Int64.min
  private let microseconds: Int64
  private var exact = Int64.min

  /// What may come at once after a pause.
  private static let burstMicroseconds: Int64 = 100_000

  init(perSecond: Double?) { microseconds = perSecond.map { Int64((1_000_000 / $0).rounded()) } ?? 0 }

  mutating func sent(_ now: Int64) {
    guard microseconds > 0 else { return }
    exact = max(exact, now * 1_000 - Self.burstMicroseconds) + microseconds
    next = (exact + 999) / 1_000
  }
}
