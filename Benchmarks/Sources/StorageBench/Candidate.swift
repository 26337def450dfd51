import Storage

/// An engine for states, as the comparison drives it.
protocol Candidate: AnyObject {
  func write(_ batch: StateBatch) throws
  func sync() throws
  /// One by one; returns the bytes found.
  func read(_ keys: [[UInt8]]) throws -> Int
  /// Ascending keys at once.
  func readSorted(_ keys: [[UInt8]]) throws -> Int
  /// Returns the number of states.
  func scan() throws -> Int
  func close() throws
}

/// Roost's own store.
final class RocksCandidate: Candidate {
  private let store: RocksStateStore

  init(directory: String) throws { store = try RocksStateStore(directory: directory) }

  func write(_ batch: StateBatch) throws { try store.write(batch) }
  func sync() throws { try store.sync() }
  func read(_ keys: [[UInt8]]) throws -> Int { try keys.reduce(0) { $0 + (try store.get($1)?.count ?? 0) } }
  func readSorted(_ keys: [[UInt8]]) throws -> Int {
    var bytes = 0
    try store.get(keys) { bytes += $1?.count ?? 0 }
    return bytes
  }
  func scan() throws -> Int {
    var rows = 0
    try store.scan(.all) { _, _ in
      rows += 1
      return true
    }
    return rows
  }
  func close() throws { try store.close() }
}
