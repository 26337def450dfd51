import NIOHTTP1
import RoostCore
import Runtime

/// `/v1/inbound/http/{sourceKey}`: what a provider reports about messages of a channel, by POST or GET; and
/// `/v1/inbound/telegram/{sourceKey}`: what people tell a bot. The key in the address says for which channel; it opens
/// nothing else.
final class InboundCallback: Sendable {
  private let node: Node
  private static let bodyBytesMax = 1 << 20

  init(node: Node) { self.node = node }

  static func isInbound(_ request: HTTPRequest) -> Bool {
    request.path.count == 4 && request.path.starts(with: ["v1", "inbound"])
      && ["http", "telegram"].contains(request.path[2])
  }

  func respond(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    guard case .inbound(let workspace, let channel)? = node.linkSigner.link(request.path[3]) else {
      throw Problem(.notFound, "there is no such source")
    }
    guard request.method == .POST || request.method == .GET else {
      throw .invalid("", "send reports to this address by POST or GET")
    }
    guard request.body.count <= Self.bodyBytesMax else {
      throw Problem(.tooLarge, "a call has at most \(Self.bodyBytesMax) bytes")
    }
    if request.path[2] == "telegram" {
      try await node.receive(
        telegram: request.body, secret: request.headers.first(name: "x-telegram-bot-api-secret-token"), workspace,
        channel: channel)
      return .json(["ok": true])
    }
    let verdict = try await node.receive(
      callback: request.body, query: request.query, header: { request.headers.first(name: $0) }, workspace,
      channel: channel)
    return .json(["taken": .int(Int64(verdict.taken)), "unknown": .int(Int64(verdict.unknown))])
  }
}
