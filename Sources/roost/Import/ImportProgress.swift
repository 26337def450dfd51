import Glibc

/// One line on the terminal that says how far an import is; nothing where no terminal is.
struct ImportProgress {
  private let total: Int
  private let start = monotonicSeconds()
  private let startDone: Int
  private var shown = 0.0
  private var isShown = false

  /// At most five times a second.
  private static let pause = 0.2

  /// `done` of `total` was there already.
  init(total: Int, done: Int) {
    self.total = total
    startDone = done
  }

  /// Seconds since the start, never 0.
  var seconds: Double { max(monotonicSeconds() - start, 0.001) }

  mutating func show(_ phase: String, records: Int, bad: Int, done: Int) {
    let now = monotonicSeconds()
    guard Terminal.isErrorTerminal, now - shown >= Self.pause else { return }
    shown = now
    isShown = true
    var text = "\(phase) \(grouped(records)) records"
    if seconds > 0.5 { text += ", \(grouped(Int(Double(records) / seconds)))/s" }
    text += ", \(grouped(bad)) bad"
    if total > 0 {
      text += ", \(min(100, done * 100 / total)) %"
      let rate = Double(done - startDone) / seconds
      if seconds > 1, rate > 0 { text += ", \(Self.clock(Int(Double(max(0, total - done)) / rate))) left" }
    }
    write("\r\u{1B}[K" + text)
  }

  /// Takes the line away.
  mutating func clear() {
    if isShown { write("\r\u{1B}[K") }
    isShown = false
  }

  private func write(_ text: String) { _ = writeAll(Array(text.utf8), to: STDERR_FILENO) }

  private static func clock(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let short = "\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    return seconds >= 3_600 ? "\(seconds / 3_600):\(short)" : short
  }
}
