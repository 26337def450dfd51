import Events
import Profiles
import RoostCore
import Synchronization

/// Parsed events of one call, on their way to the committer.
public struct EventSubmission: Sendable {
  public var workspace: WorkspaceID
  /// Event records back to back.
  public var records: [UInt8]
  /// How many records.
  public var count: Int
  /// What was refused of the call, kept in quarantine.
  public var quarantined: [QuarantineItem]
  /// Text messages in parts as they are from then on, and the numbers of those that are over.
  var texts: (kept: [HeldText], over: [UInt64]) = ([], [])
  /// Called once, on the committer's thread: `nil` when all is durable.
  public var completion: @Sendable (Problem?) -> Void

  public init(
    workspace: WorkspaceID, records: [UInt8], count: Int, quarantined: [QuarantineItem],
    completion: @escaping @Sendable (Problem?) -> Void
  ) {
    self.workspace = workspace
    self.records = records
    self.count = count
    self.quarantined = quarantined
    self.completion = completion
  }
}

/// Work for the committer's thread, in order of arrival.
enum Work: Sendable {
  case events(EventSubmission)
  /// A question or a command; runs between two batches.
  case perform(@Sendable (Partition) -> Void)
}

/// Where work waits for the committer. Bounded in events: what does not fit is refused at once.
final class CommitQueue: Sendable {
  private struct Content {
    var work: [Work] = []
    var events = 0
    var isClosed = false
  }
  private let content = Mutex(Content())
  private let signal = ThreadSignal()
  let eventsMax: Int

  init(eventsMax: Int) { self.eventsMax = eventsMax }

  /// `false` if the queue is full or closed.
  func submit(_ submission: EventSubmission) -> Bool {
    let (accepted, wasEmpty) = content.withLock { content -> (Bool, Bool) in
      guard !content.isClosed, content.events + submission.count <= eventsMax || content.events == 0 else {
        return (false, false)
      }
      content.events += submission.count
      content.work.append(.events(submission))
      return (true, content.work.count == 1)
    }
    if wasEmpty { signal.notify() }
    return accepted
  }

  /// Commands are few and always find room; `false` once the queue is closed.
  func perform(_ body: @escaping @Sendable (Partition) -> Void) -> Bool {
    let accepted = content.withLock { content in
      guard !content.isClosed else { return false }
      content.work.append(.perform(body))
      return true
    }
    if accepted { signal.notify() }
    return accepted
  }

  /// All that waits. Returns without work once `deadline` is reached or the queue was woken for nothing.
  func take(waitingAtMost seconds: Double) -> (work: [Work], isClosed: Bool) {
    let taken = takeNow()
    if !taken.work.isEmpty || taken.isClosed || seconds <= 0 { return taken }
    signal.wait(seconds: seconds)
    return takeNow()
  }

  private func takeNow() -> (work: [Work], isClosed: Bool) {
    content.withLock { content in
      let work = content.work
      content.work = []
      content.events = 0
      return (work, content.isClosed)
    }
  }

  func wake() { signal.notify() }

  /// Nothing more is accepted; what waits is still taken.
  func close() {
    content.withLock { $0.isClosed = true }
    signal.notify()
  }

  var waitingEvents: Int { content.withLock { $0.events } }
}
