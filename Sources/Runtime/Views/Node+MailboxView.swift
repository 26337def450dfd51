import Delivery
import Engine
import RoostCore

/// A letter in the built-in mailbox.
package struct LetterRowView: Sendable {
  /// Names the letter among those of all workspaces.
  package var id: LetterID
  package var workspace: Workspace
  package var row: MessageRowView
  /// The beginning of its text.
  package var preview: String
}

/// Which message of which workspace: `3-0123456789abcdef0123456789abcdef`.
package struct LetterID: Hashable, Sendable {
  package var workspace: WorkspaceID
  package var message: IntentID

  package init(workspace: WorkspaceID, message: IntentID) {
    self.workspace = workspace
    self.message = message
  }

  package init?(text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = UInt32(parts[0]), let message = IntentID(text: parts[1]) else { return nil }
    self.init(workspace: WorkspaceID(number), message: message)
  }

  package var text: String { "\(workspace.number)-\(message.text)" }
}

/// Where a page of the mailbox ends: the last letter and its moment, `889524000000-3-0123…`.
package struct LetterCursor: Hashable, Sendable {
  package var at: Instant
  package var id: LetterID

  package var text: String { "\(at.milliseconds)-\(id.text)" }

  package init(at: Instant, id: LetterID) {
    self.at = at
    self.id = id
  }

  package init?(text: String) {
    guard let dash = text.firstIndex(of: "-"), let milliseconds = Int64(text[..<dash]),
      let id = LetterID(text: String(text[text.index(after: dash)...]))
    else { return nil }
    self.init(at: Instant(milliseconds: milliseconds), id: id)
  }

  /// Where a workspace's list goes on: letters of one moment come in order of workspaces, then ids.
  func place(in workspace: WorkspaceID) -> MessagePlace {
    if workspace < id.workspace { return .after(workspace, at) }
    return workspace == id.workspace ? .after(workspace, at, id.message.bytes) : .before(workspace, at)
  }
}

extension Node {
  /// Letters of all workspaces, newest first.
  package func mailboxView(
    cursor: LetterCursor?, limit: Int
  ) async throws(Problem) -> (rows: [LetterRowView], next: LetterCursor?) {
    var found: [MessageRecord] = []
    for workspace in try await perform({ partition throws(Problem) in partition.workspaces.map(\.id) }) {
      found += try await letters(workspace, from: cursor?.place(in: workspace) ?? .newest(workspace), limit: limit + 1)
    }
    found.sort { a, b in
      a.createdAt != b.createdAt ? a.createdAt > b.createdAt : (a.workspace, a.id) < (b.workspace, b.id)
    }
    let shown = Array(found.prefix(limit))
    let rows = try await perform { partition throws(Problem) in try partition.letterRows(shown) }
    let next = found.count > limit ? rows.last.map { LetterCursor(at: $0.row.record.createdAt, id: $0.id) } : nil
    return (rows, next)
  }

  private func letters(
    _ workspace: WorkspaceID, from start: MessagePlace, limit: Int
  ) async throws(Problem) -> [MessageRecord] {
    var letters: [MessageRecord] = []
    var from: MessagePlace? = start
    while let place = from, letters.count < limit {
      let room = limit - letters.count
      let (some, next) = try await perform { partition throws(Problem) in
        var some: [MessageRecord] = []
        let next = try partition.visitMessages(from: place, stepsMax: 1_000) { message, _ in
          if message.isInMailbox { some.append(message) }
          return some.count < room
        }
        return (some, next)
      }
      letters += some
      from = next
    }
    return letters
  }
}

extension Partition {
  fileprivate func letterRows(_ records: [MessageRecord]) throws(Problem) -> [LetterRowView] {
    var rows: [LetterRowView] = []
    for record in records {
      guard let workspace = definitions[record.workspace]?.workspace else { continue }
      let text = try content(of: record)?.text ?? ""
      rows.append(
        LetterRowView(
          id: LetterID(workspace: record.workspace, message: record.id), workspace: workspace,
          row: MessageRowView(record),
          preview: String(text.split(whereSeparator: \.isWhitespace).prefix(24).joined(separator: " "))))
    }
    return rows
  }

  /// A letter of the mailbox; nothing else is shown under such an id.
  package func letterView(_ id: LetterID) throws(Problem) -> (workspace: Workspace, message: MessageView) {
    guard let workspace = definitions[id.workspace]?.workspace,
      let record = try message(id.workspace, id.message.bytes), record.isInMailbox
    else { throw Problem(.notFound, "there is no such letter") }
    return (workspace, try messageView(id.workspace, record.id.text))
  }
}
