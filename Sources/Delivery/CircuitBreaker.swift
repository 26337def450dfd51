import RoostCore

/// Whether a channel is worth asking: after several failures in a row of the channel itself (not of single messages) it is
/// left alone for a while, then tried with one message.
///
/// A value; time and randomness come from outside. After M. Nygard, "Release It!": closed → open → half open.
public struct CircuitBreaker: Sendable, Hashable {
  public enum State: Sendable, Hashable {
    case closed
    /// Nothing is handed over before `until`.
    case open(until: Instant)
    /// One is under way to see.
    case probing
  }

  public private(set) var state: State = .closed
  /// Failures since the last success.
  public private(set) var failures = 0

  /// So many failures in a row open it.
  public static let failuresMax = 5
  /// The first pause; each further one is twice as long.
  public static let pauseMin = TimeSpan.seconds(5)
  public static let pauseMax = TimeSpan.minutes(5)

  public init() {}

  /// How many messages may be handed over now, of `wanted`.
  public func allows(_ wanted: Int, at now: Instant) -> Int {
    switch state {
    case .closed: wanted
    case .open(let until): now >= until ? min(wanted, 1) : 0
    case .probing: 0
    }
  }

  /// Before when nothing will be allowed; `nil` if that depends on no time.
  public var opensAgain: Instant? { if case .open(let until) = state { until } else { nil } }

  /// A hand-off begins.
  public mutating func begin() { if case .open = state { state = .probing } }

  /// The channel did its work, whatever it said about the messages.
  public mutating func succeed() {
    failures = 0
    state = .closed
  }

  /// The channel could not be reached, or refused to work.
  ///
  /// - Parameter random: 64 random bits: a pause is drawn from three quarters of its length to the whole.
  public mutating func fail(at now: Instant, random: UInt64) {
    failures += 1
    guard failures >= Self.failuresMax || state == .probing else { return }
    let doublings = min(max(0, failures - Self.failuresMax), 16)
    let whole = min(Self.pauseMax.milliseconds, Self.pauseMin.milliseconds << Int64(doublings))
    let jitter = Int64(UInt64(whole / 4 + 1).multipliedFullWidth(by: random).high)
    state = .open(until: now + TimeSpan(milliseconds: whole - jitter))
  }

  /// The channel asks to be left alone for a while (429 with Retry-After); no failure.
  public mutating func pause(until: Instant) {
    if case .open(let known) = state, known >= until { return }
    state = .open(until: until)
  }
}
