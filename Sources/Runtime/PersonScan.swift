import RoostCore
import Storage
import Synchronization

/// Reads everybody from the store on a thread of its own, so that reading overlaps with what is made of it.
final class PersonScan: Sendable {
  /// Some people's states, as the store has them.
  struct Chunk: Sendable {
    struct Place: Sendable {
      var workspace: WorkspaceID
      var person: PersonID
      var range: Range<Int>
    }
    var bytes: [UInt8] = []
    var places: [Place] = []
  }

  private struct Content {
    var chunks: [Chunk] = []
    var isDone = false
    var isGivenUp = false
    var failure: Problem?
  }
  private let content = Mutex(Content())
  private let filled = ThreadSignal()
  private let emptied = ThreadSignal()
  private let store: any StateStore

  private static let chunkBytes = 1 << 20
  private static let chunksMax = 8

  init(_ store: any StateStore) { self.store = store }

  func start() { Thread(stackBytes: 1 << 20) { [self] in read() }.start() }

  /// The next people; `nil` after the last.
  func next() throws(Problem) -> Chunk? {
    while true {
      let (chunk, isDone, failure) = content.withLock { content in
        (content.chunks.isEmpty ? nil : content.chunks.removeFirst(), content.isDone, content.failure)
      }
      if let chunk {
        emptied.notify()
        return chunk
      }
      if let failure { throw failure }
      if isDone { return nil }
      filled.wait(seconds: 1)
    }
  }

  /// Nothing more is wanted. Returns once the store is not read any more.
  func end() {
    content.withLock { $0.isGivenUp = true }
    emptied.notify()
    while !content.withLock({ $0.isDone }) { filled.wait(seconds: 1) }
  }

  private func read() {
    var chunk = Chunk()
    var failure: Problem?
    do {
      try store.scan(.prefix([StoreKeys.person])) { key, value in
        guard key.count == 13, value.count > 8 else { return true }
        let start = chunk.bytes.count
        chunk.bytes.append(contentsOf: value)
        chunk.places.append(
          .init(
            workspace: WorkspaceID(UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: UInt32.self))),
            person: PersonID(UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 5, as: UInt64.self))),
            range: start..<chunk.bytes.count))
        guard chunk.bytes.count >= Self.chunkBytes else { return true }
        defer { chunk = Chunk() }
        return give(chunk)
      }
    } catch { failure = Problem(.unavailable, "the state store cannot be read: \(error)") }
    if !chunk.places.isEmpty { _ = give(chunk) }
    content.withLock { content in
      content.failure = failure
      content.isDone = true
    }
    filled.notify()
  }

  /// Waits for room; `false` if nobody wants any more.
  private func give(_ chunk: Chunk) -> Bool {
    while true {
      let (isTaken, isGivenUp) = content.withLock { content -> (Bool, Bool) in
        guard content.chunks.count < Self.chunksMax else { return (false, content.isGivenUp) }
        content.chunks.append(chunk)
        return (true, content.isGivenUp)
      }
      if isGivenUp { return false }
      if isTaken {
        filled.notify()
        return true
      }
      emptied.wait(seconds: 1)
    }
  }
}
