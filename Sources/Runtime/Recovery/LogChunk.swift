import Engine
import Events
import RoostCore
import Storage

/// Some records of the log, with bytes of their own.
struct LogChunk: Sendable {
  struct Record: Sendable {
    var position: LogPosition
    var bucket: UInt16
    var sequence: UInt64
    var range: Range<Int>
    /// Whether it changes people one by one only: see `isPlain`.
    var isPlain: Bool
  }
  var bytes: [UInt8] = []
  var records: [Record] = []

  private static let bytesMax = 1 << 20
  private static let chunksMax = 4

  /// Reads the log on a thread of its own: what is checked and looked through there is not waited for here.
  ///
  /// - Parameter recordsMax: how many records are handed over together at most.
  static func records(
    of log: any Log, from position: LogPosition, recordsMax: Int
  ) -> ReadAhead<LogChunk> {
    ReadAhead(chunksMax: chunksMax) { give throws(Problem) in
      var chunk = LogChunk()
      do {
        try log.read(from: position) { position, record in
          chunk.add(record, at: position)
          guard chunk.bytes.count >= bytesMax || chunk.records.count >= recordsMax else { return true }
          defer { chunk = LogChunk() }
          return give(chunk)
        }
      } catch { throw Problem(.unavailable, "the log cannot be read: \(error)") }
      if !chunk.records.isEmpty { _ = give(chunk) }
    }
  }

  private mutating func add(_ record: LogRecordView, at position: LogPosition) {
    let start = bytes.count
    bytes.append(contentsOf: record.payload)
    records.append(
      Record(
        position: position, bucket: record.bucket, sequence: record.sequence, range: start..<bytes.count,
        isPlain: Self.isPlain(record.payload)))
  }

  /// Whether all that a record changes of people follows from each person's own state and inputs. Merges, erasures and
  /// devices, which have one owner, concern others too; definitions, names and products are what decisions are made by.
  /// What cannot be read is left to whoever says so.
  private static func isPlain(_ payload: UnsafeRawBufferPointer) -> Bool {
    var reader = ByteReader(payload)
    do throws(MalformedBytes) {
      _ = try RecordHeader(reading: &reader)
      while let entry = try RecordEntry.next(&reader) {
        switch entry {
        case .absorb, .redirect, .erase, .definition, .symbols, .catalog, .quarantineCleared: return false
        case .event(let record): if hasDevices(EventView(trusted: record)) { return false }
        case .person, .due, .refused, .fill, .erasedEvent, .memberships, .message, .move, .messageState, .messageFate,
          .historyCut, .quarantine, .longText, .broadcastTurn, .audience, .tally, .vouchersAdded, .voucherGiven:
          break
        }
      }
      return true
    } catch { return false }
  }

  private static func hasDevices(_ event: EventView) -> Bool {
    var fields = event.fields
    while let field = fields.next() { if field.section == .device { return true } }
    return false
  }

  /// A record in place: `bytes` are the chunk's.
  func view(_ place: Int, _ bytes: UnsafeRawBufferPointer) -> LogRecordView {
    LogRecordView(
      bucket: records[place].bucket, sequence: records[place].sequence,
      payload: UnsafeRawBufferPointer(rebasing: bytes[records[place].range]))
  }
}

extension LogRecordView {
  func problem(_ error: MalformedBytes) -> Problem {
    Problem(
      .unavailable,
      "record \(sequence) of bucket \(bucket) is damaged at byte \(error.offset); restore the data directory from a backup"
    )
  }
}
