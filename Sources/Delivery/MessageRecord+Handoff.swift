import RoostCore

/// What became of one hand-off.
public enum HandoffOutcome: Sendable, Equatable {
  case sent(detail: String)
  /// Refused for good, or given up.
  case failed(detail: String)
  /// Certainly not taken, and to be tried again.
  case deferred(until: Instant, detail: String)
  /// Nobody knows whether it was taken.
  case ambiguous(detail: String)
  /// Not to be sent after all.
  case suppressed(SuppressionReason)
}

extension MessageRecord {
  /// Takes the right to hand the message over. The claim must be durable before the hand-off begins.
  ///
  /// - Returns: whether it was there to take: due, and nobody else's.
  public mutating func claim(token: UInt64, now: Instant) -> Bool {
    guard claim == nil, let dueAt, dueAt <= now else { return false }
    claim = Claim(token: token, at: now)
    attempts += 1
    if firstAttemptAt == nil { firstAttemptAt = now }
    changedAt = now
    return true
  }

  /// Notes what became of the hand-off claimed under `token`.
  ///
  /// - Returns: `false`, and nothing is changed, if the token is not the present claim's: somebody else has it now, or
  ///   the outcome was noted before.
  public mutating func close(token: UInt64, outcome: HandoffOutcome, now: Instant) -> Bool {
    guard claim?.token == token else { return false }
    finish(outcome, now: now)
    return true
  }

  /// At start: a hand-off was claimed, and how it ended was never noted. If handing over twice is the same as once (the
  /// built-in mailbox) it is simply due again; else it is ambiguous.
  ///
  /// - Returns: whether there was such a claim.
  public mutating func recover(channelIsIdempotent: Bool, now: Instant) -> Bool {
    guard claim != nil else { return false }
    if channelIsIdempotent {
      finish(.deferred(until: now, detail: detail), now: now)
    } else {
      finish(.ambiguous(detail: "the server stopped during the hand-off"), now: now)
    }
    return true
  }

  /// Takes back a message that nobody is handing over.
  ///
  /// - Returns: whether it was still to be had.
  public mutating func suppress(_ reason: SuppressionReason, now: Instant) -> Bool {
    guard claim == nil, dueAt != nil, ambiguities == 0 else { return false }
    finish(.suppressed(reason), now: now)
    return true
  }

  /// Not to be sent after all, as it is decided about: something that the decision could not know stands in the way.
  public mutating func refuse(_ reason: SuppressionReason, detail: String, now: Instant) {
    guard status == .scheduled, claim == nil else { return }
    self.detail = detail
    finish(.suppressed(reason), now: now)
  }

  /// A message that failed is due again, with all its attempts before it, and under its own id.
  ///
  /// - Returns: whether it had failed.
  public mutating func redrive(now: Instant) -> Bool {
    guard status == .failed, claim == nil, dueAt == nil, ambiguities == 0 else { return false }
    status = .scheduled
    dueAt = now
    changedAt = now
    sentAt = nil
    attempts = 0
    firstAttemptAt = nil
    reports = nil
    return true
  }

  /// A message that nobody knows to have arrived is not handed over once more.
  ///
  /// - Returns: whether that was still to come.
  public mutating func giveUpRepeating(now: Instant) -> Bool {
    guard claim == nil, dueAt != nil, ambiguities > 0 else { return false }
    dueAt = nil
    changedAt = now
    return true
  }

  private mutating func finish(_ outcome: HandoffOutcome, now: Instant) {
    claim = nil
    changedAt = now
    dueAt = nil
    switch outcome {
    case .sent(let detail):
      self.detail = detail
      sentAt = now
      settle(.sent)
    case .failed(let detail):
      self.detail = detail
      settle(.failed)
    case .deferred(let until, let detail):
      self.detail = detail
      dueAt = until
      settle(.scheduled)
    case .ambiguous(let detail):
      self.detail = detail
      ambiguities += 1
      settle(.ambiguous)
      if ambiguities == 1, AmbiguousPolicy(for: messageClass) == .resendOnce { dueAt = now }
    case .suppressed(let reason):
      self.reason = reason
      settle(.suppressed)
    }
  }

  /// Once ambiguous, always ambiguous: whatever a second hand-off brings, nobody knows how often the message arrived,
  /// and whoever looks for doubled ones must find it in this list.
  private mutating func settle(_ next: MessageStatus) {
    status = ambiguities > 0 ? .ambiguous : next
  }
}
