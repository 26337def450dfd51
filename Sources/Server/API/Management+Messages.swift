import Delivery
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `…/messages`, `…/messages/{id}` and `…/messages/{id}/why`.
  func messages(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    if request.method == .GET, path.count == 2, path[1] == "why" {
      let record = try await node.perform { partition throws(Problem) in
        try partition.describeWhy(workspace, path[0])
      }
      return .json(try node.signing.sign(record))
    }
    guard request.method == .GET, path.count <= 1 else { throw .noSuchPath(request) }
    guard let id = path.first else {
      var person: PersonID?
      if let text = request.query("person") {
        let reference = try PersonReference(text)
        person = try await node.perform { partition throws(Problem) in
          try partition.person(workspace, reference).id
        }
      }
      return try await listMessages(request, workspace, person: person)
    }
    let document = try await node.perform { partition throws(Problem) in
      try partition.describeMessage(workspace, id)
    }
    return .json(document)
  }

  func listMessages(
    _ request: HTTPRequest, _ workspace: WorkspaceID, person: PersonID?
  ) async throws(Problem) -> HTTPResponse {
    var filter = MessageFilter(person: person, journey: request.query("journey"))
    if let text = request.query("status") {
      guard let status = MessageStatus(rawValue: text) else {
        let known = MessageStatus.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid("/status", "\"\(text)\" is no status; use one of \(known)")
      }
      filter.status = status
    }
    if let text = request.query("since") {
      guard let since = Instant(iso8601: text) else {
        throw .invalid("/since", "\"\(text)\" is no RFC 3339 time such as 2026-03-01T10:00:00Z")
      }
      filter.since = since
    }
    let limit = try request.limit()
    let cursor = request.query("cursor")
    let found = try await node.perform { [filter] partition throws(Problem) in
      try partition.messages(workspace, filter, cursor: cursor, limit: limit)
    }
    return page(found.items, next: found.next)
  }

  /// `…/quarantine`: list, and `POST …/quarantine/replay` with `{"ids":[…]}` or mended events.
  func quarantine(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch (request.method, path) {
    case (.GET, []):
      let limit = try request.limit()
      let cursor = request.query("cursor")
      let found = try await node.perform { partition throws(Problem) in
        try partition.quarantined(workspace, cursor: cursor, limit: limit)
      }
      return page(found.items, next: found.next)
    case (.POST, ["replay"]):
      return .json(try await node.replayQuarantine(workspace, try request.json()))
    default: throw .noSuchPath(request)
    }
  }

  /// `POST …/import[?replay=true]`: a body as of `/v1/import`, with a management token.
  func importing(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    guard request.method == .POST, path.isEmpty else { throw .noSuchPath(request) }
    let mode: ImportMode = request.query("replay") == "true" ? .replay : .history
    return .json(try await node.importEvents(workspace, request.body, mode))
  }

  /// `GET …/audit`: every change of a definition, newest first.
  func audit(_ request: HTTPRequest, _ workspace: WorkspaceID) async throws(Problem) -> HTTPResponse {
    guard request.method == .GET else { throw .noSuchPath(request) }
    let items = try await node.perform { partition throws(Problem) in try partition.auditTrail(workspace) }
    return page(items, next: nil)
  }
}
