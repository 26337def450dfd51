import Glibc
import RoostCore
import Synchronization

/// All rehearsals of an installation: those on their way, and the results that are kept on disk.
final class Rehearsals: Sendable {
  struct Key: Hashable, Sendable {
    var workspace: WorkspaceID
    var id: String
  }

  /// A rehearsal as it is known without its files.
  struct Entry: Sendable {
    var createdAt: Instant
    /// While it runs, and until it is forgotten if it did not end well.
    var run: RehearsalRun?
  }

  private let directory: String
  private let content = Mutex<[Key: Entry]>([:])

  /// Rehearsals that run at the same time, over all workspaces.
  static let runningMax = 2
  /// Results kept of one workspace; the oldest go first.
  static let keptMax = 50
  static let ageMax = TimeSpan.days(30)

  /// - Parameter directory: where the results lie; what an interrupted rehearsal left is removed.
  init(directory: String) {
    self.directory = directory
    for workspace in Self.names(in: directory) {
      guard let number = UInt32(workspace) else { continue }
      for id in Self.names(in: "\(directory)/\(workspace)") {
        let folder = RehearsalFolder(path: "\(directory)/\(workspace)/\(id)")
        guard folder.readSummary() != nil, let material = folder.readMaterial(),
          let at = material["createdAt"]?.int
        else {
          folder.remove()
          continue
        }
        let key = Key(workspace: WorkspaceID(number), id: id)
        content.withLock { $0[key] = Entry(createdAt: Instant(milliseconds: at), run: nil) }
      }
    }
  }

  private static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  func folder(_ key: Key) -> RehearsalFolder {
    RehearsalFolder(path: "\(directory)/\(key.workspace.number)/\(key.id)")
  }

  /// Takes in a new one, unless too many run.
  func add(_ key: Key, _ run: RehearsalRun, at now: Instant) throws(Problem) {
    let isTaken = content.withLock { entries in
      let running = entries.values.count { entry in
        if case .running? = entry.run?.state { true } else { false }
      }
      guard running < Self.runningMax else { return false }
      entries[key] = Entry(createdAt: now, run: run)
      return true
    }
    guard isTaken else {
      throw Problem(.overloaded, "\(Self.runningMax) rehearsals are running; wait for one to end, or cancel it")
    }
    forgetOld(key.workspace, now)
  }

  func remove(_ key: Key) { content.withLock { $0[key] = nil } }

  /// Lets go of a run that ended well: its files say everything.
  func settle(_ key: Key) {
    content.withLock { entries in
      if case .done? = entries[key]?.run?.state { entries[key]?.run = nil }
    }
  }

  private func forgetOld(_ workspace: WorkspaceID, _ now: Instant) {
    let forgotten = content.withLock { entries -> [Key] in
      let ended = entries.filter { key, entry in
        guard key.workspace == workspace else { return false }
        if case .running? = entry.run?.state { return false }
        return true
      }
      let ordered = ended.sorted { ($0.value.createdAt, $0.key.id) > ($1.value.createdAt, $1.key.id) }
      let old = ordered.enumerated().filter { place, item in
        place >= Self.keptMax || now - item.value.createdAt > Self.ageMax
      }.map(\.element.key)
      for key in old { entries[key] = nil }
      return old
    }
    for key in forgotten { folder(key).remove() }
  }

  func entry(_ key: Key) throws(Problem) -> Entry {
    guard let entry = content.withLock({ $0[key] }) else {
      throw Problem(.notFound, "there is no rehearsal \"\(key.id)\"; results are kept for 30 days")
    }
    return entry
  }

  /// Newest first.
  func all(_ workspace: WorkspaceID) -> [(key: Key, entry: Entry)] {
    content.withLock { entries in
      entries.filter { $0.key.workspace == workspace }.map { (key: $0.key, entry: $0.value) }
    }
    .sorted { ($0.entry.createdAt, $0.key.id) > ($1.entry.createdAt, $1.key.id) }
  }

  func cancelAll() {
    for entry in content.withLock({ Array($0.values) }) { entry.run?.cancel() }
  }

  /// Whether a thread still works for one of them.
  var isAnyRunning: Bool {
    content.withLock { entries in
      entries.values.contains { entry in
        if case .running? = entry.run?.state { true } else { false }
      }
    }
  }
}
