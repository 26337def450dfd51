extension RetryPolicy {
  /// Mail may take days (RFC 5321 4.5.4.1); what lights up a screen is worth nothing tomorrow.
  public init(for kind: ChannelKind) {
    switch kind {
    case .email: self.init()
    case .push, .sms, .telegram, .inapp:
      self.init(base: .seconds(10), cap: .hours(1), attemptsMax: 20, ageMax: .days(1))
    case .webhook: self.init(base: .seconds(10), cap: .hours(8), attemptsMax: 20, ageMax: .days(3))
    }
  }
}
