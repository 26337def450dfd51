import RoostCore

/// How long things took: counts in classes no wider than a thousandth of the value, each with its least value, so that
/// what always takes the same time is told exactly. Adding and joining in any order gives the same.
public struct SpanHistogram: Sendable, Equatable {
  private struct Row: Sendable, Equatable {
    var count = 0
    var least = Int64.max
  }
  private var rows: [Int32: Row] = [:]
  public private(set) var count = 0
  public private(set) var greatest: Int64 = 0

  public init() {}

  private static func row(of value: Int64) -> Int32 {
    let value = UInt64(max(0, value))
    guard value >= 2_048 else { return Int32(value) }
    let shift = 63 - value.leadingZeroBitCount - 10
    return Int32(shift + 1) * 2_048 + Int32(value >> UInt64(shift))
  }

  mutating func add(_ span: TimeSpan) {
    let value = max(0, span.milliseconds)
    let place = Self.row(of: value)
    rows[place, default: Row()].count += 1
    rows[place]!.least = min(rows[place]!.least, value)
    count += 1
    greatest = max(greatest, value)
  }

  mutating func join(_ other: SpanHistogram) {
    for (place, row) in other.rows {
      rows[place, default: Row()].count += row.count
      rows[place]!.least = min(rows[place]!.least, row.least)
    }
    count += other.count
    greatest = max(greatest, other.greatest)
  }

  /// The value that a share of the values, in hundredths, does not exceed (nearest rank); a class's least stands for it.
  public func quantile(hundredths: Int) -> TimeSpan {
    let rank = max(1, (count * hundredths + 99) / 100)
    var seen = 0
    for (_, row) in rows.sorted(by: { $0.key < $1.key }) {
      seen += row.count
      if seen >= rank { return TimeSpan(milliseconds: row.least) }
    }
    return TimeSpan(milliseconds: greatest)
  }
}
