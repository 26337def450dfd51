import RoostCore
import Runtime
import Synchronization

/// Who is signed in to the console: random ids in memory, known by their hashes only. All end with the process.
final class Sessions: Sendable {
  struct Session: Sendable, Equatable {
    /// Proves that a form was sent from the console's own pages.
    var csrfToken: String
    var usedAt: Instant
  }

  /// A session ends when it was not used for so long.
  static let idleMax = TimeSpan.hours(12)
  static let linkLifetime = TimeSpan.minutes(15)
  static let sessionsMax = 1_000
  static let linksMax = 100

  private struct Content {
    var sessions: [String: Session] = [:]
    /// One-time tokens by hash, with the end of their lives.
    var links: [String: Instant] = [:]
  }
  private let content = Mutex(Content())

  /// A new session's id, for the cookie. The longest unused one makes room where there are too many.
  func open(now: Instant) -> String {
    let id = Self.token()
    content.withLock { content in
      content.sessions = content.sessions.filter { now - $0.value.usedAt < Self.idleMax }
      if content.sessions.count >= Self.sessionsMax,
        let oldest = content.sessions.min(by: { $0.value.usedAt < $1.value.usedAt })
      {
        content.sessions[oldest.key] = nil
      }
      content.sessions[KeyRing.hash(id)] = Session(csrfToken: Self.token(), usedAt: now)
    }
    return id
  }

  /// The session with an id, which counts as used now.
  func find(_ id: String, now: Instant) -> Session? {
    let key = KeyRing.hash(id)
    return content.withLock { content in
      guard var session = content.sessions[key] else { return nil }
      guard now - session.usedAt < Self.idleMax else {
        content.sessions[key] = nil
        return nil
      }
      session.usedAt = max(session.usedAt, now)
      content.sessions[key] = session
      return session
    }
  }

  func close(_ id: String) {
    let key = KeyRing.hash(id)
    content.withLock { $0.sessions[key] = nil }
  }

  /// A token that opens one session within a quarter of an hour.
  func makeLinkToken(now: Instant) -> String {
    let token = Self.token()
    content.withLock { content in
      content.links = content.links.filter { $0.value > now }
      if content.links.count >= Self.linksMax, let oldest = content.links.min(by: { $0.value < $1.value }) {
        content.links[oldest.key] = nil
      }
      content.links[KeyRing.hash(token)] = now + Self.linkLifetime
    }
    return token
  }

  /// Whether the token was good. It is not from now on.
  func useLinkToken(_ token: String, now: Instant) -> Bool {
    let key = KeyRing.hash(token)
    let end = content.withLock { $0.links.removeValue(forKey: key) }
    return end.map { now < $0 } ?? false
  }

  /// 256 random bits.
  private static func token() -> String {
    randomBytes(32).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}

/// Compares without telling by the time it takes how much was right.
func isEqualInConstantTime(_ a: String, _ b: String) -> Bool {
  let a = Array(a.utf8)
  let b = Array(b.utf8)
  guard a.count == b.count else { return false }
  var difference: UInt8 = 0
  for place in a.indices { difference |= a[place] ^ b[place] }
  return difference == 0
}
