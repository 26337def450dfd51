import NIOCore

/// One time limit that is moved again and again and seldom reached. Lives on one event loop.
///
/// The scheduled task is moved only to an earlier time; one that fires too early is scheduled anew. Most phases end long
/// before their limit, so that a message costs no scheduling at all.
final class PhaseTimer {
  private let eventLoop: any EventLoop
  private let reached: () -> Void
  private var task: (scheduled: Scheduled<Void>, fires: NIODeadline)?
  private var deadline: NIODeadline?

  /// - Parameter reached: called when a limit was reached; may set the next one.
  init(eventLoop: any EventLoop, reached: @escaping () -> Void) {
    self.eventLoop = eventLoop
    self.reached = reached
  }

  /// Replaces the limit.
  func set(_ deadline: NIODeadline) {
    self.deadline = deadline
    if let task {
      guard deadline < task.fires else { return }
      task.scheduled.cancel()
    }
    schedule(deadline)
  }

  /// Takes the limit away. Breaks the cycle of references as well.
  func cancel() {
    deadline = nil
    task?.scheduled.cancel()
    task = nil
  }

  private func schedule(_ deadline: NIODeadline) {
    let scheduled = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in fired() }
    task = (scheduled, deadline)
  }

  private func fired() {
    task = nil
    guard let deadline else { return }
    guard deadline <= .now() else { return schedule(deadline) }
    self.deadline = nil
    reached()
  }
}
