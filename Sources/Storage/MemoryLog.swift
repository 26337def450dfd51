import Synchronization

/// A log in memory, for simulations and tests: the same promises, no disk.
public final class MemoryLog: Log {
  private struct State {
    /// Record bytes of each group, as in a `RecordGroup`, with the position of its first record.
    var groups: [(first: LogPosition, bytes: [UInt8])] = []
    var end = LogPosition.start
    var sequences = BucketSequences()
    var isClosed = false
  }

  private let state = Mutex(State())

  public init() {}

  public var end: LogPosition { state.withLock { $0.end } }

  public func lastSequence(_ bucket: UInt16) -> UInt64 { state.withLock { $0.sequences[bucket] } }

  @discardableResult
  public func append(_ group: RecordGroup) throws(StorageError) -> LogPosition {
    try state.withLock { state throws(StorageError) in
      guard !state.isClosed else {
        throw StorageError(.unusable, "The log is closed", remedy: "Open it again before writing.")
      }
      if group.isEmpty { return state.end }
      try state.sequences.advance(over: group)
      state.groups.append((state.end, group.bytes))
      state.end = LogPosition(rawValue: state.end.rawValue + UInt64(group.count))
      return state.end
    }
  }

  @discardableResult
  public func read(
    from position: LogPosition, _ body: (LogPosition, LogRecordView) throws -> Bool
  ) throws -> LogPosition {
    let (groups, end) = state.withLock { ($0.groups, $0.end) }
    guard position < end else { return position }
    let start = max(0, (groups.partitioningIndex { $0.first > position }) - 1)
    for group in groups[start...] {
      let stop = try group.bytes.withUnsafeBytes { bytes -> LogPosition? in
        var records = RecordCursor(bytes)
        var at = group.first
        while let record = records.next() {
          if at >= position, try !body(at, record) { return at.next }
          at = at.next
        }
        return nil
      }
      if let stop { return stop }
    }
    return end
  }

  @discardableResult
  public func rewrite(
    _ transform: (LogPosition, LogRecordView, inout [UInt8]) throws -> Bool
  ) throws -> RewriteSummary {
    let groups = state.withLock { $0.groups }
    var summary = RewriteSummary()
    var rewritten = groups
    for index in groups.indices {
      var group = RecordGroup()
      try Self.forEachRecord(of: groups[index].bytes, from: groups[index].first) { position, record in
        var replacement: [UInt8] = []
        if try transform(position, record, &replacement) {
          group.append(bucket: record.bucket, sequence: record.sequence, payload: replacement)
          summary.recordsReplaced += 1
        } else {
          group.append(bucket: record.bucket, sequence: record.sequence, payload: record.payload)
        }
      }
      rewritten[index].bytes = group.bytes
    }
    state.withLock { state in
      let later = state.groups[groups.count...]
      state.groups = rewritten + later
    }
    return summary
  }

  public func close() throws(StorageError) { state.withLock { $0.isClosed = true } }

  private static func forEachRecord(
    of bytes: [UInt8], from first: LogPosition, _ body: (LogPosition, LogRecordView) throws -> Void
  ) throws {
    try bytes.withUnsafeBytes { bytes in
      var records = RecordCursor(bytes)
      var position = first
      while let record = records.next() {
        try body(position, record)
        position = position.next
      }
    }
  }
}

extension Array {
  /// The first index whose element satisfies `predicate`, in an array where all that do stand behind all that do not.
  func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
