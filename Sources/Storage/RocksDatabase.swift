import CRocksDB
import Glibc
import Synchronization

/// How much memory the embedded state store may use.
public struct StateStoreOptions: Sendable {
  /// For blocks read from disk, with their indexes and filters.
  public var cacheBytes: Int
  /// Of one write buffer; there are at most three.
  public var writeBufferBytes: Int

  public init(cacheBytes: Int = 48 << 20, writeBufferBytes: Int = 16 << 20) {
    self.cacheBytes = cacheBytes
    self.writeBufferBytes = writeBufferBytes
  }
}

/// An open RocksDB database. It closes when the last call that uses it has returned.
final class RocksDatabase: Sendable {
  nonisolated(unsafe) let handle: OpaquePointer
  nonisolated(unsafe) let family: OpaquePointer
  nonisolated(unsafe) let readOptions: OpaquePointer
  nonisolated(unsafe) let writeOptions: OpaquePointer
  nonisolated(unsafe) private let options: OpaquePointer
  let path: String
  /// Outlives the database.
  let isClosed = ClosedFlag()

  /// Whether the last user of a database has gone, and its files are free.
  final class ClosedFlag: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
  }

  enum Mode { case readWrite, readOnly }

  init(_ path: String, _ limits: StateStoreOptions, _ mode: Mode) throws(StorageError) {
    let options = Self.makeOptions(limits, mode)
    var family: OpaquePointer?
    let opened: Result<OpaquePointer?, StorageError> = "default".withCString { name in
      var names: UnsafePointer<CChar>? = name
      var familyOptions: OpaquePointer? = options
      return Self.attempt(path) { failure in
        switch mode {
        case .readWrite: rocksdb_open_column_families(options, path, 1, &names, &familyOptions, &family, failure)
        case .readOnly:
          rocksdb_open_for_read_only_column_families(options, path, 1, &names, &familyOptions, &family, 0, failure)
        }
      }
    }
    guard case .success(let handle?) = opened, let family else {
      rocksdb_options_destroy(options)
      if case .failure(let error) = opened { throw error }
      throw StorageError(.io, "Cannot open \(path)", remedy: "Check the disk and the system log.")
    }
    self.path = path
    self.options = options
    self.handle = handle
    self.family = family
    readOptions = rocksdb_readoptions_create()
    writeOptions = rocksdb_writeoptions_create()
    // The log is the truth and replays what a crash loses here; a second log would double the writes.
    rocksdb_writeoptions_disable_WAL(writeOptions, 1)
  }

  deinit {
    rocksdb_readoptions_destroy(readOptions)
    rocksdb_writeoptions_destroy(writeOptions)
    rocksdb_column_family_handle_destroy(family)
    rocksdb_close(handle)
    rocksdb_options_destroy(options)
    isClosed.set()
  }

  /// Calls a function of RocksDB that reports failure through a string, and turns that into an error.
  func call<Result>(_ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result) throws(StorageError)
    -> Result
  {
    try Self.attempt(path, body).get()
  }

  private static func attempt<Value>(
    _ path: String, _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Result<Value, StorageError> {
    var failure: UnsafeMutablePointer<CChar>?
    let value = body(&failure)
    guard let failure else { return .success(value) }
    defer { rocksdb_free(failure) }
    return .failure(.rocks(String(cString: failure), path))
  }

  private static func makeOptions(_ limits: StateStoreOptions, _ mode: Mode) -> OpaquePointer {
    let options = rocksdb_options_create()!
    rocksdb_options_set_create_if_missing(options, mode == .readWrite ? 1 : 0)
    rocksdb_options_set_write_buffer_size(options, limits.writeBufferBytes)
    rocksdb_options_set_max_write_buffer_number(options, 3)
    rocksdb_options_set_target_file_size_base(options, 32 << 20)
    rocksdb_options_set_max_bytes_for_level_base(options, 128 << 20)
    rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1)
    rocksdb_options_set_max_background_jobs(options, 2)
    rocksdb_options_set_bytes_per_sync(options, 1 << 20)
    rocksdb_options_set_compression(options, Int32(rocksdb_lz4_compression))
    rocksdb_options_set_max_open_files(options, 256)
    rocksdb_options_set_keep_log_file_num(options, 2)
    rocksdb_options_set_max_log_file_size(options, 1 << 20)
    rocksdb_options_set_stats_dump_period_sec(options, 0)
    rocksdb_options_set_info_log_level(options, 2)
    let table = rocksdb_block_based_options_create()!
    let cache = rocksdb_cache_create_lru(limits.cacheBytes)!
    rocksdb_block_based_options_set_block_cache(table, cache)
    rocksdb_cache_destroy(cache)
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1)
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1)
    rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10))
    rocksdb_block_based_options_set_format_version(table, 5)
    rocksdb_options_set_block_based_table_factory(options, table)
    rocksdb_block_based_options_destroy(table)
    return options
  }
}

extension StorageError {
  /// RocksDB's own words, sorted by what an operator does about them.
  static func rocks(_ words: String, _ path: String) -> StorageError {
    func has(_ part: String) -> Bool { words.withCString { strstr($0, part) != nil } }
    let message = "The state store in \(path): \(words)"
    if has("No space left") || has("NoSpace") {
      return StorageError(
        .noSpace, message, remedy: "Free disk space and start Roost again; the log replays what is missing.")
    }
    if has("Corruption") {
      return StorageError(
        .damaged, message,
        remedy: "The states are a cache of the log: run `roost doctor`, then move this folder away and start; "
          + "they are built again from the log.")
    }
    if has("While lock file") || has("lock hold by") {
      return StorageError(
        .locked, message,
        remedy: "Stop the other `roost` that runs on this data directory, or choose another directory.")
    }
    if has("does not exist") || has("No such file") {
      return StorageError(.missing, message, remedy: "Check the path of the data directory.")
    }
    return StorageError(.io, message, remedy: "Check the disk and the system log.")
  }
}
