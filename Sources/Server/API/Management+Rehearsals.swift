import Delivery
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `POST …/journeys/rehearse`: begins, answers 202 with the id.
  func beginRehearsal(_ request: HTTPRequest, _ workspace: WorkspaceID) async throws(Problem) -> HTTPResponse {
    let id = try await node.beginRehearsal(workspace, try Self.readDrafts(try request.definition()))
    return .json(["id": .string(id), "state": "running"], status: .accepted)
  }

  /// Drafts come as YAML texts, of one document or several, or as documents.
  private static func readDrafts(_ body: JSONValue) throws(Problem) -> JSONValue {
    guard let members = body.members, let drafts = body["drafts"]?.array else { return body }
    var read: [JSONValue] = []
    for (place, draft) in drafts.enumerated() {
      guard let text = draft.string else {
        read.append(draft)
        continue
      }
      do throws(Problem) { read += try JSONValue.documents(yaml: text) } catch {
        throw .invalid("/drafts/\(place)", error.message)
      }
    }
    return .object(members.map { $0.key == "drafts" ? .init("drafts", .array(read)) : $0 })
  }

  /// `…/rehearsals`: list, read, messages, one person's way, what differs from another, cancel, delete.
  func rehearsals(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch (request.method, path.count) {
    case (.GET, 0): return page(try node.listRehearsals(workspace), next: nil)
    case (.GET, 1): return .json(try node.describeRehearsal(workspace, path[0]))
    case (.GET, 2) where path[1] == "messages": return try await rehearsedMessages(request, workspace, path[0])
    case (.GET, 3) where path[1] == "difference":
      return .json(try await node.rehearsalDifference(workspace, path[0], path[2]))
    case (.GET, 3) where path[1] == "people":
      return .json(try await node.rehearsedPerson(workspace, path[0], try PersonReference(path[2])))
    case (.POST, 2) where path[1] == "cancel":
      try node.cancelRehearsal(workspace, path[0])
      return .json(try node.describeRehearsal(workspace, path[0]))
    case (.DELETE, 1):
      try node.deleteRehearsal(workspace, path[0])
      return HTTPResponse(.noContent)
    default: throw .noSuchPath(request)
    }
  }

  private func rehearsedMessages(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ id: String
  ) async throws(Problem) -> HTTPResponse {
    var filter = RehearsedMessageFilter(journey: request.query("journey"))
    if let text = request.query("person") {
      let reference = try PersonReference(text)
      filter.person = try await node.perform { partition throws(Problem) in
        try partition.person(workspace, reference).id
      }
    }
    if let text = request.query("status") {
      guard let status = MessageStatus(rawValue: text) else {
        throw .invalid("/status", "\"\(text)\" is no status; a rehearsal knows sent, suppressed and held")
      }
      filter.status = status
    }
    let found = try await node.rehearsedMessages(
      workspace, id, filter, cursor: request.query("cursor"), limit: try request.limit())
    return page(found.items, next: found.next)
  }
}
