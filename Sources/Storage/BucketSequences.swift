/// The last sequence of every bucket: the fence of an append.
struct BucketSequences: Equatable, Sendable {
  /// Indexed by bucket; grows to the highest bucket seen.
  private(set) var last: [UInt64]

  init(_ last: [UInt64] = []) { self.last = last }

  subscript(bucket: UInt16) -> UInt64 { Int(bucket) < last.count ? last[Int(bucket)] : 0 }

  mutating func set(_ bucket: UInt16, to sequence: UInt64) {
    if Int(bucket) >= last.count { last.append(contentsOf: repeatElement(0, count: Int(bucket) + 1 - last.count)) }
    last[Int(bucket)] = sequence
  }

  /// Advances over all records of `group`, or throws `.conflict` and leaves everything as it was.
  mutating func advance(over group: RecordGroup) throws(StorageError) {
    let failure: StorageError? = group.bytes.withUnsafeBytes { bytes in
      var cursor = RecordCursor(bytes)
      var done = 0
      while let record = cursor.next() {
        let expected = self[record.bucket] + 1
        guard record.sequence == expected else {
          retreat(over: bytes, records: done)
          return .conflict(bucket: record.bucket, expected: expected, found: record.sequence)
        }
        set(record.bucket, to: expected)
        done += 1
      }
      return nil
    }
    if let failure { throw failure }
  }

  /// Undoes `advance` after the write failed.
  mutating func retreat(over group: RecordGroup) {
    group.bytes.withUnsafeBytes { retreat(over: $0, records: group.count) }
  }

  private mutating func retreat(over bytes: UnsafeRawBufferPointer, records: Int) {
    var cursor = RecordCursor(bytes)
    for _ in 0..<records {
      guard let record = cursor.next() else { return }
      last[Int(record.bucket)] -= 1
    }
  }
}
