import Glibc

/// What a phase cost: time, processor time of all threads, bytes handed to the disk.
struct Measure {
  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The number behind `name` in a file of `/proc/self`.
  private static func proc(_ file: String, _ name: String) -> Int {
    guard let stream = fopen("/proc/self/" + file, "r") else { return 0 }
    defer { fclose(stream) }
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, Int32(line.count), stream) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix(name) { return Int(text.filter(\.isNumber)) ?? 0 }
    }
    return 0
  }

  /// Runs `body`, which handles `count` things, and prints a line of the table.
  static func phase(_ name: String, _ count: Int, _ body: () throws -> Void) rethrows {
    let start = (
      wall: seconds(CLOCK_MONOTONIC), cpu: seconds(CLOCK_PROCESS_CPUTIME_ID), written: proc("io", "write_bytes:")
    )
    try body()
    let wall = seconds(CLOCK_MONOTONIC) - start.wall
    let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - start.cpu
    let megabytes = (proc("io", "write_bytes:") - start.written) / 1_000_000
    print(
      "| \(name) | \(Int(Double(count) / wall)) | \(rounded(wall)) | \(rounded(cpu)) | \(megabytes) | "
        + "\(proc("status", "VmRSS:") / 1_024) |")
  }

  static func header(_ title: String) {
    print("\n| \(title) | per second | s | CPU s | MB written | RSS MB |\n|---|---|---|---|---|---|")
  }

  private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}
