/// Makes one segment of consecutive ones, with the fates of their time applied.
struct SegmentMerge {
  let sources: [Segment]
  let moves: [SegmentMoves]
  let level: Int

  /// Consecutive segments, oldest first, become one of the next level.
  init(_ sources: [Segment], fates: FateTable) {
    self.sources = sources
    let end = sources[sources.count - 1].layout.endSequence
    moves = sources.map { SegmentMoves(of: $0, under: fates, until: end) }
    level = sources[0].layout.level + 1
  }

  /// The segment again, without the people who are erased by now; `nil` if there are none in it.
  init?(withoutErased source: Segment, fates: FateTable) {
    let erased = SegmentMoves(erasedIn: source, under: fates, until: .max)
    guard !erased.skipped.isEmpty else { return nil }
    sources = [source]
    moves = [erased]
    level = source.layout.level
  }

  /// Writes the file and returns the fingerprint.
  func write(to directory: String) throws(HistoryError) -> UInt64 {
    var writer = try SegmentWriter(directory: directory, layout: try layout())
    var people = self.people
    var groups: [PersonMerge.Group] = []
    var rows: [Row] = []
    var copiedBytes = 0
    while let person = people.next(&groups) {
      writer.begin(person: person)
      if groups.count == 1 {
        let source = sources[groups[0].source]
        for row in groups[0].rows { try copy(row, of: source, to: &writer, &copiedBytes) }
        continue
      }
      rows.removeAll(keepingCapacity: true)
      for group in groups {
        let source = sources[group.source]
        try source.verify(.times, rows: group.rows, width: 8)
        try source.verify(.arrivals, rows: group.rows, width: 4)
        for row in group.rows {
          rows.append(Row(time: source.times[row], arrival: source.arrival(row), source: group.source, row: row))
        }
      }
      rows.sort { ($0.time, $0.arrival) < ($1.time, $1.arrival) }
      for row in rows { try copy(row.row, of: sources[row.source], to: &writer, &copiedBytes) }
    }
    for source in sources { source.release() }
    return try writer.finish()
  }

  private struct Row {
    var time: Int64
    var arrival: UInt64
    var source: Int
    var row: Int
  }

  private var people: PersonMerge { PersonMerge(Array(zip(sources, moves)).map { ($0, $1) }) }

  private func copy(
    _ row: Int, of source: Segment, to writer: inout SegmentWriter, _ copiedBytes: inout Int
  ) throws(HistoryError) {
    try source.verify(.times, rows: row..<(row + 1), width: 8)
    try source.verify(.arrivals, rows: row..<(row + 1), width: 4)
    try source.verify(.symbols, rows: row..<(row + 1), width: 2)
    try source.verify(.kinds, rows: row..<(row + 1), width: 1)
    let record = try source.record(row)
    try writer.append(
      time: source.times[row], arrival: source.arrival(row), symbol: source.symbols[row], kind: source.kinds[row],
      record: record)
    copiedBytes += record.count
    guard copiedBytes >= 32 << 20 else { return }
    copiedBytes = 0
    for source in sources { source.release() }
  }

  /// The counts, from the directories alone.
  private func layout() throws(HistoryError) -> SegmentLayout {
    let first = sources[0].layout
    let last = sources[sources.count - 1].layout
    var layout = SegmentLayout(
      level: level, firstCut: first.firstCut, lastCut: last.lastCut, firstSequence: first.firstSequence,
      endSequence: last.endSequence, people: 0, rows: 0, recordBytes: 0)
    var people = self.people
    var groups: [PersonMerge.Group] = []
    while people.next(&groups) != nil {
      layout.people += 1
      for group in groups {
        let source = sources[group.source]
        layout.rows += group.rows.count
        layout.recordBytes += try source.recordStart(group.rows.upperBound) - source.recordStart(group.rows.lowerBound)
      }
    }
    return layout
  }
}
