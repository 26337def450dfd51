import Engine
import RoostCore
import Storage

/// What surrounds every page of the console.
package struct FrameView: Sendable {
  package var now: Instant
  package var isSandbox: Bool
  package var workspaces: [Workspace]
  /// Rejected events that wait in the quarantine of the workspace in view.
  package var quarantined: Int
}

extension Partition {
  /// - Parameter key: the workspace in view, if there is one.
  package func frameView(workspace key: String?) throws(Problem) -> FrameView {
    var quarantined = 0
    if let key, let sources = definitions.workspace(key: key) {
      quarantined = try quarantineCount(sources.workspace.id)
    }
    return FrameView(now: now(), isSandbox: isSandbox, workspaces: workspaces, quarantined: quarantined)
  }

  /// How many rejected events are counted; beyond it, "many" is all that anybody needs to know.
  package static let quarantineCountMax = 10_000

  package func quarantineCount(_ workspace: WorkspaceID) throws(Problem) -> Int {
    var count = 0
    do {
      try store.scan(.prefix(StoreKeys.prefix(StoreKeys.quarantine, workspace), from: nil)) { _, _ in
        count += 1
        return count < Self.quarantineCountMax
      }
    } catch { throw Problem(.unavailable, "the quarantine cannot be read: \(error)") }
    return count
  }
}
