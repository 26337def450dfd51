import Engine
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `…/channels`, `…/channels/{key}/health` and `…/channels/{key}/test`.
  func channels(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    if path.count == 2, path[1] == "webhook", [.POST, .DELETE].contains(request.method) {
      return .json(try await node.setTelegramWebhook(workspace, path[0], isOn: request.method == .POST))
    }
    if request.method == .POST, path.count == 2, path[1] == "test" {
      return .json(try await node.tryChannel(workspace, path[0], try request.json()))
    }
    guard request.method == .GET, path.count == 2, path[1] == "health" else {
      return try await documents(request, workspace, .channel, path)
    }
    return .json(
      try await node.channelHealth(workspace, path[0], probing: request.query("probe") == "true"))
  }

  /// `…/people/{ref}/devices`: where push messages reach a person.
  func devices(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ reference: PersonReference, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch (request.method, path.count) {
    case (.GET, 0):
      let items = try await node.perform { partition throws(Problem) in try partition.devices(workspace, reference) }
      return page(items, next: nil)
    case (.PUT, 0):
      let body = try request.json()
      let items = try await node.perform { partition throws(Problem) in
        try partition.putDevice(workspace, reference, body)
      }
      return page(items, next: nil)
    case (.DELETE, 1):
      try await node.perform { partition throws(Problem) in
        try partition.removeDevice(workspace, reference, path[0])
      }
      return HTTPResponse(.noContent)
    default: throw .noSuchPath(request)
    }
  }
}
