import RoostCore

extension MessageRecord {
  /// What is learned about a message after it was handed over, from least to most telling.
  private static let course: [MessageStatus] = [.sent, .delivered, .opened, .clicked, .bounced, .complained]

  /// Notes what became of a message that was handed over: it was delivered, opened, clicked, returned or complained
  /// about, or could not be delivered after all (`failed`).
  ///
  /// A status never goes back, and one that is `ambiguous` stays: nobody knows how often that message arrived.
  /// - Parameter detail: what was said, if something was.
  /// - Returns: whether anything changed.
  public mutating func note(_ news: MessageStatus, detail: String? = nil, now: Instant) -> Bool {
    // Whoever took it could not deliver it, and says so; what was learned by then says more.
    if news == .failed, status == .sent {
      status = .failed
      changedAt = now
      if let detail { self.detail = detail }
      return true
    }
    guard let from = Self.course.firstIndex(of: status), let to = Self.course.firstIndex(of: news), to > from else {
      return false
    }
    status = news
    changedAt = now
    if let detail { self.detail = detail }
    return true
  }

  /// Notes that the person put it away. Whether that is news.
  public mutating func dismiss(now: Instant) -> Bool {
    guard dismissedAt == nil else { return false }
    dismissedAt = now
    changedAt = now
    return true
  }
}
