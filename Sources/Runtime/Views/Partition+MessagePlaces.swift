import Delivery
import RoostCore
import Storage

/// A place in a workspace's list of messages, newest first.
package struct MessagePlace: Sendable {
  var workspace: WorkspaceID
  /// The first key that is looked at; `nil`: the list's first.
  var key: [UInt8]?

  static func newest(_ workspace: WorkspaceID) -> MessagePlace { MessagePlace(workspace: workspace, key: nil) }

  /// Behind all messages of `moment` whose id is not greater than `id`.
  static func after(_ workspace: WorkspaceID, _ moment: Instant, _ id: [UInt8]) -> MessagePlace {
    MessagePlace(workspace: workspace, key: StoreKeys.messageByTime(workspace, at: moment, id) + [0])
  }

  /// Before all messages of `moment`.
  static func before(_ workspace: WorkspaceID, _ moment: Instant) -> MessagePlace {
    MessagePlace(workspace: workspace, key: StoreKeys.messageByTime(workspace, at: moment, []))
  }

  /// Behind all messages of `moment`.
  static func after(_ workspace: WorkspaceID, _ moment: Instant) -> MessagePlace {
    after(workspace, moment, [UInt8](repeating: 0xFF, count: 16))
  }
}

extension Partition {
  /// Looks at up to `stepsMax` messages from a place on, until `body` returns `false`.
  ///
  /// - Returns: where to go on; `nil` at the end.
  func visitMessages(
    from place: MessagePlace, stepsMax: Int, _ body: (MessageRecord, [UInt8]) -> Bool
  ) throws(Problem) -> MessagePlace? {
    let prefix = StoreKeys.prefix(StoreKeys.messageByTime, place.workspace)
    var steps = 0
    var next: MessagePlace?
    do {
      try store.scan(.prefix(prefix, from: place.key)) { key, _ in
        guard steps < stepsMax else {
          next = MessagePlace(workspace: place.workspace, key: Array(key))
          return false
        }
        steps += 1
        let id = Array(key.suffix(16))
        guard let message = try self.message(place.workspace, id) else { return true }
        if body(message, id) { return true }
        next = MessagePlace(workspace: place.workspace, key: Array(key) + [0])
        return false
      }
    } catch let problem as Problem { throw problem } catch {
      throw Problem(.unavailable, "the state store cannot be read: \(error)")
    }
    return next
  }
}
