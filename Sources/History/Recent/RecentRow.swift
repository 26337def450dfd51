/// A row of the recent part under the person to whom it belongs now.
struct RecentRow {
  var owner: UInt64
  var time: Int64
  var arrival: UInt64
  var record: UnsafeRawBufferPointer
  var symbol: UInt16
  var kind: UInt8

  init(_ row: RecentPart.Row, owner: UInt64, firstSequence: UInt64) {
    self.owner = owner
    time = row.time
    arrival = firstSequence + UInt64(row.arrival)
    record = UnsafeRawBufferPointer(start: row.record, count: Int(row.recordBytes))
    symbol = row.symbol
    kind = row.kind
  }

  /// The order of a segment: person, time, arrival.
  static func < (a: RecentRow, b: RecentRow) -> Bool {
    if a.owner != b.owner { return a.owner < b.owner }
    if a.time != b.time { return a.time < b.time }
    return a.arrival < b.arrival
  }
}

extension RecentPart {
  /// Adds the first `count` rows that `admits` takes, with their owners as of `end`; erased ones are left out.
  func collect(
    count: Int, fates: FateTable, until end: UInt64 = .max, into result: inout [RecentRow],
    where admits: (borrowing Row) -> Bool
  ) {
    for index in 0..<count where admits(rows[index]) {
      let row = rows[index]
      var owner: UInt64? = row.person
      if !fates.isEmpty {
        owner = fates.owner(of: row.person, from: firstSequence + UInt64(row.arrival), until: end)
      }
      if let owner { result.append(RecentRow(row, owner: owner, firstSequence: firstSequence)) }
    }
  }
}
