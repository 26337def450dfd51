import Synchronization

/// States in memory, for simulations and tests: the same promises, no disk.
public final class MemoryStateStore: StateStore {
  private struct Contents {
    var values: [[UInt8]: [UInt8]] = [:]
    var checkpoint: [UInt8]?
  }

  private struct State {
    var current = Contents()
    var durable = Contents()
    var isClosed = false
  }

  private let state = Mutex(State())

  public init() {}

  public func get(_ key: [UInt8]) throws(StorageError) -> [UInt8]? { try contents().values[key] }

  public func get(_ keys: [[UInt8]], _ body: (Int, UnsafeRawBufferPointer?) -> Void) throws(StorageError) {
    let values = try contents().values
    for (index, key) in keys.enumerated() {
      if let value = values[key] { value.withUnsafeBytes { body(index, $0) } } else { body(index, nil) }
    }
  }

  public func write(_ batch: StateBatch) throws(StorageError) {
    try batch.checkKeys()
    try state.withLock { state throws(StorageError) in
      guard !state.isClosed else { throw .closedStore }
      batch.forEach { key, value in state.current.values[Array(key)] = value.map { Array($0) } }
      if let checkpoint = batch.checkpoint { state.current.checkpoint = checkpoint }
    }
  }

  public func purge() throws(StorageError) { _ = try contents() }

  public func sync() throws(StorageError) { state.withLock { $0.durable = $0.current } }

  /// What a power cut does: everything since the last `sync` is gone.
  public func losePower() { state.withLock { $0.current = $0.durable } }

  public func checkpoint() throws(StorageError) -> [UInt8]? { try contents().checkpoint }

  public func scan(_ range: KeyRange, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool) throws {
    let values = try contents().values
    for key in values.keys.filter({ range.contains($0) }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let goesOn = try key.withUnsafeBytes { key in try values[Array(key)]!.withUnsafeBytes { try body(key, $0) } }
      if !goesOn { return }
    }
  }

  public func close() throws(StorageError) {
    try sync()
    state.withLock { $0.isClosed = true }
  }

  private func contents() throws(StorageError) -> Contents {
    try state.withLock { state throws(StorageError) in
      guard !state.isClosed else { throw .closedStore }
      return state.current
    }
  }
}

extension KeyRange {
  func contains(_ key: [UInt8]) -> Bool {
    if key.lexicographicallyPrecedes(from) { return false }
    return to.map { key.lexicographicallyPrecedes($0) } ?? true
  }
}

extension StateBatch {
  static let keyBytesMax = 1_024

  func checkKeys() throws(StorageError) {
    for change in changes {
      let length = change.valueStart - change.keyStart
      guard length > 0, length <= Self.keyBytesMax else {
        throw StorageError(
          .tooLarge, "A key of \(length) bytes: keys have 1 to \(Self.keyBytesMax)", remedy: "Use a shorter key.")
      }
    }
  }
}

extension StorageError {
  static var closedStore: StorageError {
    StorageError(.unusable, "The state store is closed", remedy: "Open it again before using it.")
  }
}
