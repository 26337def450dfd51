import RoostCore

/// What the Bot API answers: `{"ok":true,"result":…}` or `{"ok":false,"error_code","description","parameters"}`.
public struct TelegramAnswer: Sendable {
  public var result: JSONValue?
  public var code: Int
  public var description: String
  public var retryAfter: TimeSpan?
  public var migratedTo: String?

  public init(_ answer: WebAnswer) {
    let document: JSONValue
    do throws(JSONError) { document = try JSONValue(parsing: answer.body) } catch { document = .null }
    code = Int(document["error_code"]?.int ?? Int64(answer.status))
    description = document["description"]?.string.map { $0.prefix(scalars: 300) } ?? answer.excerpt
    result = document["ok"]?.bool == true ? document["result"] : nil
    let seconds = document["parameters"]?["retry_after"]?.int ?? answer.header("retry-after").flatMap { Int64($0) }
    retryAfter = seconds.map { .seconds(min(max($0, 0), 86_400)) }
    migratedTo = document["parameters"]?["migrate_to_chat_id"]?.int.map(String.init)
  }

  /// Descriptions of a chat that is none, or none any more (core.telegram.org/bots/api gives no list; these are what the
  /// server's source says).
  private static let dead = [
    "chat not found", "user not found", "peer_id_invalid", "user is deactivated", "bot was kicked",
    "bot can't initiate conversation", "group chat was deleted", "have no rights to send",
  ]

  /// What became of a message for `chat`.
  public func outcome(chat: String) -> TransportOutcome {
    let detail = "\(code) \(description)"
    if let result {
      let message = result["message_id"]?.int.map(String.init) ?? ""
      return .sent(id: message.isEmpty ? "" : "\(chat):\(message)", detail: "200 message \(message)")
    }
    if let migratedTo { return .moved(to: migratedTo, detail: detail) }
    let words = description.lowercased()
    switch code {
    case 200...299: return .unknown(detail: detail)
    case 403 where words.contains("blocked by the user"): return .blocked(detail: detail)
    case 400 where Self.dead.contains(where: words.contains), 403: return .gone(detail: detail, since: nil)
    case 429: return .deferred(detail: detail, retryAfter: retryAfter, fault: .throttled)
    // The token is wrong: no message gets through.
    case 401, 404: return .deferred(detail: detail, retryAfter: nil, fault: .channel)
    case 500...599, 408: return .deferred(detail: detail, retryAfter: retryAfter, fault: .channel)
    default: return .rejected(detail: detail)
    }
  }
}
