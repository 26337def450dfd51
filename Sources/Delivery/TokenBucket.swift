import RoostCore

/// Paces: so many a second, and after a pause at most a burst of one second's worth at once.
///
/// The generic cell rate algorithm (ITU-T I.371): one number, the time at which the next would be on schedule. A value;
/// time comes from outside.
public struct TokenBucket: Sendable, Hashable {
  /// Microseconds between two.
  public let intervalMicroseconds: Int64
  /// How far ahead of its schedule one may go, microseconds.
  private let toleranceMicroseconds: Int64
  /// When the next is on schedule, microseconds since 1970.
  private var schedule: Int64 = .min

  /// - Parameter perSecond: more than 0; rates above a million count as a million.
  public init(perSecond: Double) {
    let rate = min(max(perSecond, 1e-6), 1e6)
    intervalMicroseconds = Int64((1e6 / rate).rounded(.up))
    toleranceMicroseconds = max(0, 1_000_000 - intervalMicroseconds)
  }

  /// How many may go now.
  public func available(at now: Instant) -> Int {
    let micros = now.milliseconds * 1_000
    guard schedule > micros - 1_000_000 else { return Int(toleranceMicroseconds / intervalMicroseconds) + 1 }
    let room = micros + toleranceMicroseconds - schedule
    return room < 0 ? 0 : Int(room / intervalMicroseconds) + 1
  }

  /// Takes `count` of what is available.
  public mutating func take(_ count: Int = 1, at now: Instant) {
    let micros = now.milliseconds * 1_000
    schedule = max(schedule, micros) + Int64(count) * intervalMicroseconds
  }

  /// When the next may go.
  public func next(after now: Instant) -> Instant {
    guard available(at: now) == 0 else { return now }
    return Instant(milliseconds: (schedule - toleranceMicroseconds + 999) / 1_000)
  }

  /// Reserves a place in the queue: when whoever asks may go, each later than the one before.
  public mutating func reserve(at now: Instant) -> Instant {
    let place = next(after: now)
    take(1, at: max(now, place))
    return place
  }
}
