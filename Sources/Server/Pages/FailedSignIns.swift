import RoostCore
import Synchronization

/// How often each peer failed to sign in within the last minute: ten times, then it has to wait.
final class FailedSignIns: Sendable {
  static let failuresMax = 10
  static let window = TimeSpan.minutes(1)
  /// So many peers are remembered; with more of them failing at once everybody new has to wait.
  static let peersMax = 10_000

  private let failures = Mutex<[String: [Instant]]>([:])

  func mayTry(_ peer: String, now: Instant) -> Bool {
    failures.withLock { failures in
      guard let times = failures[peer] else {
        if failures.count >= Self.peersMax { Self.forget(&failures, now: now) }
        return failures.count < Self.peersMax
      }
      return times.count { now - $0 < Self.window } < Self.failuresMax
    }
  }

  func note(_ peer: String, now: Instant) {
    failures.withLock { failures in
      let recent = (failures[peer] ?? []).filter { now - $0 < Self.window }
      failures[peer] = recent.suffix(Self.failuresMax - 1) + [now]
    }
  }

  private static func forget(_ failures: inout [String: [Instant]], now: Instant) {
    failures = failures.filter { $0.value.contains { now - $0 < window } }
  }
}
