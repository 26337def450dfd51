/// The records of one group commit, built in place in one reusable buffer.
///
/// ```swift
/// group.removeAll()
/// group.beginRecord(bucket: 7, sequence: last + 1)
/// group.bytes.append(contentsOf: payload)
/// group.endRecord()
/// try log.append(group)
/// ```
/// Layout of a record, little endian: bucket UInt16, payload length UInt32, sequence UInt64, payload.
@frozen public struct RecordGroup: Sendable {
  /// Between `beginRecord` and `endRecord` the payload is appended here; what is already there must stay untouched.
  public var bytes: [UInt8]
  /// Finished records.
  public private(set) var count: Int
  @usableFromInline var openRecord: Int

  /// Bytes that precede a payload.
  public static let recordHeaderBytes = 14

  public init(capacityBytes: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacityBytes)
    count = 0
    openRecord = -1
  }

  public var isEmpty: Bool { count == 0 }

  /// Empties the group and keeps its memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    count = 0
    openRecord = -1
  }

  /// Starts a record; append its payload to `bytes`.
  public mutating func beginRecord(bucket: UInt16, sequence: UInt64) {
    precondition(openRecord < 0, "the previous record was not ended")
    openRecord = bytes.count
    withUnsafeTemporaryAllocation(byteCount: Self.recordHeaderBytes, alignment: 8) { header in
      header.storeBytes(of: bucket.littleEndian, as: UInt16.self)
      header.storeBytes(of: 0, toByteOffset: 2, as: UInt32.self)
      header.storeBytes(of: sequence.littleEndian, toByteOffset: 6, as: UInt64.self)
      bytes.append(contentsOf: header)
    }
  }

  /// Ends the record: what was appended since `beginRecord` is its payload.
  public mutating func endRecord() {
    let start = openRecord
    let payloadBytes = bytes.count - start - Self.recordHeaderBytes
    precondition(
      start >= 0 && payloadBytes >= 0 && payloadBytes <= UInt32.max, "no open record, or its start was removed")
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: UInt32(payloadBytes).littleEndian, toByteOffset: start + 2, as: UInt32.self)
    }
    openRecord = -1
    count += 1
  }

  /// Forgets the record that was begun and not ended.
  public mutating func abandonRecord() {
    precondition(openRecord >= 0, "no open record")
    bytes.removeSubrange(openRecord...)
    openRecord = -1
  }

  /// Adds one whole record.
  public mutating func append(bucket: UInt16, sequence: UInt64, payload: some Sequence<UInt8>) {
    beginRecord(bucket: bucket, sequence: sequence)
    bytes.append(contentsOf: payload)
    endRecord()
  }

  /// Adds one whole record that lies elsewhere.
  public mutating func append(bucket: UInt16, sequence: UInt64, payload: UnsafeRawBufferPointer) {
    beginRecord(bucket: bucket, sequence: sequence)
    bytes.append(contentsOf: payload)
    endRecord()
  }
}

/// Walks the records of a group's bytes. Stops with `nil` at the end or at bytes that are no whole record.
struct RecordCursor {
  let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func next() -> LogRecordView? {
    let header = RecordGroup.recordHeaderBytes
    guard bytes.count - offset >= header else { return nil }
    let bucket = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt32.self)))
    let sequence = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 6, as: UInt64.self))
    guard length <= bytes.count - offset - header else { return nil }
    let payload = UnsafeRawBufferPointer(rebasing: bytes[(offset + header)..<(offset + header + length)])
    offset += header + length
    return LogRecordView(bucket: bucket, sequence: sequence, payload: payload)
  }
}
