import RoostCore

extension MessageRecord {
  /// What is learned about a message after it was handed over, from least to most telling.
  private static let course: [MessageStatus] = [.sent, .delivered, .opened, .clicked, .bounced, .complained]

  /// Notes what became of a message that was handed over: it was delivered, opened, clicked, returned or complained about.
  ///
  /// A status never goes back, and one that is `ambiguous` stays: nobody knows how often that message arrived.
  /// - Parameter detail: what was said, if something was.
  /// - Returns: whether anything changed.
  public mutating func note(_ news: MessageStatus, detail: String? = nil, now: Instant) -> Bool {
    guard let from = Self.course.firstIndex(of: status), let to = Self.course.firstIndex(of: news), to > from else {
      return false
    }
    status = news
    changedAt = now
    if let detail { self.detail = detail }
    return true
  }
}
