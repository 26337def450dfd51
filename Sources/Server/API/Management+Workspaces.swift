import Engine
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `POST /api/v1/workspaces` creates, `GET` lists.
  func workspaces(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    switch request.method {
    case .GET:
      let list = try await node.perform { partition throws(Problem) in partition.workspaces }
      return page(list.map(Self.describe), next: nil)
    case .POST:
      let body = try request.json()
      let idempotencyKey = request.headers.first(name: "idempotency-key")
      let created = try await node.perform { partition throws(Problem) in
        try partition.createWorkspace(body, idempotencyKey: idempotencyKey)
      }
      var document = Self.describe(created.workspace).members ?? []
      document.append(.init("writeKey", .string(created.writeKey)))
      document.append(.init("secretKey", .string(created.secretKey)))
      return .json(.object(document), status: .created)
    default: throw .noSuchPath(request)
    }
  }

  static func describe(_ workspace: Workspace) -> JSONValue {
    [
      "key": .string(workspace.key), "name": .string(workspace.name), "timezone": .string(workspace.timezone),
      "currency": .string(workspace.currency), "locale": .string(workspace.locale),
      "consentPolicy": .string(workspace.consentPolicy.rawValue), "createdAt": .string(workspace.createdAt.text),
    ]
  }

  /// `GET` and `POST /api/v1/clock`.
  func clock(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    switch request.method {
    case .GET:
      let now = try await node.perform { partition throws(Problem) in partition.now() }
      return .json(["now": .string(now.text)])
    case .POST:
      let target = try ClockTarget(request.json())
      let now = try await node.advanceClock(target)
      return .json(["now": .string(now.text)])
    default: throw .noSuchPath(request)
    }
  }
}

extension ClockTarget {
  /// `{"advance":"2h"}` or `{"to":"2026-03-01T10:00:00Z"}`.
  init(_ json: JSONValue) throws(Problem) {
    if let text = json["advance"]?.string {
      guard let span = TimeSpan(text: text) else {
        throw .invalid("/advance", "\"\(text)\" is no duration; write 90s, 10m, 2h, 3d or 1w")
      }
      self = .by(span)
    } else if let text = json["to"]?.string {
      guard let instant = Instant(iso8601: text) else {
        throw .invalid("/to", "\"\(text)\" is no RFC 3339 time such as 2026-03-01T10:00:00Z")
      }
      self = .to(instant)
    } else {
      throw .invalid("", "send {\"advance\":\"2h\"} or {\"to\":\"2026-03-01T10:00:00Z\"}")
    }
  }
}
