import RoostCore

/// What a scan looks at, as of one moment.
///
/// Safe to share: nothing in it changes.
final class ScanSnapshot: @unchecked Sendable {
  let segments: [Segment]
  let moves: [SegmentMoves]
  /// The rows in memory that the scan looks for (all of them if it visits everyone), in a segment's order.
  let recent: [RecentRow]
  /// The same rows' columns, laid out as a segment's.
  let recentTimes: UnsafePointer<Int64>
  let recentSymbols: UnsafePointer<UInt16>
  let recentKinds: UnsafePointer<UInt8>
  /// Keeps the memory of `recent`.
  private let parts: [RecentPart]
  let symbols: SymbolSet
  let everyone: Bool
  /// First ids of the slices into which the people are cut; the first one is 0.
  let slices: [UInt64]

  /// - Parameter sliceRows: about how many rows a slice has: its columns should fit into the second-level cache.
  init(_ store: HistoryStore, symbols: SymbolSet, everyone: Bool, sliceRows: Int = 32_768) {
    let (segments, parts, counts, fates) = store.state.withLock { state in
      let parts = state.frozen + [state.recent]
      return (state.segments, parts, parts.map(\.count), state.fates)
    }
    self.segments = segments
    self.parts = parts
    self.symbols = symbols
    self.everyone = everyone
    moves = segments.map { $0.moves(under: fates) }
    var recent: [RecentRow] = []
    for (part, count) in zip(parts, counts) {
      part.collect(count: count, fates: fates, into: &recent) { row in
        everyone || symbols.flags[Int(row.symbol)] != 0
      }
    }
    recent.sort(by: <)
    self.recent = recent
    recentTimes = Self.column(recent.map(\.time))
    recentSymbols = Self.column(recent.map(\.symbol))
    recentKinds = Self.column(recent.map(\.kind))
    slices = Self.slices(segments, recent, sliceRows)
  }

  deinit {
    recentTimes.deallocate()
    recentSymbols.deallocate()
    recentKinds.deallocate()
  }

  private static func column<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafePointer<Element> {
    let column = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, values.count))
    _ = column.initialize(from: values)
    return UnsafePointer(column.baseAddress!)
  }

  /// Cuts at evenly spread people of the largest directory.
  private static func slices(_ segments: [Segment], _ recent: [RecentRow], _ sliceRows: Int) -> [UInt64] {
    let rows = segments.reduce(recent.count) { $0 + $1.layout.rows }
    let count = (rows + sliceRows - 1) / sliceRows
    let largest = segments.max { $0.layout.people < $1.layout.people }
    let candidates = max(largest?.layout.people ?? 0, recent.count)
    guard count > 1 else { return [0] }
    var slices: [UInt64] = [0]
    for number in 1..<count {
      let index = number * candidates / count
      let first: UInt64
      if let largest, largest.layout.people == candidates {
        first = largest.people[index]
      } else {
        first = recent[index].owner
      }
      if first > slices[slices.count - 1] { slices.append(first) }
    }
    return slices
  }

  /// Gives the mapped pages back.
  func release() {
    for segment in segments { segment.release() }
  }

  /// A scan goes through the files from front to back and needs no page twice: it need not hold them all at once.
  func releaseNowAndThen(_ slice: Int) {
    if slice % 64 == 63 { release() }
  }

  /// Where the rows of a person, or of the first one behind it, begin in `recent`.
  func recentIndex(_ person: UInt64) -> Int {
    var low = 0
    var high = recent.count
    while low < high {
      let middle = (low + high) / 2
      if recent[middle].owner < person { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Segment {
  /// What the fates that came after the segment mean for it; remembered until another comes.
  func moves(under fates: FateTable) -> SegmentMoves {
    let end = (fates.fates.last?.sequence).map { $0 + 1 } ?? 0
    guard end > layout.endSequence else { return .none }
    return moves.withLock { known in
      if let known, known.end == end { return known.moves }
      let found = SegmentMoves(of: self, under: fates, until: end)
      known = (end, found)
      return found
    }
  }
}
