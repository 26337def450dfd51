import Dispatch
import Synchronization

/// One batch on its way into a store, on another thread: whoever handed it over goes on meanwhile.
///
/// Whatever touches the store next waits for it first, so that batches keep their order, reads see all that was written
/// before, and nobody but the clock can tell that it was another thread.
final class BatchBehind: Sendable {
  private let queue = DispatchQueue(label: "roost.states.write", qos: .userInitiated)
  private let group = DispatchGroup()
  private let failure = Mutex<StorageError?>(nil)

  /// Begins writing. Nothing else may be under way: ask `finish` before.
  func begin(_ body: @escaping @Sendable () throws(StorageError) -> Void) {
    queue.async(group: group) { [self] in
      do throws(StorageError) { try body() } catch { failure.withLock { $0 = error } }
    }
  }

  /// Returns when nothing is under way. What kept a batch from the store is thrown to the next who asks, and to everybody
  /// after: what was handed over is not there.
  func finish() throws(StorageError) {
    group.wait()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}
