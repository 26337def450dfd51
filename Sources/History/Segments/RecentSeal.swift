/// Turns a recent part that takes no more rows into a segment.
struct RecentSeal {
  var part: RecentPart
  var cut: UInt64
  /// At least those before the part's end.
  var fates: FateTable

  /// Writes the file and returns the fingerprint.
  func write(to directory: String) throws(HistoryError) -> UInt64 {
    var rows: [RecentRow] = []
    rows.reserveCapacity(part.count)
    part.collect(count: part.count, fates: fates, until: part.endSequence, into: &rows) { _ in true }
    rows.sort(by: <)
    var layout = SegmentLayout(
      level: 0, firstCut: cut, lastCut: cut, firstSequence: part.firstSequence, endSequence: part.endSequence,
      people: 0, rows: rows.count, recordBytes: 0)
    var last: UInt64?
    for row in rows {
      if row.owner != last { layout.people += 1 }
      last = row.owner
      layout.recordBytes += row.record.count
    }
    var writer = try SegmentWriter(directory: directory, layout: layout)
    last = nil
    for row in rows {
      if row.owner != last { writer.begin(person: row.owner) }
      last = row.owner
      try writer.append(
        time: row.time, arrival: row.arrival, symbol: row.symbol, kind: row.kind, record: row.record)
    }
    return try writer.finish()
  }
}
