import RoostCore
import Storage

extension Partition {
  /// Connects the partition with what runs beside it.
  func attach(to node: Node) {
    let courier = node.courier
    wakeDelivery = { courier.poke() }
    let keys = directory + "/keys"
    channelCheck = { definition throws(Problem) in try checkChannel(definition, keys: keys) }
    let store = store
    let logger = logger
    storeSync = {
      Thread(stackBytes: 1 << 20) {
        do throws(StorageError) { try store.sync() } catch {
          logger.error("the state store cannot be made durable", metadata: ["error": .string(error.description)])
        }
      }.start()
    }
    let eraser = Eraser(log: log, store: store, logger: logger)
    erasures = { [unowned self] erased in eraser.erase(erased, histories[erased.workspace]) }
    do throws(Problem) {
      for erased in try unfinishedErasures() { erasures?(erased) }
    } catch { fail(error.message) }
  }

  /// How long the committer may sleep when nothing comes in.
  func idleSeconds() -> Double {
    if failure != nil { return 1 }
    if !fills.isEmpty || checkpointing != nil { return 0 }
    guard let next = [nextDue(), nextBroadcast(), texts.nextDue].compactMap({ $0 }).min() else { return 1 }
    if isSandbox { return next <= now() ? 0 : 1 }
    return max(0, min(1, Double((next - now()).milliseconds) / 1_000))
  }

  /// The end: everything into the store, files closed.
  func close() {
    // Closing makes the store durable itself.
    storeSync = nil
    checkpointNow()
    writePeopleIndex()
    do throws(StorageError) {
      try store.close()
      try log.close()
    } catch { logger.error("closing failed", metadata: ["error": .string(error.description)]) }
  }
}
