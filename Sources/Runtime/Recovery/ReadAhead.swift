import RoostCore
import Synchronization

/// What a thread of its own reads, some chunks ahead of whoever makes something of them.
final class ReadAhead<Chunk: Sendable>: Sendable {
  private struct Content {
    var chunks: [Chunk] = []
    var isDone = false
    var isGivenUp = false
    var failure: Problem?
  }
  private let content = Mutex(Content())
  private let filled = ThreadSignal()
  private let emptied = ThreadSignal()
  private let chunksMax: Int

  /// Starts reading.
  ///
  /// - Parameters:
  ///   - chunksMax: how many chunks may wait.
  ///   - read: gives one chunk after another, until there are no more or `false` comes back: nobody wants any more then.
  init(chunksMax: Int, _ read: @escaping @Sendable (_ give: (Chunk) -> Bool) throws(Problem) -> Void) {
    self.chunksMax = chunksMax
    Thread(stackBytes: 1 << 20) { [self] in
      var failure: Problem?
      do throws(Problem) { try read { give($0) } } catch { failure = error }
      content.withLock { content in
        content.failure = failure
        content.isDone = true
      }
      filled.notify()
    }.start()
  }

  /// The next chunk; `nil` after the last. Throws what kept the reader from going on, once what it had read is taken.
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

  /// Nothing more is wanted. Returns once nothing is read any more.
  func end() {
    content.withLock { $0.isGivenUp = true }
    emptied.notify()
    while !content.withLock({ $0.isDone }) { filled.wait(seconds: 1) }
  }

  /// Waits for room; `false` if nobody wants any more.
  private func give(_ chunk: Chunk) -> Bool {
    while true {
      let (isTaken, isGivenUp) = content.withLock { content -> (Bool, Bool) in
        guard content.chunks.count < chunksMax else { return (false, content.isGivenUp) }
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
