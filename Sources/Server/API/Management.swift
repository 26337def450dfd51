import Engine
import NIOHTTP1
import RoostCore
import Runtime

/// The management interface below `/api/v1`: who may call, which workspace, which resource.
final class Management: Sendable {
  let node: Node

  init(node: Node) { self.node = node }

  /// Who calls: the operator may do everything, a workspace's secret key everything within its workspace.
  enum Caller {
    case `operator`
    case workspace(WorkspaceID)
  }

  func caller(_ request: HTTPRequest) throws(Problem) -> Caller {
    guard let token = request.bearer else {
      throw Problem(.unauthorized, "send Authorization: Bearer with the operator token or the workspace's secret key")
    }
    if node.keys.isOperator(token) { return .operator }
    if let workspace = node.keys.workspace(secretKey: token) { return .workspace(workspace) }
    throw Problem(.unauthorized, "this token opens nothing")
  }

  func respond(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let caller = try caller(request)
    let author: Author = if case .operator = caller { .operator } else { .secretKey }
    return try await author.asking { () async throws(Problem) in try await respond(request, caller) }
  }

  private func respond(_ request: HTTPRequest, _ caller: Caller) async throws(Problem) -> HTTPResponse {
    guard request.path.count >= 3, request.path[1] == "v1" else { throw .noSuchPath(request) }
    let rest = Array(request.path.dropFirst(3))
    switch request.path[2] {
    case "clock":
      guard case .operator = caller else { throw .noSuchPath(request) }
      return try await clock(request)
    case "backup":
      guard case .operator = caller else { throw .noSuchPath(request) }
      return try await backup(request)
    case "signing-key" where request.method == .GET && rest.isEmpty:
      return .json(["algorithm": "Ed25519", "publicKey": .string(node.signing.publicKey)])
    case "workspaces" where rest.isEmpty:
      guard case .operator = caller else { throw .noSuchPath(request) }
      return try await workspaces(request)
    case "workspaces":
      // Another workspace's paths do not exist for a secret key: 404, as for a workspace that is not there.
      let workspace = try await node.perform { partition throws(Problem) in try partition.workspace(key: rest[0]).id }
      if case .workspace(let own) = caller, own != workspace { throw .noSuchPath(request) }
      return try await resource(request, workspace, Array(rest.dropFirst()))
    default: throw .noSuchPath(request)
    }
  }

  private func resource(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch path.first {
    case "people": return try await people(request, workspace, Array(path.dropFirst()))
    case "segments": return try await segments(request, workspace, Array(path.dropFirst()))
    case "journeys": return try await journeys(request, workspace, Array(path.dropFirst()))
    case "broadcasts": return try await broadcasts(request, workspace, Array(path.dropFirst()))
    case "templates": return try await templates(request, workspace, Array(path.dropFirst()))
    case "catalog": return try await catalog(request, workspace, Array(path.dropFirst()))
    case "vouchers": return try await vouchers(request, workspace, Array(path.dropFirst()))
    case "channels": return try await channels(request, workspace, Array(path.dropFirst()))
    case "rehearsals": return try await rehearsals(request, workspace, Array(path.dropFirst()))
    case "policies": return try await policies(request, workspace, Array(path.dropFirst()))
    case "preference-centre":
      guard path.count == 1 else { throw .noSuchPath(request) }
      return try await documents(request, workspace, .preferenceCentre, path)
    case "suppressions": return try await suppressions(request, workspace, Array(path.dropFirst()))
    case "messages": return try await messages(request, workspace, Array(path.dropFirst()))
    case "dead-letters": return try await deadLetters(request, workspace, Array(path.dropFirst()))
    case "quarantine": return try await quarantine(request, workspace, Array(path.dropFirst()))
    case "import": return try await importing(request, workspace, Array(path.dropFirst()))
    case "audit": return try await audit(request, workspace)
    default: throw .noSuchPath(request)
    }
  }
}

extension Problem {
  static func noSuchPath(_ request: HTTPRequest) -> Problem {
    Problem(.notFound, "there is nothing at \(request.method) \(request.rawPath)")
  }
}

extension HTTPRequest {
  /// The body as JSON.
  func json() throws(Problem) -> JSONValue {
    guard !body.isEmpty else { throw .invalid("", "the body is empty; send a JSON object") }
    do throws(JSONError) { return try JSONValue(parsing: body) } catch {
      throw .invalid("", "the body is no JSON: \(error.reason) at byte \(error.offset)")
    }
  }

  /// A definition: JSON, or YAML where the content type says so.
  func definition() throws(Problem) -> JSONValue {
    let type = headers.first(name: "content-type")?.lowercased() ?? ""
    return type.contains("yaml") ? try JSONValue(yaml: String(decoding: body, as: UTF8.self)) : try json()
  }

  /// `?limit=`, from 1 to 1,000; 50 unless told.
  func limit() throws(Problem) -> Int {
    guard let text = query("limit") else { return 50 }
    guard let limit = Int(text), limit >= 1, limit <= 1_000 else {
      throw .invalid("/limit", "limit is a whole number from 1 to 1000, not \(text)")
    }
    return limit
  }
}

/// A page of a list: `{"items":[…],"next":"cursor"|null}`.
func page(_ items: [JSONValue], next: String?) -> HTTPResponse {
  .json(["items": .array(items), "next": next.map(JSONValue.string) ?? .null])
}
