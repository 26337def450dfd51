import CRocksDB
import Glibc
import Synchronization

/// The states in RocksDB, the embedded default (decision 0002).
///
/// Without a write-ahead log of its own: a batch lies in one memory table, tables are flushed whole and in order, so a
/// crash leaves a prefix of the batches, and `sync` flushes.
public final class RocksStateStore: StateStore {
  /// The checkpoint lies under the empty key, which no state can have.
  private static let checkpointKey: [UInt8] = []

  private let state: Mutex<RocksDatabase?>
  private let behind = BatchBehind()

  /// Opens the store in `directory`, or makes one there.
  public init(directory path: String, options: StateStoreOptions = StateStoreOptions()) throws(StorageError) {
    try DiskDirectory(path).create()
    state = Mutex(try RocksDatabase(path, options, .readWrite))
  }

  private func database() throws(StorageError) -> RocksDatabase {
    try behind.finish()
    guard let database = state.withLock({ $0 }) else { throw .closedStore }
    return database
  }

  public func get(_ key: [UInt8]) throws(StorageError) -> [UInt8]? {
    let database = try database()
    let slice = try database.call { failure in
      key.withUnsafeBytes {
        rocksdb_get_pinned(database.handle, database.readOptions, $0.baseAddress, $0.count, failure)
      }
    }
    guard let slice else { return nil }
    defer { rocksdb_pinnableslice_destroy(slice) }
    return Array(bytes(of: slice))
  }

  public func get(_ keys: [[UInt8]], _ body: (Int, UnsafeRawBufferPointer?) -> Void) throws(StorageError) {
    let database = try database()
    var flat: [UInt8] = []
    for key in keys { flat.append(contentsOf: key) }
    let lengths = keys.map(\.count)
    var slices = [OpaquePointer?](repeating: nil, count: keys.count)
    var failures = [UnsafeMutablePointer<CChar>?](repeating: nil, count: keys.count)
    flat.withUnsafeBytes { flat in
      var start = 0
      let pointers = lengths.map { length -> UnsafePointer<CChar>? in
        defer { start += length }
        return flat.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
      }
      rocksdb_batched_multi_get_cf(
        database.handle, database.readOptions, database.family, keys.count, pointers, lengths, &slices, &failures,
        isAscending(keys))
    }
    defer { for slice in slices { if let slice { rocksdb_pinnableslice_destroy(slice) } } }
    var words: String?
    for case let failure? in failures {
      words = String(cString: failure)
      rocksdb_free(failure)
    }
    if let words { throw .rocks(words, database.path) }
    for (index, slice) in slices.enumerated() { body(index, slice.map { bytes(of: $0) }) }
  }

  public func write(_ batch: StateBatch) throws(StorageError) {
    try batch.checkKeys()
    try Self.write(batch, to: try database())
  }

  public func writeBehind(_ batch: StateBatch) throws(StorageError) {
    try batch.checkKeys()
    let database = try database()
    behind.begin { () throws(StorageError) in try Self.write(batch, to: database) }
  }

  private static func write(_ batch: StateBatch, to database: RocksDatabase) throws(StorageError) {
    let writes = rocksdb_writebatch_create()!
    defer { rocksdb_writebatch_destroy(writes) }
    batch.forEach { key, value in
      let keyStart = key.baseAddress?.assumingMemoryBound(to: CChar.self)
      if let value {
        let valueStart = value.baseAddress?.assumingMemoryBound(to: CChar.self)
        rocksdb_writebatch_put(writes, keyStart, key.count, valueStart, value.count)
      } else {
        rocksdb_writebatch_delete(writes, keyStart, key.count)
      }
    }
    batch.checkpoint?.withUnsafeBytes {
      rocksdb_writebatch_put(writes, "", 0, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    try database.call { rocksdb_write(database.handle, database.writeOptions, writes, $0) }
  }

  public func sync() throws(StorageError) {
    let database = try database()
    let options = rocksdb_flushoptions_create()!
    defer { rocksdb_flushoptions_destroy(options) }
    rocksdb_flushoptions_set_wait(options, 1)
    try database.call { rocksdb_flush(database.handle, options, $0) }
  }

  public func purge() throws(StorageError) {
    try sync()
    let database = try database()
    let options = rocksdb_compactoptions_create()!
    defer { rocksdb_compactoptions_destroy(options) }
    // 2: also files that are on the last level already, where a value that was just overwritten may lie.
    rocksdb_compactoptions_set_bottommost_level_compaction(options, 2)
    rocksdb_compact_range_opt(database.handle, options, nil, 0, nil, 0)
  }

  public func checkpoint() throws(StorageError) -> [UInt8]? { try get(Self.checkpointKey) }

  public func scan(_ range: KeyRange, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool) throws {
    let database = try database()
    let options = rocksdb_readoptions_create()!
    defer { rocksdb_readoptions_destroy(options) }
    rocksdb_readoptions_set_fill_cache(options, 0)
    let to = range.to ?? []
    try to.withUnsafeBytes { to in
      if range.to != nil {
        rocksdb_readoptions_set_iterate_upper_bound(
          options, to.baseAddress?.assumingMemoryBound(to: CChar.self), to.count)
      }
      let iterator = rocksdb_create_iterator(database.handle, options)!
      defer { rocksdb_iter_destroy(iterator) }
      range.from.withUnsafeBytes {
        rocksdb_iter_seek(iterator, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
      while rocksdb_iter_valid(iterator) != 0 {
        let key = bytes { rocksdb_iter_key(iterator, $0) }
        if key.count > 0, try !body(key, bytes { rocksdb_iter_value(iterator, $0) }) { return }
        rocksdb_iter_next(iterator)
      }
      try database.call { rocksdb_iter_get_error(iterator, $0) }
    }
  }

  public func close() throws(StorageError) {
    guard let isClosed = state.withLock({ $0?.isClosed }) else { return }
    defer {
      state.withLock { $0 = nil }
      // Another thread may still be writing its files: until it is done the directory belongs to it.
      while !isClosed.isSet { usleep(200) }
    }
    try sync()
  }

  /// Copies the store as it is now to `directory`, which must not exist: finished files as hard links where the file
  /// system allows it. Writing goes on meanwhile.
  public func copy(to directory: String) throws(StorageError) {
    let database = try database()
    let checkpoint = try database.call { rocksdb_checkpoint_object_create(database.handle, $0) }
    defer { rocksdb_checkpoint_object_destroy(checkpoint) }
    try database.call { rocksdb_checkpoint_create(checkpoint, directory, 0, $0) }
  }

  /// Reads everything in `directory` against its checksums; nothing may have it open. Returns the number of states.
  public static func verify(directory path: String) throws(StorageError) -> Int {
    let database = try RocksDatabase(path, StateStoreOptions(), .readOnly)
    let options = rocksdb_readoptions_create()!
    defer { rocksdb_readoptions_destroy(options) }
    rocksdb_readoptions_set_fill_cache(options, 0)
    rocksdb_readoptions_set_verify_checksums(options, 1)
    let iterator = rocksdb_create_iterator(database.handle, options)!
    defer { rocksdb_iter_destroy(iterator) }
    var count = 0
    rocksdb_iter_seek_to_first(iterator)
    while rocksdb_iter_valid(iterator) != 0 {
      count += bytes { rocksdb_iter_key(iterator, $0) }.isEmpty ? 0 : 1
      rocksdb_iter_next(iterator)
    }
    try database.call { rocksdb_iter_get_error(iterator, $0) }
    return count
  }
}

/// The bytes that a function of RocksDB returns with their length.
private func bytes(_ body: (UnsafeMutablePointer<Int>) -> UnsafePointer<CChar>?) -> UnsafeRawBufferPointer {
  var count = 0
  let start = body(&count)
  return UnsafeRawBufferPointer(start: start, count: count)
}

private func bytes(of slice: OpaquePointer) -> UnsafeRawBufferPointer {
  bytes { rocksdb_pinnableslice_value(slice, $0) }
}

private func isAscending(_ keys: [[UInt8]]) -> Bool {
  for index in keys.indices.dropFirst() where !keys[index - 1].lexicographicallyPrecedes(keys[index]) { return false }
  return true
}
