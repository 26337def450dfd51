import Glibc
import RoostCore

/// Wall time and this process's CPU time since its making.
struct Stopwatch {
  private let start = Stopwatch.nanoseconds(CLOCK_MONOTONIC)
  private let cpuStart = Stopwatch.nanoseconds(CLOCK_PROCESS_CPUTIME_ID)

  static func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The machine's clock.
  static var wallClock: Instant {
    Instant(milliseconds: Int64(nanoseconds(CLOCK_REALTIME) / 1_000_000))
  }

  var seconds: Double { Double(Self.nanoseconds(CLOCK_MONOTONIC) - start) / 1e9 }
  var milliseconds: Double { seconds * 1e3 }
  var cpuSeconds: Double { Double(Self.nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpuStart) / 1e9 }
}

extension [Double] {
  /// The value below which this share of the values lies; 0 if there are none.
  func quantile(_ share: Double) -> Double {
    guard !isEmpty else { return 0 }
    return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
  }

  var median: Double { quantile(0.5) }
}
