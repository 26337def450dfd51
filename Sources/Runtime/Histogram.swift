import Synchronization

/// How often a duration fell below each of some bounds; any thread may count. Shown as a Prometheus histogram.
public final class Histogram: Sendable {
  private final class Cell: Sendable {
    let value = Atomic<Int>(0)
  }
  let name: String
  let help: String
  /// Milliseconds, ascending.
  let bounds: [Int64]
  /// One more than bounds: the last is for all that is longer.
  private let cells: [Cell]
  private let sum = Atomic<Int>(0)

  init(name: String, help: String, bounds: [Int64]) {
    self.name = name
    self.help = help
    self.bounds = bounds
    cells = (0...bounds.count).map { _ in Cell() }
  }

  /// Counts a duration in milliseconds; less than nothing is nothing.
  public func record(_ milliseconds: Int64) {
    let milliseconds = max(0, milliseconds)
    let place = bounds.firstIndex { milliseconds <= $0 } ?? bounds.count
    cells[place].value.add(1, ordering: .relaxed)
    sum.add(Int(milliseconds), ordering: .relaxed)
  }

  /// Prometheus' text exposition format 0.0.4, in seconds.
  var text: String {
    var text = "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
    var count = 0
    for (place, bound) in bounds.enumerated() {
      count += cells[place].value.load(ordering: .relaxed)
      text += "\(name)_bucket{le=\"\(Double(bound) / 1_000)\"} \(count)\n"
    }
    count += cells[bounds.count].value.load(ordering: .relaxed)
    text += "\(name)_bucket{le=\"+Inf\"} \(count)\n"
    text += "\(name)_sum \(Double(sum.load(ordering: .relaxed)) / 1_000)\n\(name)_count \(count)\n"
    return text
  }
}
