import RoostCore

/// The access token of a service account: fetched when first needed, and again before it expires; whoever comes meanwhile
/// waits for the same one.
actor AccessToken {
  private let account: ServiceAccount
  private let client: WebClient
  private let now: @Sendable () -> Instant
  private var current: (text: String, until: Instant)?
  private var fetching: Task<Result<String, Refusal>, Never>?

  /// No token, and what that means for messages.
  struct Refusal: Error {
    var outcome: TransportOutcome
  }

  init(_ account: ServiceAccount, client: WebClient, now: @escaping @Sendable () -> Instant) {
    self.account = account
    self.client = client
    self.now = now
  }

  func text() async throws(Refusal) -> String {
    if let current, now() < current.until { return current.text }
    if let fetching { return try await fetching.value.get() }
    let task = Task { await fetch() }
    fetching = task
    let result = await task.value
    fetching = nil
    return try result.get()
  }

  /// The provider did not take it.
  func forget(_ text: String) { if current?.text == text { current = nil } }

  private func fetch() async -> Result<String, Refusal> {
    guard let assertion = account.assertion(now: now()) else {
      return .failure(Refusal(outcome: .deferred(detail: "the key does not sign", retryAfter: nil, fault: .channel)))
    }
    let body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
    do throws(WebFailure) {
      let answer = try await client.send(
        WebRequest(
          url: account.tokenURL, headers: [("Content-Type", "application/x-www-form-urlencoded")],
          body: Array(body.utf8)))
      let json: JSONValue?
      do throws(JSONError) { json = try JSONValue(parsing: answer.body) } catch { json = nil }
      guard answer.status == 200, let text = json?["access_token"]?.string, !text.isEmpty else {
        let reason = json?["error_description"]?.string ?? json?["error"]?.string ?? answer.excerpt
        return .failure(
          Refusal(
            outcome: .deferred(
              detail: "no access token: \(answer.status) \(reason)",
              retryAfter: RetryAfter.span(answer.header("retry-after"), now: now()), fault: .channel)))
      }
      let life = max(60, min(json?["expires_in"]?.int ?? 3_600, 86_400))
      current = (text, now() + .seconds(life - min(300, life / 2)))
      return .success(text)
    } catch {
      // No message has been sent yet, whatever became of this request.
      let detail: String =
        switch error {
        case .notSent(let detail), .refused(let detail), .noAnswer(let detail): detail
        }
      return .failure(
        Refusal(outcome: .deferred(detail: "no access token: \(detail)", retryAfter: nil, fault: .channel)))
    }
  }
}
