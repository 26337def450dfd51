import Events
import Profiles
import RoostCore

/// Where the sandbox's clock is to go.
public enum ClockTarget: Sendable {
  case by(TimeSpan)
  case to(Instant)
}

extension Node {
  /// Moves the sandbox's clock and returns when everything due by then has happened, hand-offs included.
  public func advanceClock(_ target: ClockTarget) async throws(Problem) -> Instant {
    guard configuration.isSandbox else {
      throw Problem(.conflict, "only a sandbox's clock can be moved; start with roost serve --sandbox")
    }
    let goal = try await perform { partition throws(Problem) -> Instant in
      let now = partition.now()
      let goal =
        switch target {
        case .by(let span): now + span
        case .to(let instant): instant
        }
      guard goal >= now else {
        throw .invalid("/to", "the clock stands at \(now.text) and does not run backwards")
      }
      return goal
    }
    while true {
      let step = try await perform { partition throws(Problem) in try partition.advance(towards: goal) }
      try await awaitHandoffs()
      if step == .arrived {
        try await perform { partition throws(Problem) in try partition.recordClock() }
        // Calls from now on are received at this time, whether or not the committer has come round to saying so.
        status.withLock { $0.now = max($0.now, goal) }
        return goal
      }
    }
  }

  /// Until nothing that is due is in the outbox.
  private func awaitHandoffs() async throws(Problem) {
    while try await perform({ partition throws(Problem) in partition.hasDueHandoffs }) {
      courier.poke()
      do { try await Task.sleep(for: .milliseconds(2)) } catch { throw Problem(.unavailable, "Roost is ending") }
    }
  }
}

enum ClockStep: Sendable {
  case onTheWay
  case arrived
}

extension Partition {
  /// Goes on to the next moment at which something is due, at most to `goal`; some thousand people a call.
  func advance(towards goal: Instant) throws(Problem) -> ClockStep {
    // Definitions of now are exact before time goes on: journeys miss nobody.
    while !fills.isEmpty, failure == nil { _ = fillSome() }
    while broadcastSome() {}
    return try gathering { () throws(Problem) -> ClockStep in try step(towards: goal) }
  }

  func step(towards goal: Instant) throws(Problem) -> ClockStep {
    for _ in 0..<256 {
      if let failure { throw failure }
      guard let next = [nextDue(), nextHandoff(), nextBroadcast(), texts.nextDue].compactMap({ $0 }).min(),
        next <= goal
      else {
        setClock(goal)
        return fills.isEmpty ? .arrived : .onTheWay
      }
      setClock(max(next, now()))
      while handleDue() {}
      while handOnTexts() {}
      while broadcastSome() {}
      if hasDueHandoffs { return .onTheWay }
    }
    return .onTheWay
  }

  func setClock(_ instant: Instant) {
    clock = .sandbox(instant)
    lastNow = max(lastNow, instant)
  }

  /// Makes the sandbox's time durable, so that a crash does not set it back.
  func recordClock() throws(Problem) {
    if let failure { throw failure }
    let header = beginCommit()
    systemRecord(header) { _ in }
    try finishCommit()
  }

  /// Messages that are due, or on their way out right now.
  var hasDueHandoffs: Bool {
    if outbox.isEmpty { return false }
    return outbox.isHandingOver || nextHandoff().map { $0 <= now() } ?? false
  }
}
