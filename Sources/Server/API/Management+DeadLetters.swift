import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `…/dead-letters` and `POST …/dead-letters/redrive`.
  func deadLetters(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    switch (request.method, path) {
    case (.GET, []):
      let filter = try Self.filter(channel: request.query("channel"), request.query("journey"), request.query("since"))
      let limit = try request.limit()
      let cursor = request.query("cursor")
      let found = try await node.perform { partition throws(Problem) in
        try partition.deadLetters(workspace, filter, cursor: cursor, limit: limit)
      }
      return page(found.items, next: found.next)
    case (.POST, ["redrive"]): return .json(try await redrive(try request.json(), workspace))
    default: throw .noSuchPath(request)
    }
  }

  /// `{"ids":[…]}`, or `{"all":true,"channel"?,"journey"?,"since"?,"limit"?}`.
  private func redrive(_ body: JSONValue, _ workspace: WorkspaceID) async throws(Problem) -> JSONValue {
    let known = ["ids", "all", "channel", "journey", "since", "limit"]
    for member in body.members ?? [] where !known.contains(member.key) {
      throw .invalid("/" + pointerToken(member.key), "known here: \(known.joined(separator: ", "))")
    }
    let ids = (body["ids"]?.array ?? []).compactMap(\.string)
    guard ids.isEmpty == (body["all"]?.bool == true) else {
      throw .invalid("", "send {\"ids\":[…]}, or {\"all\":true} with channel, journey or since")
    }
    guard ids.count == body["ids"]?.array?.count ?? 0, ids.count <= Node.redrivesMax else {
      throw .invalid("/ids", "a list of at most \(Node.redrivesMax) ids of messages")
    }
    let limit = body["limit"]?.int ?? Int64(Node.redrivesMax)
    guard (1...Int64(Node.redrivesMax)).contains(limit) else {
      throw .invalid("/limit", "a whole number from 1 to \(Node.redrivesMax)")
    }
    let filter = try Self.filter(channel: body["channel"]?.string, body["journey"]?.string, body["since"]?.string)
    return try await node.redrive(workspace, ids: ids, all: ids.isEmpty ? filter : nil, limit: Int(limit))
  }

  private static func filter(
    channel: String?, _ journey: String?, _ since: String?
  ) throws(Problem) -> DeadLetterFilter {
    var filter = DeadLetterFilter(channel: channel, journey: journey)
    if let since {
      guard let moment = Instant(iso8601: since) else {
        throw .invalid("/since", "\"\(since)\" is no RFC 3339 time such as 2026-03-01T10:00:00Z")
      }
      filter.since = moment
    }
    return filter
  }
}
