/// What has become of a message, as the interface says it.
public enum MessageStatus: String, Sendable, Hashable, CaseIterable {
  case scheduled, held, suppressed, sent, delivered, opened, clicked, bounced, complained, failed
  /// Handed over, and nobody knows whether it arrived; or handed over again after that.
  case ambiguous
}

/// Why a message is suppressed or held; the published list.
public enum SuppressionReason: String, Sendable, Hashable, CaseIterable {
  case noConsent = "no_consent"
  case frequencyCap = "frequency_cap"
  case quietHours = "quiet_hours"
  case unsubscribed
  case bouncedBefore = "bounced_before"
  case noAddress = "no_address"
  case holdout
  case offerExpired = "offer_expired"
  case budget
  case journeyExit = "journey_exit"
  case duplicateIntent = "duplicate_intent"
  case complainedBefore = "complained_before"
  /// Consent was given, and not confirmed where the workspace asks for that (double opt-in).
  case unconfirmed
  /// An operator put the address on the list of those that get nothing.
  case blocked
  /// The step's template is gone, or is for another kind of channel by now.
  case noTemplate = "no_template"
  /// The person asked for a pause in the preference centre.
  case paused
  /// The template is strict, and a value that it shows is missing.
  case missingValues = "missing_values"
  /// The broadcast was stopped before the message went out.
  case broadcastStopped = "broadcast_stopped"
  /// The template shows a voucher's code, and its pool is empty or has expired.
  case noVoucher = "no_voucher"
}
