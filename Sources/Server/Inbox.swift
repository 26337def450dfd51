import NIOHTTP1
import RoostCore
import Runtime

/// `/v1/inbox`: messages on a site or in an app, for the browser or the app of whoever they are for; and
/// `/v1/telegram-link`. Open to every origin: what a caller may read depends on what they prove, not on where they are.
final class Inbox: Sendable {
  private let node: Node
  private static let bodyBytesMax = 16 << 10
  private static let itemsMax = 100

  init(node: Node) { self.node = node }

  static func answers(_ request: HTTPRequest) -> Bool {
    request.path.starts(with: ["v1", "inbox"]) || request.path == ["v1", "telegram-link"]
  }

  private static let cors: HTTPHeaders = [
    "access-control-allow-origin": "*", "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": "authorization, content-type, x-roost-user-token",
    "access-control-max-age": "86400",
  ]

  func respond(_ request: HTTPRequest) async -> HTTPResponse {
    if request.method == .OPTIONS { return HTTPResponse(.noContent, headers: Self.cors) }
    var response: HTTPResponse
    do throws(Problem) { response = try await answer(request) } catch { response = .problem(error) }
    response.headers.replaceOrAdd(name: "access-control-allow-origin", value: "*")
    // Somebody's messages: nothing on the way may keep them.
    response.headers.replaceOrAdd(name: "cache-control", value: "no-store, private")
    return response
  }

  private struct Call {
    var workspace: WorkspaceID
    var identity: InboxIdentity
    var limit: Int
    var url: String
  }

  private func answer(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let call = try call(request)
    switch (request.method, request.path.count) {
    case (.GET, 2) where request.path[1] == "inbox", (.POST, 2) where request.path[1] == "inbox":
      return .json(try await node.inbox(call.workspace, call.identity, limit: call.limit))
    case (.POST, 2):
      guard let link = try await node.telegramLink(call.workspace, call.identity) else {
        throw Problem(.notFound, "nobody is known by that, or there is no bot")
      }
      return .json(link)
    case (.POST, 4):
      guard let report = InboxReport(rawValue: request.path[3]) else { throw .noSuchPath(request) }
      try await node.report(report, request.path[2], call.workspace, call.identity, url: call.url)
      return HTTPResponse(.noContent)
    default: throw .noSuchPath(request)
    }
  }

  /// The body's members, or the query's; a GET has the token in a header, since addresses are written down everywhere.
  private func call(_ request: HTTPRequest) throws(Problem) -> Call {
    guard request.body.count <= Self.bodyBytesMax else {
      throw Problem(.tooLarge, "a call has at most \(Self.bodyBytesMax) bytes")
    }
    let body: JSONValue = request.method == .POST ? try request.json() : .object([])
    func text(_ name: String) -> String { body[name]?.string ?? request.query(name) ?? "" }
    let key = request.bearer ?? request.basicUser ?? text("writeKey")
    guard let workspace = node.keys.workspace(writeKey: key) else {
      throw Problem(.unauthorized, "send the write key as Authorization: Bearer, or as writeKey")
    }
    let token = body["userToken"]?.string ?? request.headers.first(name: "x-roost-user-token") ?? ""
    let limit = body["limit"]?.int.map { Int($0) } ?? request.query("limit").flatMap { Int($0) } ?? 20
    return Call(
      workspace: workspace,
      identity: InboxIdentity(anonymousID: text("anonymousId"), userID: text("userId"), userToken: token),
      limit: max(1, min(limit, Self.itemsMax)), url: String(text("url").prefix(1_024)))
  }
}

extension HTTPRequest {
  /// The user name of HTTP Basic.
  fileprivate var basicUser: String? {
    guard let header = headers.first(name: "authorization"), header.lowercased().hasPrefix("basic "),
      let decoded = base64Decoded(header.dropFirst(6).utf8)
    else { return nil }
    return String(decoding: decoded.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
  }
}
