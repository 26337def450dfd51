import RoostCore

/// What is gathered while one call's body is read.
struct CallReading {
  /// A record whose time still waits for the sender's clock, which may stand behind the events.
  private struct Entry {
    var index: Int
    var raw: Range<Int>
    var record: Range<Int>
    var time: SentTime
  }

  static let missingBatch = Problem.invalid("/batch", "The body must have a list of events named batch.")

  let body: UnsafeRawBufferPointer
  let kind: CallKind
  let receivedAt: Instant
  var writer = EventWriter()
  var sentAt: Instant?
  var writeKey: String?
  /// Why the call as a whole cannot be taken.
  var problem: Problem?
  private(set) var count = 0
  private var entries: [Entry] = []
  private var rejected: [Rejection] = []

  init(_ body: UnsafeRawBufferPointer, _ kind: CallKind, _ receivedAt: Instant) {
    self.body = body
    self.kind = kind
    self.receivedAt = receivedAt
    writer.reserve(body.count)
  }

  /// Forgets the events, to read them anew.
  mutating func restart() {
    writer.removeAll()
    entries.removeAll()
    rejected.removeAll()
    count = 0
  }

  mutating func accept(_ record: Range<Int>, _ raw: Range<Int>, _ time: SentTime) {
    entries.append(Entry(index: count, raw: raw, record: record, time: time))
    count += 1
  }

  mutating func reject(_ drop: Drop, _ raw: Range<Int>) {
    rejected.append(
      Rejection(index: count, pointer: drop.pointer, reason: drop.reason, detail: drop.detail, raw: raw))
    count += 1
  }

  /// A time's value; `nil` if there is none or it cannot be read.
  func time(_ slice: JSONSlice, _ texts: TextArena) -> Instant? {
    slice.kind == .string ? Instant(iso8601: texts.text(slice, in: body)) : nil
  }

  /// Sets the times, now that the sender's clock is known, and drops what lies in the future.
  mutating func finish() -> ParsedCall {
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(entries.count)
    for entry in entries {
      let time = entry.time.corrected(receivedAt: receivedAt, sentAt: sentAt, isHistorical: kind.isHistorical)
      if time > receivedAt + EventLimits.futureMax {
        let detail = "The time \(time.text) is more than a day ahead of the server's clock, \(receivedAt.text)."
        rejected.append(
          Rejection(
            index: entry.index, pointer: entry.time.pointer, reason: .timestampInFuture, detail: detail, raw: entry.raw)
        )
      } else {
        writer.setTimestamp(min(time, receivedAt), ofRecordAt: entry.record.lowerBound)
        ranges.append(entry.record)
      }
    }
    if ranges.count < entries.count {
      rejected.sort { $0.index < $1.index }
      writer.keep(ranges)
      var start = 0
      for index in ranges.indices {
        ranges[index] = start..<(start + ranges[index].count)
        start = ranges[index].upperBound
      }
    }
    return ParsedCall(events: writer, ranges: ranges, rejected: rejected, writeKey: writeKey)
  }
}
