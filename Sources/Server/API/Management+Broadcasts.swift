import Engine
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `…/broadcasts`: list, read, put, delete, estimate, and what may be done with one.
  func broadcasts(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch (request.method, path.count) {
    case (.GET, 0):
      let views = try await node.perform { partition throws(Problem) in try partition.broadcastViews(workspace) }
      return page(views.map(\.json), next: nil)
    case (.GET, 1): return .json(try await describe(path[0], workspace))
    case (.PUT, 1):
      let body = try request.definition()
      try await node.perform { partition throws(Problem) in
        _ = try partition.putDocument(workspace, .broadcast, key: path[0], body)
      }
      return .json(try await describe(path[0], workspace))
    case (.DELETE, 1):
      try await node.perform { partition throws(Problem) in try partition.removeBroadcast(workspace, path[0]) }
      return HTTPResponse(.noContent)
    case (.POST, 2) where path[1] == "estimate":
      return .json(try await node.estimateBroadcast(workspace, path[0]).json)
    case (.POST, 2):
      guard let action = BroadcastAction(rawValue: path[1]) else {
        throw Problem(.notFound, "a broadcast knows estimate, start, pause, resume and stop, not \(path[1])")
      }
      try await node.perform { partition throws(Problem) in
        try partition.act(workspace, broadcast: path[0], action)
      }
      return .json(try await describe(path[0], workspace))
    default: throw .noSuchPath(request)
    }
  }

  private func describe(_ key: String, _ workspace: WorkspaceID) async throws(Problem) -> JSONValue {
    try await node.perform { partition throws(Problem) in try partition.broadcastView(workspace, key).json }
  }
}
