import RoostCore
import Synchronization

/// Where feedback waits for the committer. All that has come while it was busy becomes one commit.
final class FeedbackInbox: Sendable {
  struct Waiting: Sendable {
    var feedback: MessageFeedback
    /// Called once it is durable; whether there was such a person.
    var completion: (@Sendable (Result<Bool, Problem>) -> Void)?
  }
  private let waiting = Mutex<[Waiting]>([])
  /// Beyond this, what nobody waits for is dropped: openings and clicks, which a flood of requests could bring.
  static let waitingMax = 50_000

  /// `nil`: no room. Else whether the committer has to be told.
  func add(_ item: Waiting) -> Bool? {
    waiting.withLock { waiting in
      guard waiting.count < Self.waitingMax || item.completion != nil else { return nil }
      waiting.append(item)
      return waiting.count == 1
    }
  }

  func takeAll() -> [Waiting] {
    waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}

extension Node {
  /// Takes note of something that need not be durable before the caller is answered. Dropped when too much waits.
  package func report(_ feedback: MessageFeedback) {
    add(FeedbackInbox.Waiting(feedback: feedback, completion: nil))
  }

  /// Records feedback; durable when this returns.
  ///
  /// - Returns: whether there was such a person. Erased ones are none.
  @discardableResult
  package func record(_ feedback: MessageFeedback) async throws(Problem) -> Bool {
    let result = await withCheckedContinuation { continuation in
      add(FeedbackInbox.Waiting(feedback: feedback) { continuation.resume(returning: $0) })
    }
    return try result.get()
  }

  private func add(_ item: FeedbackInbox.Waiting) {
    guard let isFirst = inbox.add(item) else { return metrics.add(.feedbackDropped) }
    guard isFirst else { return }
    let inbox = inbox
    let isQueued = queue.perform { partition in partition.take(inbox.takeAll()) }
    guard !isQueued else { return }
    for item in inbox.takeAll() { item.completion?(.failure(Problem(.unavailable, "Roost is ending"))) }
  }
}
