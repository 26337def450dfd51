import Glibc

/// Moments at which a crash is interesting. `ROOST_FAULT_POINT=after-append:7` ends the process, as kill -9 would, the
/// seventh time that the point is passed: for tests of recovery on the real binary.
enum FaultPoint: String, CaseIterable {
  case beforeAppend = "before-append"
  case afterAppend = "after-append"
  case afterClaim = "after-claim"
  case beforeClose = "before-close"
  case afterClose = "after-close"
  case checkpointBegin = "checkpoint-begin"
  case checkpointStep = "checkpoint-step"
  case checkpointEnd = "checkpoint-end"
  case historyFeed = "history-feed"
}

/// Counts down to the fault that the environment asks for; owned by the committer's thread.
struct FaultPlan {
  private let point: FaultPoint?
  private var left: Int

  init() {
    let plan = getenv("ROOST_FAULT_POINT").map { String(cString: $0) } ?? ""
    let parts = plan.split(separator: ":")
    point = parts.first.flatMap { FaultPoint(rawValue: String($0)) }
    left = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
  }

  @inline(__always)
  mutating func pass(_ passed: FaultPoint) {
    guard point == passed else { return }
    left -= 1
    guard left <= 0 else { return }
    // An answer or a letter that was let go too early shall get out: else its loss would go unseen.
    usleep(20_000)
    kill(getpid(), SIGKILL)
  }
}
