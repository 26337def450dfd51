/// Changes that a `StateStore` applies together, with or without a new checkpoint.
///
/// Reusable: `removeAll` keeps the memory. A later change of a key wins over an earlier one in the same batch.
@frozen public struct StateBatch: Sendable {
  /// One change. The ranges lie in `bytes`.
  @frozen @usableFromInline struct Change: Sendable {
    @usableFromInline var keyStart: Int
    @usableFromInline var valueStart: Int
    @usableFromInline var end: Int
    @usableFromInline var isDelete: Bool

    @inlinable init(keyStart: Int, valueStart: Int, end: Int, isDelete: Bool) {
      self.keyStart = keyStart
      self.valueStart = valueStart
      self.end = end
      self.isDelete = isDelete
    }
  }

  @usableFromInline var bytes: [UInt8] = []
  @usableFromInline var changes: [Change] = []
  /// What `StateStore.checkpoint` returns once the batch is applied; `nil` leaves it as it is.
  public var checkpoint: [UInt8]?

  public init() {}

  @inlinable public var count: Int { changes.count }
  /// Of all keys and values: what to bound a batch by.
  @inlinable public var byteCount: Int { bytes.count }

  /// Makes room for so many changes, of so many bytes in all.
  public mutating func reserve(_ count: Int, bytes byteCount: Int) {
    changes.reserveCapacity(count)
    bytes.reserveCapacity(byteCount)
  }

  @inlinable public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    checkpoint = nil
  }

  @inlinable public mutating func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    let start = bytes.count
    bytes.append(contentsOf: key)
    bytes.append(contentsOf: value)
    changes.append(
      Change(keyStart: start, valueStart: start + key.count, end: bytes.count, isDelete: false))
  }

  /// Puts a value that lies in two pieces.
  @inlinable public mutating func put(
    _ key: UnsafeRawBufferPointer, _ head: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer
  ) {
    put(key, head)
    bytes.append(contentsOf: rest)
    changes[changes.count - 1].end = bytes.count
  }

  @inlinable public mutating func put(_ key: [UInt8], _ value: [UInt8]) {
    key.withUnsafeBytes { key in value.withUnsafeBytes { put(key, $0) } }
  }

  @inlinable public mutating func delete(_ key: UnsafeRawBufferPointer) {
    let start = bytes.count
    bytes.append(contentsOf: key)
    changes.append(Change(keyStart: start, valueStart: bytes.count, end: bytes.count, isDelete: true))
  }

  @inlinable public mutating func delete(_ key: [UInt8]) { key.withUnsafeBytes { delete($0) } }

  /// Calls `body` with each change in order; the value is `nil` for a deletion.
  @inlinable public func forEach(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws -> Void) rethrows {
    try bytes.withUnsafeBytes { bytes in
      for change in changes {
        let key = UnsafeRawBufferPointer(rebasing: bytes[change.keyStart..<change.valueStart])
        let value = UnsafeRawBufferPointer(rebasing: bytes[change.valueStart..<change.end])
        try body(key, change.isDelete ? nil : value)
      }
    }
  }
}

/// Which keys a scan returns, in ascending byte order.
public struct KeyRange: Equatable, Sendable {
  /// The first key that belongs to the range, if it exists.
  public var from: [UInt8]
  /// The first key behind the range; `nil`: to the end.
  public var to: [UInt8]?

  public init(from: [UInt8] = [], to: [UInt8]? = nil) {
    self.from = from
    self.to = to
  }

  /// All keys.
  public static let all = KeyRange()

  /// The keys that begin with `prefix`, from `key` on if it is given.
  public static func prefix(_ prefix: [UInt8], from key: [UInt8]? = nil) -> KeyRange {
    var end = prefix
    while end.last == 0xFF { end.removeLast() }
    if !end.isEmpty { end[end.count - 1] += 1 }
    let from = key.map { $0.lexicographicallyPrecedes(prefix) ? prefix : $0 } ?? prefix
    return KeyRange(from: from, to: end.isEmpty ? nil : end)
  }
}

/// The states: a cache of the log that outlives the process. Keys and values are bytes; a key is neither empty nor
/// longer than 1,024 bytes.
///
/// Any thread may call; every call blocks. After a crash the store holds the batches up to some one of them, whole and
/// in order, and at least those before the last `sync`; its `checkpoint` says from where the log has to be replayed.
public protocol StateStore: AnyObject, Sendable {
  /// The value of `key`, or `nil`.
  func get(_ key: [UInt8]) throws(StorageError) -> [UInt8]?

  /// Calls `body` with the index and the value of each key, in order of `keys`, which should be ascending for speed.
  /// The value is valid inside the call only, and `nil` where there is none.
  func get(_ keys: [[UInt8]], _ body: (Int, UnsafeRawBufferPointer?) -> Void) throws(StorageError)

  /// Applies the whole batch or nothing. Keys in ascending order are fastest.
  func write(_ batch: StateBatch) throws(StorageError)

  /// Applies the whole batch or nothing, perhaps after returning. Whatever comes after it, on any thread, finds it applied,
  /// or throws what kept it from being so.
  func writeBehind(_ batch: StateBatch) throws(StorageError)

  /// Returns when all batches written so far are durable.
  func sync() throws(StorageError)

  /// The checkpoint of the last batch that had one, or `nil`.
  func checkpoint() throws(StorageError) -> [UInt8]?

  /// Calls `body` with keys and values of `range` in ascending order of keys, until it returns `false`. Sees the store
  /// as it was at the call; the bytes are valid inside the call only.
  func scan(_ range: KeyRange, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool) throws

  /// Returns when deleted and overwritten values are in no file any more. Rewrites everything: for erasures.
  func purge() throws(StorageError)

  /// Makes everything durable and ends. A second call does nothing.
  func close() throws(StorageError)
}

extension StateStore {
  public func writeBehind(_ batch: StateBatch) throws(StorageError) { try write(batch) }
}
