import Engine
import NIOHTTP1
import Profiles
import RoostCore
import Runtime

extension Management {
  /// `…/people`, `…/people/{ref}` and what hangs below a person.
  func people(_ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]) async throws(Problem) -> HTTPResponse
  {
    guard let ref = path.first else {
      guard request.method == .GET else { throw .noSuchPath(request) }
      return try await searchPeople(request, workspace)
    }
    let reference = try PersonReference(ref)
    switch (request.method, path.dropFirst().first) {
    case (.GET, nil):
      let document = try await node.perform { partition throws(Problem) in
        try partition.personDocument(workspace, reference)
      }
      return .json(document)
    case (.DELETE, nil):
      try await node.perform { partition throws(Problem) in try partition.erase(workspace, reference) }
      return HTTPResponse(.noContent)
    case (.GET, "timeline"):
      return try await timeline(request, workspace, reference)
    case (.GET, "segments"):
      let items = try await node.perform { partition throws(Problem) in
        try partition.segmentsOfPerson(workspace, reference)
      }
      return page(items, next: nil)
    case (.GET, "consents"):
      let items = try await node.perform { partition throws(Problem) in
        try partition.consents(workspace, reference)
      }
      return page(items, next: nil)
    case (.PUT, "consents"):
      let body = try request.json()
      let items = try await node.perform { partition throws(Problem) in
        try partition.putConsents(workspace, reference, body)
      }
      return page(items, next: nil)
    case (_, "devices"): return try await devices(request, workspace, reference, Array(path.dropFirst(2)))
    case (.GET, "messages"):
      let person = try await node.perform { partition throws(Problem) in
        try partition.person(workspace, reference).id
      }
      return try await listMessages(request, workspace, person: person)
    case (.POST, "telegram-link"):
      let person = try await node.perform { partition throws(Problem) in
        try partition.person(workspace, reference).id
      }
      guard let link = try await node.telegramLink(workspace, person) else {
        throw Problem(.conflict, "the workspace has no channel of the type telegram.bot that names its bot")
      }
      return .json(link)
    case (.GET, "export"):
      let document = try await node.perform { partition throws(Problem) in
        try partition.exportPerson(workspace, reference)
      }
      var response = HTTPResponse.json(document)
      response.headers.add(name: "content-disposition", value: "attachment; filename=\"person.json\"")
      return response
    default: throw .noSuchPath(request)
    }
  }

  private func searchPeople(_ request: HTTPRequest, _ workspace: WorkspaceID) async throws(Problem) -> HTTPResponse {
    let found = try await node.searchPeople(
      workspace, query: request.query("query") ?? "", cursor: request.query("cursor"), limit: try request.limit())
    return page(found.items, next: found.next)
  }

  private func timeline(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ reference: PersonReference
  ) async throws(Problem) -> HTTPResponse {
    let limit = try request.limit()
    let cursor = request.query("cursor")
    let found = try await node.perform { partition throws(Problem) in
      try partition.timeline(workspace, reference, cursor: cursor, limit: limit)
    }
    return page(found.items, next: found.next)
  }
}
