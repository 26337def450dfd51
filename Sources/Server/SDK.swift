import NIOHTTP1
import RoostCore
import Runtime
import WebSDK

/// What sites embed: the browser SDK and what it asks for. Open to every origin.
final class SDK: Sendable {
  private let node: Node

  init(node: Node) { self.node = node }

  /// `/sdk/…` and `/v1/push-key`.
  static func answers(_ request: HTTPRequest) -> Bool {
    request.path.first == "sdk" || request.path == ["v1", "push-key"]
  }

  func respond(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    guard request.method == .GET || request.method == .HEAD else {
      throw Problem(.invalid, "only GET is answered here")
    }
    if request.path == ["v1", "push-key"] { return try await pushKey(request) }
    guard request.path.count == 2, let file = WebSDK.file(request.path[1]) else { throw .noSuchPath(request) }
    return HTTPResponse(
      .ok,
      headers: [
        "content-type": "text/javascript; charset=utf-8", "access-control-allow-origin": "*",
        "cache-control": "public, max-age=3600", "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
      ], body: file)
  }

  /// The public key that a workspace's browsers subscribe to.
  private func pushKey(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    guard let key = request.query("writeKey"), let workspace = node.keys.workspace(writeKey: key) else {
      throw Problem(.unauthorized, "send the write key as ?writeKey=wk_…")
    }
    guard let publicKey = try await node.pushKey(workspace) else {
      throw Problem(.notFound, "the workspace has no channel of the type push.web")
    }
    var response = HTTPResponse.json(["publicKey": .string(publicKey)])
    response.headers.add(name: "access-control-allow-origin", value: "*")
    return response
  }
}
