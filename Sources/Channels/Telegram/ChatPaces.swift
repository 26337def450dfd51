import RoostCore

/// How fast single chats may be written to: about one message a second (core.telegram.org/bots/faq), and not before the
/// server's own answer says so. A value; time comes from outside.
struct ChatPaces: Sendable {
  /// From when on a chat may be written to.
  private var free: [String: Instant] = [:]
  /// Which chats the server asked to leave alone lately.
  private var slowed: [(chat: String, at: Instant)] = []

  static let interval = TimeSpan.seconds(1)
  static let chatsMax = 50_000
  /// Two chats that are refused within this time mean that the bot as a whole is too fast.
  static let together = TimeSpan.seconds(5)

  /// Reserves the chat's next place: how long to wait for it.
  mutating func reserve(_ chat: String, at now: Instant) -> TimeSpan {
    if free.count >= Self.chatsMax { free = free.filter { $0.value > now } }
    let start = max(now, free[chat] ?? now)
    free[chat] = start + Self.interval
    return start - now
  }

  /// The server asks for time. Whether it means all chats.
  mutating func slow(_ chat: String, for span: TimeSpan, at now: Instant) -> Bool {
    free[chat] = max(free[chat] ?? now, now + span)
    slowed.removeAll { now - $0.at > Self.together || $0.chat == chat }
    slowed.append((chat, now))
    return slowed.count > 1
  }
}
