import Events
import RoostCore

/// Where a person's row lies, with what orders it.
struct RowPlace {
  var time: Int64
  var arrival: UInt64
  /// In the segment, or none: then the record itself.
  var segment: Segment?
  var row: Int
  var recent: UnsafeRawBufferPointer

  static func < (a: RowPlace, b: RowPlace) -> Bool { (a.time, a.arrival) < (b.time, b.arrival) }

  func record() throws(HistoryError) -> UnsafeRawBufferPointer {
    guard let segment else { return recent }
    return try segment.record(row)
  }

  func copyRecord() throws(HistoryError) -> [UInt8] {
    guard let segment else { return Array(recent) }
    return try segment.copyRecord(row)
  }
}

/// What one person did, as of one moment: later appends, merges and erasures do not change it.
struct PersonSnapshot {
  var segments: [Segment]
  var holdings: [Holding]
  /// Keeps the recent rows' memory.
  var parts: [RecentPart]
  /// Rows in memory, oldest time first.
  var recent: [RowPlace] = []

  init(_ store: HistoryStore, person: PersonID) {
    let heads: [[UInt32]]
    // The chains of a part begin in its table, which the appending thread changes: looked up under the lock.
    (segments, holdings, parts, heads) = store.state.withLock { state in
      let holdings = state.fates.holdings(of: person.number)
      let parts = state.frozen + [state.recent]
      return (state.segments, holdings, parts, parts.map { part in holdings.map { part.lastRow(of: $0.person) } })
    }
    for (part, links) in zip(parts, heads) {
      for (holding, link) in zip(holdings, links) { collect(part, holding, link) }
    }
    recent.sort(by: <)
  }

  private mutating func collect(_ part: RecentPart, _ holding: Holding, _ head: UInt32) {
    var link = head
    while link != 0 {
      let row = part.rows[Int(link) - 1]
      let arrival = part.firstSequence + UInt64(row.arrival)
      if arrival < holding.start { return }
      if arrival < holding.end {
        let record = UnsafeRawBufferPointer(start: row.record, count: Int(row.recordBytes))
        recent.append(RowPlace(time: row.time, arrival: arrival, segment: nil, row: 0, recent: record))
      }
      link = row.previous
    }
  }

  /// The person's rows in each segment.
  func segmentRows() -> [(segment: Segment, rows: Range<Int>)] {
    var found: [(Segment, Range<Int>)] = []
    for segment in segments {
      for holding in holdings where holding.holds(segmentEnd: segment.layout.endSequence) {
        if let rows = segment.rows(of: holding.person) { found.append((segment, rows)) }
      }
    }
    return found
  }
}

extension HistoryStore {
  /// Calls `body` with all that the person did, in the order of time, arrival on equal times; what came by redirects
  /// included. The view is valid inside the call.
  public func events(of person: PersonID, _ body: (EventView) -> Void) throws(HistoryError) {
    try arrivals(of: person) { event, _ in body(event) }
  }

  /// The same with each event's number in the order of arrival.
  public func arrivals(of person: PersonID, _ body: (EventView, UInt64) -> Void) throws(HistoryError) {
    let snapshot = PersonSnapshot(self, person: person)
    var places: [RowPlace] = []
    for (segment, rows) in snapshot.segmentRows() {
      try segment.verify(.times, rows: rows, width: 8)
      try segment.verify(.arrivals, rows: rows, width: 4)
      for row in rows { places.append(segment.place(row)) }
    }
    places += snapshot.recent
    places.sort(by: <)
    for place in places { body(EventView(trusted: try place.record()), place.arrival) }
    noteRead(snapshot.segments)
  }

  /// Gives mapped pages back now and then, so that reads all over the files do not count as the process's memory.
  func noteRead(_ segments: [Segment]) {
    guard reads.add(1, ordering: .relaxed).newValue % Self.readsBeforeRelease == 0 else { return }
    for segment in segments { segment.release() }
  }
}

extension Segment {
  func place(_ row: Int) -> RowPlace {
    RowPlace(
      time: times[row], arrival: arrival(row), segment: self, row: row,
      recent: UnsafeRawBufferPointer(start: nil, count: 0))
  }
}
