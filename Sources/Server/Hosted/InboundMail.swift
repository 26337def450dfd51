import Channels
import NIOHTTP1
import RoostCore
import Runtime

/// `POST /v1/inbound/email/{sourceKey}`: a message that came back, as your mail server or provider got it. The key in the
/// address says for which channel; it opens nothing else.
final class InboundMail: Sendable {
  private let node: Node
  private static let messageBytesMax = 8 << 20

  init(node: Node) { self.node = node }

  static func isInbound(_ request: HTTPRequest) -> Bool {
    request.path.count == 4 && request.path.starts(with: ["v1", "inbound", "email"])
  }

  func respond(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    guard case .inbound(let workspace, let channel)? = node.linkSigner.link(request.path[3]) else {
      throw Problem(.notFound, "there is no such source")
    }
    guard request.method == .POST else {
      throw .invalid("", "post the raw message (message/rfc822) to this address")
    }
    guard !request.body.isEmpty else { throw .invalid("", "the body is empty; send the raw message") }
    let verdict = try await node.receive(returned: request.body, workspace, channel: channel)
    var members: [JSONValue.Member] = [.init("kind", .string(verdict.kind.rawValue))]
    if let message = verdict.message { members.append(.init("message", .string(message.text))) }
    members.append(.init("recipients", .array(verdict.recipients.map(Self.describe))))
    return .json(.object(members))
  }

  private static func describe(_ recipient: ReturnedMessage.Recipient) -> JSONValue {
    [
      "address": .string(recipient.address), "permanent": .bool(recipient.isPermanent),
      "dead": .bool(recipient.isAddressDead), "status": .string(recipient.status),
    ]
  }
}
