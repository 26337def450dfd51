import Synchronization

/// How many bytes of bodies may wait in memory at once, over all connections. What does not fit is answered 429 before
/// memory grows.
final class Admission: Sendable {
  private let waiting = Atomic<Int>(0)
  let bytesMax: Int

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  func admit(_ bytes: Int) -> Bool {
    let (_, now) = waiting.add(bytes, ordering: .relaxed)
    if now > bytesMax {
      waiting.subtract(bytes, ordering: .relaxed)
      return false
    }
    return true
  }

  func release(_ bytes: Int) { waiting.subtract(bytes, ordering: .relaxed) }

  var bytes: Int { waiting.load(ordering: .relaxed) }
}
