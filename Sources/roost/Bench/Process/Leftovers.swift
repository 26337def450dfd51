import Foundation
import Synchronization

/// What must not outlive the bench: its servers, and directories of many gigabytes.
final class Leftovers: Sendable {
  static let shared = Leftovers()

  private struct Content {
    var processes: Set<pid_t> = []
    var directories: Set<String> = []
  }
  private let content = Mutex(Content())

  func add(process: pid_t) { content.withLock { _ = $0.processes.insert(process) } }
  func remove(process: pid_t) { content.withLock { _ = $0.processes.remove(process) } }
  func add(directory: String) { content.withLock { _ = $0.directories.insert(directory) } }

  func remove(directory: String) {
    content.withLock { content in
      if content.directories.remove(directory) != nil { Self.delete(directory) }
    }
  }

  /// After Ctrl-C or SIGTERM. Holds the lock to the end, so that the bench, whose servers are gone, cannot end the process
  /// before everything is removed.
  func clear() {
    content.withLock { content in
      for process in content.processes {
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
      }
      for directory in content.directories { Self.delete(directory) }
      content = Content()
    }
  }

  private static func delete(_ directory: String) {
    do { try FileManager.default.removeItem(atPath: directory) } catch {
      Terminal.say("\(directory) is left behind: \(error)")
    }
  }
}
