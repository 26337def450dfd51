import Events
import RoostCore

/// Where a page of a timeline ends. Stays good whatever happens meanwhile: appends, late events, merges, rebuilds.
public struct TimelineCursor: Hashable, Sendable {
  public var time: Instant
  /// The event's number in the order of arrival.
  public var arrival: UInt64

  public init(time: Instant, arrival: UInt64) {
    self.time = time
    self.arrival = arrival
  }

  /// For the management interface: 32 hexadecimal digits.
  public var text: String {
    PersonID(UInt64(bitPattern: time.milliseconds)).text + PersonID(arrival).text
  }

  /// Reads what `text` writes; `nil` for anything else.
  public init?(text: String) {
    guard text.utf8.count == 32, let time = PersonID(text: text.prefix(16)),
      let arrival = PersonID(text: text.suffix(16))
    else { return nil }
    self.init(time: Instant(milliseconds: Int64(bitPattern: time.number)), arrival: arrival.number)
  }
}

/// One event of a timeline, with bytes of its own.
public struct TimelineEntry: Hashable, Sendable {
  public var cursor: TimelineCursor
  public var record: [UInt8]

  /// The event, inside the call.
  public func withEvent<Result>(_ body: (EventView) throws -> Result) rethrows -> Result {
    try record.withUnsafeBytes { try body(EventView(trusted: $0)) }
  }
}

/// Some events of a person, the newest first.
public struct TimelinePage: Hashable, Sendable {
  public var entries: [TimelineEntry]
  /// Where the next page begins; `nil` if this is the last one.
  public var next: TimelineCursor?
}

extension HistoryStore {
  /// What a person did, the newest first: at most `limit` events that lie before `cursor`.
  public func timeline(
    _ person: PersonID, before cursor: TimelineCursor? = nil, limit: Int
  ) throws(HistoryError) -> TimelinePage {
    precondition(limit > 0)
    let snapshot = PersonSnapshot(self, person: person)
    let end = cursor.map { ($0.time.milliseconds, $0.arrival) } ?? (.max, .max)
    var places: [RowPlace] = []
    for (segment, rows) in snapshot.segmentRows() {
      let upper = try segment.firstRow(in: rows, notBefore: end)
      let newest = max(rows.lowerBound, upper - limit - 1)..<upper
      try segment.verify(.times, rows: newest, width: 8)
      try segment.verify(.arrivals, rows: newest, width: 4)
      for row in newest { places.append(segment.place(row)) }
    }
    places += snapshot.recent.filter { ($0.time, $0.arrival) < end }.suffix(limit + 1)
    places.sort { $1 < $0 }
    var page = TimelinePage(entries: [], next: nil)
    for place in places.prefix(limit) {
      let cursor = TimelineCursor(time: Instant(milliseconds: place.time), arrival: place.arrival)
      page.entries.append(TimelineEntry(cursor: cursor, record: try place.copyRecord()))
    }
    noteRead(snapshot.segments)
    if places.count > limit { page.next = page.entries.last?.cursor }
    return page
  }
}

extension Segment {
  /// The first of a person's rows that is not before a time and arrival.
  fileprivate func firstRow(in rows: Range<Int>, notBefore end: (Int64, UInt64)) throws(HistoryError) -> Int {
    var low = rows.lowerBound
    var high = rows.upperBound
    while low < high {
      let middle = (low + high) / 2
      try verify(.times, rows: middle..<(middle + 1), width: 8)
      try verify(.arrivals, rows: middle..<(middle + 1), width: 4)
      if (times[middle], arrival(middle)) < end { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
