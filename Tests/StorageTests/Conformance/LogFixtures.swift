import RoostCore
import Storage

extension Log {
  /// Appends records as one group.
  @discardableResult
  func append(_ records: [LogRecord]) throws -> LogPosition {
    var group = RecordGroup()
    for record in records { group.append(bucket: record.bucket, sequence: record.sequence, payload: record.payload) }
    return try append(group)
  }

  /// Appends random records of buckets 0..<256 in groups of 1 to 100 and returns them in order.
  @discardableResult
  func fill(records count: Int, seed: UInt64) throws -> [LogRecord] {
    var random = SeededRandom(seed: seed)
    var last: [UInt16: UInt64] = [:]
    var records: [LogRecord] = []
    var group = RecordGroup()
    while records.count < count {
      group.removeAll()
      for _ in 0..<min(1 + random.below(100), count - records.count) {
        let bucket = UInt16(random.below(256))
        let payload = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
        let sequence = (last[bucket] ?? lastSequence(bucket)) + 1
        last[bucket] = sequence
        group.beginRecord(bucket: bucket, sequence: sequence)
        group.bytes.append(contentsOf: payload)
        group.endRecord()
        records.append(LogRecord(bucket: bucket, sequence: sequence, payload: payload))
      }
      try append(group)
    }
    return records
  }

  func allRecords(from position: LogPosition = .start) throws -> [LogRecord] {
    var records: [LogRecord] = []
    try read(from: position) { _, record in
      records.append(record.record)
      return true
    }
    return records
  }

  func allPositions() throws -> [LogPosition] {
    var positions: [LogPosition] = []
    try read(from: .start) { position, _ in
      positions.append(position)
      return true
    }
    return positions
  }
}

/// Thrown by a test in the midst of something.
struct Interrupted: Error {}
