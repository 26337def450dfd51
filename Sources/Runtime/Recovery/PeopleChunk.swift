import RoostCore
import Storage

/// Some people's states, as the store has them.
struct PeopleChunk: Sendable {
  struct Place: Sendable {
    var workspace: WorkspaceID
    var person: PersonID
    var range: Range<Int>
  }
  var bytes: [UInt8] = []
  var places: [Place] = []

  private static let bytesMax = 1 << 20
  private static let chunksMax = 8

  /// Reads everybody in the order of their keys on a thread of its own, so that reading overlaps with what is made of it.
  static func everybody(in store: any StateStore) -> ReadAhead<PeopleChunk> {
    ReadAhead(chunksMax: chunksMax) { give throws(Problem) in
      var chunk = PeopleChunk()
      do {
        try store.scan(.prefix([StoreKeys.person])) { key, value in
          guard key.count == 13, value.count > 8 else { return true }
          chunk.add(key, value)
          guard chunk.bytes.count >= bytesMax else { return true }
          defer { chunk = PeopleChunk() }
          return give(chunk)
        }
      } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
      if !chunk.places.isEmpty { _ = give(chunk) }
    }
  }

  private mutating func add(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    let start = bytes.count
    bytes.append(contentsOf: value)
    places.append(
      .init(
        workspace: WorkspaceID(UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: UInt32.self))),
        person: PersonID(UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 5, as: UInt64.self))),
        range: start..<bytes.count))
  }
}
