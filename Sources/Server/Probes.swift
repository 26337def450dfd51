import NIOHTTP1
import RoostCore
import Runtime

/// What machines ask: alive, ready, figures, and the description of the interface.
final class Probes: Sendable {
  private let node: Node
  private let admission: Admission
  private let connections: Connections
  private let isLoopback: Bool

  /// - Parameter isLoopback: nobody outside this machine can reach the port.
  init(node: Node, admission: Admission, connections: Connections, isLoopback: Bool) {
    self.node = node
    self.admission = admission
    self.connections = connections
    self.isLoopback = isLoopback
  }

  func respond(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    guard request.method == .GET || request.method == .HEAD else {
      throw Problem(.invalid, "only GET is answered here")
    }
    switch request.path {
    case ["healthz"]: return .json(["status": "alive"])
    case ["readyz"]: return readiness()
    case ["metrics"]:
      return try await metrics(ofChannels: try mayReadNames(request))
    case ["openapi.json"]: return .json(OpenAPI.document)
    default:
      guard request.path.count == 2, let schema = Schemas.named(request.path[1]) else {
        throw Problem(.notFound, "there is nothing at \(request.rawPath)")
      }
      return .json(schema)
    }
  }

  private func readiness() -> HTTPResponse {
    let reasons = node.reasonsNotReady
    let document: JSONValue = [
      "status": .string(reasons.isEmpty ? "ready" : "not ready"), "reasons": .array(reasons.map(JSONValue.string)),
      "publicUrl": node.publicURL.map(JSONValue.string) ?? .null,
    ]
    return .json(document, status: reasons.isEmpty ? .ok : .serviceUnavailable)
  }

  /// The figures of channels name workspaces: only who is on this machine reads them without the operator's token, and
  /// nobody for whom a proxy on it asks. The others are anybody's.
  private func mayReadNames(_ request: HTTPRequest) throws(Problem) -> Bool {
    let isForwarded = ["forwarded", "x-forwarded-for", "x-real-ip"].contains { request.headers.contains(name: $0) }
    if isLoopback, !isForwarded { return true }
    guard let token = request.bearer else { return false }
    guard node.keys.isOperator(token) else {
      throw Problem(.unauthorized, "send Authorization: Bearer with the operator token, or none")
    }
    return true
  }

  private func metrics(ofChannels hasChannels: Bool) async throws(Problem) -> HTTPResponse {
    var gauges = try await node.gauges()
    gauges.append(("roost_admitted_body_bytes", "Bytes of request bodies in memory", Double(admission.bytes)))
    gauges.append(("roost_connections", "Open HTTP connections", Double(connections.count)))
    let text = node.metrics.text(gauges: gauges) + (hasChannels ? try await node.channelMetrics() : "")
    return .text(text, type: "text/plain; version=0.0.4; charset=utf-8")
  }
}
