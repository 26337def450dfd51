import RoostCore

/// Firebase Cloud Messaging, HTTP v1: one request a message, with an access token of a service account.
public struct FCMTransport: MessageTransport {
  public struct Configuration: Sendable {
    /// Where Google's interface is.
    public var server = "https://fcm.googleapis.com"
    public var ttlSeconds = 86_400
    /// Whether addresses are Firebase installation ids instead of registration tokens.
    public var usesInstallationIDs = false
    public init() {}
  }

  private let account: ServiceAccount
  private let token: AccessToken
  private let client: WebClient
  private let configuration: Configuration
  private let now: @Sendable () -> Instant

  public init(
    account: ServiceAccount, client: WebClient, configuration: Configuration = Configuration(),
    now: @escaping @Sendable () -> Instant
  ) {
    self.account = account
    self.client = client
    self.configuration = configuration
    self.now = now
    token = AccessToken(account, client: client, now: now)
  }

  public func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome] {
    await concurrently(envelopes) { await send($0, validateOnly: false) }
  }

  private func send(_ envelope: MessageEnvelope, validateOnly: Bool) async -> TransportOutcome {
    let access: String
    do throws(AccessToken.Refusal) { access = try await token.text() } catch { return error.outcome }
    var body: [JSONValue.Member] = [.init("message", message(envelope))]
    if validateOnly { body.insert(.init("validate_only", true), at: 0) }
    do throws(WebFailure) {
      let answer = try await client.send(
        WebRequest(
          url: "\(configuration.server)/v1/projects/\(account.projectID)/messages:send",
          headers: [("Authorization", "Bearer \(access)"), ("Content-Type", "application/json")],
          body: JSONValue.object(body).bytes))
      if answer.status == 401 { await token.forget(access) }
      return Self.outcome(answer, now: now())
    } catch { return TransportOutcome(error) }
  }

  func message(_ envelope: MessageEnvelope) -> JSONValue {
    var notification: [JSONValue.Member] = []
    for name in ["title", "body", "image"] {
      if let text = envelope.field(name) { notification.append(.init(name, .string(text))) }
    }
    let name = configuration.usesInstallationIDs ? "fid" : "token"
    var members: [JSONValue.Member] = [
      .init(name, .string(envelope.address)), .init("notification", .object(notification)),
      .init("data", .object(Self.data(envelope))), .init("android", android(envelope)),
    ]
    if let url = envelope.field("url"), url.hasPrefix("https://") {
      members.append(.init("webpush", ["fcm_options": ["link": .string(url)]]))
    }
    return .object(members)
  }

  private func android(_ envelope: MessageEnvelope) -> JSONValue {
    let left = envelope.expiresAt.map { max(0, ($0 - now()).milliseconds / 1_000) } ?? .max
    var android: [JSONValue.Member] = [
      .init("priority", envelope.isTransactional ? "high" : "normal"),
      .init("ttl", .string("\(min(left, Int64(configuration.ttlSeconds)))s")),
    ]
    var shown: [JSONValue.Member] = []
    for (name, field) in [("icon", "icon"), ("sound", "sound"), ("tag", "tag")] {
      if let text = envelope.field(field) { shown.append(.init(name, .string(text))) }
    }
    if let tag = envelope.field("tag") { android.append(.init("collapse_key", .string(tag))) }
    if !shown.isEmpty { android.append(.init("notification", .object(shown))) }
    return .object(android)
  }

  /// FCM's data are texts only.
  private static func data(_ envelope: MessageEnvelope) -> [JSONValue.Member] {
    var data: [JSONValue.Member] = [.init("roost_id", .string(envelope.id))]
    if let token = envelope.tapToken { data.append(.init("roost_tap", .string(token))) }
    if let url = envelope.field("url") { data.append(.init("url", .string(url))) }
    guard let text = envelope.field("data") else { return data }
    do throws(JSONError) {
      for member in try JSONValue(parsing: text).members ?? [] where member.key != "roost_id" {
        data.removeAll { $0.key == member.key }
        data.append(.init(member.key, .string(member.value.string ?? member.value.text)))
      }
    } catch { data.append(.init("data", .string(text))) }
    return data
  }

  /// Firebase, "ErrorCode" and "Manage FCM registration tokens".
  static func outcome(_ answer: WebAnswer, now: Instant) -> TransportOutcome {
    let body: JSONValue?
    do throws(JSONError) { body = try JSONValue(parsing: answer.body) } catch { body = nil }
    if answer.status == 200 { return .sent(id: body?["name"]?.string ?? "", detail: "200") }
    let error = body?["error"]
    let code =
      error?["details"]?.array?.compactMap { $0["errorCode"]?.string }.first ?? error?["status"]?.string ?? ""
    let detail = "\(answer.status) \(code) \(error?["message"]?.string ?? "")"
    let retryAfter = RetryAfter.span(answer.header("retry-after"), now: now)
    switch (answer.status, code) {
    case (_, "UNREGISTERED"), (404, _): return .gone(detail: detail, since: nil)
    // Registered with another project.
    case (403, "SENDER_ID_MISMATCH"): return .gone(detail: detail, since: nil)
    case (429, _): return .deferred(detail: detail, retryAfter: retryAfter ?? .minutes(1), fault: .throttled)
    case (401, _), (403, _): return .deferred(detail: detail, retryAfter: retryAfter, fault: .channel)
    case (500...599, _): return .deferred(detail: detail, retryAfter: retryAfter, fault: .channel)
    // A token that could never be one: the message itself is checked the same for everybody.
    case (400, _) where names(field: "token", in: error) || names(field: "fid", in: error):
      return .gone(detail: detail, since: nil)
    default: return .rejected(detail: detail)
    }
  }

  private static func names(field: String, in error: JSONValue?) -> Bool {
    let violations = (error?["details"]?.array ?? []).flatMap { $0["fieldViolations"]?.array ?? [] }
    return violations.contains { $0["field"]?.string == "message.\(field)" }
  }

  public func probe() async -> ChannelProbe {
    do throws(AccessToken.Refusal) { _ = try await token.text() } catch {
      return ChannelProbe(
        isReady: false, cause: error.outcome.detail,
        remedy: "check the key file of the service account and that the machine's clock is right")
    }
    return ChannelProbe(isReady: true, cause: "Google gave an access token for \(account.email)")
  }

  public func shutdown() async { await client.shutdown() }
}
