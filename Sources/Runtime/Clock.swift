import Glibc
import RoostCore

/// What time it is for the engine. Owned by the committer's thread: nothing else in the process asks.
enum EngineClock {
  case live
  /// Stands still until it is told to move (`--sandbox`).
  case sandbox(Instant)

  /// Never earlier than `floor`: time does not run backwards when the machine's clock is set back.
  func now(notBefore floor: Instant) -> Instant {
    switch self {
    case .live: max(floor, wallClock())
    case .sandbox(let instant): max(floor, instant)
    }
  }
}

/// The machine's clock.
public func wallClock() -> Instant {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
}

/// Unpredictable bytes from the kernel.
public func randomBytes(_ count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  var filled = 0
  while filled < count {
    // getentropy gives at most 256 bytes a call.
    let wanted = min(256, count - filled)
    let result = bytes.withUnsafeMutableBytes { getentropy($0.baseAddress! + filled, wanted) }
    precondition(result == 0, "the kernel gives no randomness")
    filled += wanted
  }
  return bytes
}
