import RoostCore

/// When a message that was not delivered is handed over again.
///
/// Exponential backoff with full jitter: the delay is drawn evenly from zero to a ceiling that doubles with every
/// attempt, which spreads a crowd of retries best (M. Brooker, "Exponential Backoff And Jitter", AWS 2015).
public struct RetryPolicy: Hashable, Sendable {
  /// What became of a hand-off, as far as retrying is concerned.
  public enum Outcome: Hashable, Sendable {
    case sent
    /// Refused for good.
    case rejected
    /// Certainly not accepted, and may be accepted later.
    case deferred
    /// Nobody knows whether it was accepted.
    case unknown
  }

  /// What happens next.
  public enum Decision: Hashable, Sendable {
    case delivered
    /// Hand it over again after this time.
    case retry(after: TimeSpan)
    case giveUp(Reason)
    /// List it as ambiguous; nobody is asked again.
    case ambiguous
  }

  /// Why nothing more is tried.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    case rejected
    case attemptsExhausted = "attempts_exhausted"
    case tooOld = "too_old"
  }

  /// The ceiling of the first delay; each further one is twice as high.
  public var base: TimeSpan
  /// No ceiling is higher.
  public var cap: TimeSpan
  /// No delay is shorter: full jitter alone may draw zero, and a server that says "later" means later.
  public var floor: TimeSpan
  /// How many hand-offs a message gets at most, the first included.
  public var attemptsMax: Int
  /// How long after its first hand-off a message may be tried; RFC 5321 4.5.4.1 says four to five days.
  public var ageMax: TimeSpan
  /// Whether a message of unknown fate is handed over again, at the risk of arriving twice.
  public var retriesUnknown: Bool

  public init(
    base: TimeSpan = .minutes(2), cap: TimeSpan = .hours(4), floor: TimeSpan = .seconds(5), attemptsMax: Int = 30,
    ageMax: TimeSpan = .days(4), retriesUnknown: Bool = false
  ) {
    self.base = base
    self.cap = cap
    self.floor = floor
    self.attemptsMax = attemptsMax
    self.ageMax = ageMax
    self.retriesUnknown = retriesUnknown
  }

  /// What follows the hand-off number `attempt`.
  ///
  /// - Parameters:
  ///   - outcome: what became of it.
  ///   - attempt: 1 for the first.
  ///   - age: the time since the first hand-off.
  ///   - random: 64 random bits; the same bits give the same decision.
  public func decide(after outcome: Outcome, attempt: Int, age: TimeSpan, random: UInt64) -> Decision {
    switch outcome {
    case .sent: return .delivered
    case .rejected: return .giveUp(.rejected)
    case .unknown where !retriesUnknown: return .ambiguous
    case .unknown, .deferred: break
    }
    guard attempt < attemptsMax else { return .giveUp(.attemptsExhausted) }
    let delay = self.delay(afterAttempt: attempt, random: random)
    guard age.milliseconds <= ageMax.milliseconds - delay.milliseconds else { return .giveUp(.tooOld) }
    return .retry(after: delay)
  }

  /// The delay after the hand-off number `attempt`, from `floor` to `min(cap, base × 2^(attempt − 1))`.
  public func delay(afterAttempt attempt: Int, random: UInt64) -> TimeSpan {
    let ceiling = max(floor.milliseconds, ceiling(afterAttempt: attempt))
    let range = UInt64(max(0, ceiling - floor.milliseconds)) + 1
    return TimeSpan(milliseconds: floor.milliseconds + Int64(range.multipliedFullWidth(by: random).high))
  }

  private func ceiling(afterAttempt attempt: Int) -> Int64 {
    let doublings = max(0, attempt - 1)
    guard doublings < 62, base.milliseconds <= cap.milliseconds >> Int64(doublings) else { return cap.milliseconds }
    return base.milliseconds << Int64(doublings)
  }
}
