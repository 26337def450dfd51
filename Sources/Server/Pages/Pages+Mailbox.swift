import Console
import Engine
import RoostCore
import Runtime

extension Pages {
  func showMailbox(_ visit: Visit) async throws(Problem) -> HTTPResponse {
    let room = try await lobby(visit)
    let cursor = visit.request.query("cursor").flatMap(LetterCursor.init(text:))
    let found = try await node.mailboxView(cursor: cursor, limit: Self.rowsPerPage)
    var total = 0
    for workspace in room.view.workspaces {
      total += try await figures(of: Room(visit: visit, view: room.view, workspace: workspace)).inMailbox
    }
    let page = MailboxPage(
      rows: found.rows.map {
        .init(
          id: $0.id.text, workspace: WorkspaceName(key: $0.workspace.key, name: $0.workspace.name),
          to: $0.row.record.to, subject: $0.row.record.subject, preview: $0.preview, at: $0.row.record.createdAt)
      }, total: max(total, found.rows.count), isFirst: cursor == nil, next: found.next?.text)
    return answer(page, room)
  }

  func showLetter(_ id: String, _ visit: Visit) async throws(Problem) -> HTTPResponse {
    let (workspace, view) = try await letter(id)
    guard let content = LetterContent(view, workspaceName: workspace.name) else {
      throw Problem(.notFound, "there is no such letter")
    }
    let room = try await enter(workspace.key, visit)
    let page = LetterPage(
      id: id, workspace: WorkspaceName(key: workspace.key, name: workspace.name),
      messageID: view.row.record.id.text, letter: content)
    return answer(page, room)
  }

  func letterBody(_ id: String) async throws(Problem) -> HTTPResponse {
    guard let html = try await letter(id).message.content?.html else {
      throw Problem(.notFound, "the letter has no HTML")
    }
    return Self.letterBody(html)
  }

  private func letter(_ text: String) async throws(Problem) -> (workspace: Workspace, message: MessageView) {
    guard let id = LetterID(text: text) else { throw Problem(.notFound, "there is no such letter") }
    return try await node.perform { partition throws(Problem) in try partition.letterView(id) }
  }
}
