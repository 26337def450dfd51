import NIOHTTP1
import RoostCore

/// The management interface of a running server, as the commands use it.
struct API: Sendable {
  let client: HTTPClient
  private let token: String

  init(_ client: HTTPClient, token: String) {
    self.client = client
    self.token = token
  }

  /// A call whose answer is JSON.
  func json(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws(Failure) -> JSONValue {
    var bytes: [UInt8] = []
    body?.write(into: &bytes)
    return try await call(method, path, body: bytes, type: "application/json")
  }

  func call(_ method: HTTPMethod, _ path: String, body: [UInt8], type: String) async throws(Failure) -> JSONValue {
    let answer = try await send(method, path, body: body, type: type)
    guard (200..<300).contains(answer.status) else { throw refusal(answer, method, path) }
    guard !answer.body.isEmpty else { return .null }
    do throws(JSONError) { return try JSONValue(parsing: answer.body) } catch {
      throw Failure(
        .unavailable, "\(client.address.text)\(path) answered no JSON; is this a Roost server? Check --url")
    }
  }

  /// A call whatever its status.
  func send(
    _ method: HTTPMethod, _ path: String, body: [UInt8], type: String
  ) async throws(Failure) -> HTTPAnswer {
    var headers: HTTPHeaders = ["authorization": "Bearer \(token)", "user-agent": "roost"]
    if !body.isEmpty { headers.add(name: "content-type", value: type) }
    return try await client.send(method, path, headers: headers, body: body)
  }

  /// Calls `body` with each item of a list, page after page.
  func forEach(_ path: String, limit: Int = 500, _ body: ([JSONValue]) async throws(Failure) -> Void)
    async throws(Failure)
  {
    var cursor: String?
    let mark = path.contains("?") ? "&" : "?"
    repeat {
      let page = try await json(
        .GET, "\(path)\(mark)limit=\(limit)" + (cursor.map { "&cursor=" + percentEncoded($0) } ?? ""))
      try await body(page["items"]?.array ?? [])
      cursor = page["next"]?.string
    } while cursor != nil
  }

  /// What a refused call means for the one who typed the command.
  func refusal(_ answer: HTTPAnswer, _ method: HTTPMethod, _ path: String) -> Failure {
    let document = (try? JSONValue(parsing: answer.body)) ?? .null
    let message =
      document["message"]?.string ?? document["detail"]?.string ?? "\(method) \(path) answered \(answer.status)"
    let findings = (document["errors"]?.array ?? []).map {
      (pointer: $0["pointer"]?.string ?? "", detail: $0["detail"]?.string ?? "")
    }
    switch answer.status {
    case 401:
      return Failure(
        .configuration,
        "\(client.address.text) does not know this token: \(message). Set \(Setting.token.variable), or --data to the server's directory"
      )
    case 429, 502, 503, 504: return Failure(.unavailable, message)
    default: return Failure(.foundProblem, Failure.text(message, findings))
    }
  }
}
