import Glibc

/// Wall time and the process's CPU time from its making on.
struct Stopwatch {
  private let start = Stopwatch.now
  private let cpuStart = Stopwatch.clock(CLOCK_PROCESS_CPUTIME_ID)

  static var now: UInt64 { clock(CLOCK_MONOTONIC) }

  private static func clock(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  var nanoseconds: Int { Int(Stopwatch.now - start) }
  var seconds: Double { Double(nanoseconds) / 1e9 }
  var cpuNanoseconds: Int { Int(Stopwatch.clock(CLOCK_PROCESS_CPUTIME_ID) - cpuStart) }
}

/// Durations in nanoseconds, for quantiles.
struct Durations {
  private var values: [Int] = []

  mutating func add(_ nanoseconds: Int) { values.append(nanoseconds) }

  func at(_ quantile: Double) -> Int {
    values.isEmpty ? 0 : values.sorted()[min(values.count - 1, Int(Double(values.count) * quantile))]
  }
}

enum Memory {
  static var residentMegabytes: Int { field("VmRSS:") }
  static var peakMegabytes: Int { field("VmHWM:") }

  private static func field(_ name: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix(name) { return (Int(text.filter(\.isNumber)) ?? 0) / 1_024 }
    }
    return 0
  }
}

enum Report {
  static func line(_ name: String, _ text: String) {
    print(name + String(repeating: " ", count: max(1, 58 - name.count)) + text)
  }
  static func rate(_ count: Int, _ seconds: Double) -> String {
    let rate = Double(count) / seconds
    return rate >= 1e6 ? "\((rate / 1e5).rounded() / 10) million" : "\(Int(rate))"
  }
  static func milliseconds(_ nanoseconds: Int) -> String { ratio(Double(nanoseconds) / 1e6) }
  static func ratio(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}

enum Directory {
  /// Removes a directory of plain files.
  static func remove(_ path: String) {
    guard let stream = opendir(path) else { return }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink(path + "/" + name)
    }
    closedir(stream)
    rmdir(path)
  }
}
