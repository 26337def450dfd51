import RoostCore

/// Apple's push service: HTTP/2 with a provider token.
public struct APNsTransport: MessageTransport {
  public struct Configuration: Sendable {
    /// The app's bundle id, the default topic.
    public var topic: String
    /// `https://api.push.apple.com`, or the sandbox's.
    public var server = "https://api.push.apple.com"
    /// How long Apple keeps a message for a device that is away; 0: one try.
    public var ttlSeconds = 86_400
    public init(topic: String) { self.topic = topic }
  }

  private let token: APNsToken
  private let client: WebClient
  private let configuration: Configuration
  private let now: @Sendable () -> Instant

  public init(
    token: APNsToken, client: WebClient, configuration: Configuration, now: @escaping @Sendable () -> Instant
  ) {
    self.token = token
    self.client = client
    self.configuration = configuration
    self.now = now
  }

  public func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome] {
    await concurrently(envelopes) { await send($0) }
  }

  private func send(_ envelope: MessageEnvelope) async -> TransportOutcome {
    guard envelope.address.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
      return .gone(detail: "the token is not of hexadecimal digits", since: nil)
    }
    let body = Self.payload(envelope)
    guard body.count <= 4_096 else { return .rejected(detail: "the payload is longer than 4096 bytes") }
    let request = WebRequest(
      url: "\(configuration.server)/3/device/\(envelope.address)", headers: headers(envelope), body: body)
    do throws(WebFailure) {
      let answer = try await client.send(request)
      let outcome = Self.outcome(answer, now: now())
      if Self.reason(answer) == "ExpiredProviderToken" { token.expire(now: now()) }
      return outcome
    } catch { return TransportOutcome(error) }
  }

  private func headers(_ envelope: MessageEnvelope) -> [(String, String)] {
    let end = envelope.expiresAt ?? now() + .seconds(Int64(configuration.ttlSeconds))
    var headers = [
      ("authorization", "bearer \(token.text(now: now()))"),
      ("apns-topic", envelope.app.isEmpty ? configuration.topic : envelope.app),
      ("apns-push-type", "alert"), ("apns-id", Self.uuid(envelope.id)),
      ("apns-expiration", configuration.ttlSeconds == 0 ? "0" : String(end.milliseconds / 1_000)),
      // 10: at once; 5: when it suits the battery.
      ("apns-priority", envelope.isTransactional ? "10" : "5"), ("content-type", "application/json"),
    ]
    if let tag = envelope.field("tag") {
      // At most 64 bytes.
      headers.append(
        ("apns-collapse-id", tag.utf8.count <= 64 ? tag : Base64URL.text(of: topicDigest(tag))))
    }
    return headers
  }

  /// The intent's 128 bits in the form of a UUID: the same at every attempt, so that Apple's log shows one notification.
  static func uuid(_ id: String) -> String {
    guard id.utf8.count == 32 else { return id }
    var text = ""
    for (place, character) in id.enumerated() {
      if [8, 12, 16, 20].contains(place) { text.append("-") }
      text.append(character)
    }
    return text
  }

  static func payload(_ envelope: MessageEnvelope) -> [UInt8] {
    var alert: [JSONValue.Member] = []
    for name in ["title", "body"] {
      if let text = envelope.field(name) { alert.append(.init(name, .string(text))) }
    }
    var aps: [JSONValue.Member] = [.init("alert", .object(alert))]
    if let badge = envelope.field("badge").flatMap(Int64.init) { aps.append(.init("badge", .int(badge))) }
    aps.append(.init("sound", .string(envelope.field("sound") ?? "default")))
    if let tag = envelope.field("tag") { aps.append(.init("thread-id", .string(tag))) }
    // An extension of the app may fetch the picture.
    if envelope.field("image") != nil { aps.append(.init("mutable-content", 1)) }
    var members: [JSONValue.Member] = [.init("aps", .object(aps)), .init("roost_id", .string(envelope.id))]
    if let token = envelope.tapToken { members.append(.init("roost_tap", .string(token))) }
    for name in ["url", "image"] {
      if let text = envelope.field(name) { members.append(.init(name, .string(text))) }
    }
    if let data = envelope.field("data") {
      do throws(JSONError) {
        for member in try JSONValue(parsing: data).members ?? [] where member.key != "aps" { members.append(member) }
      } catch { members.append(.init("data", .string(data))) }
    }
    return JSONValue.object(members).bytes
  }

  private static func reason(_ answer: WebAnswer) -> String { body(answer)?["reason"]?.string ?? "" }

  private static func body(_ answer: WebAnswer) -> JSONValue? {
    do throws(JSONError) { return try JSONValue(parsing: answer.body) } catch { return nil }
  }

  /// Apple, "Handling notification responses from APNs": every documented status and reason.
  static func outcome(_ answer: WebAnswer, now: Instant) -> TransportOutcome {
    let reason = reason(answer)
    let detail = reason.isEmpty ? "\(answer.status) \(answer.excerpt)" : "\(answer.status) \(reason)"
    let retryAfter = RetryAfter.span(answer.header("retry-after"), now: now)
    switch (answer.status, reason) {
    case (200, _): return .sent(id: answer.header("apns-id") ?? "", detail: "200")
    case (410, _):
      let since = body(answer)?["timestamp"]?.int.map { Instant(milliseconds: $0) }
      return .gone(detail: detail, since: since)
    case (400, "BadDeviceToken"), (400, "DeviceTokenNotForTopic"): return .gone(detail: detail, since: nil)
    // What the channel's owner has to mend; nothing about this message.
    case (400, "BadCertificate"), (400, "BadCertificateEnvironment"), (400, "BadTopic"), (400, "MissingTopic"),
      (400, "TopicDisallowed"), (400, "InvalidProviderToken"), (403, _):
      return .deferred(detail: detail, retryAfter: retryAfter, fault: .channel)
    case (400, "IdleTimeout"): return .deferred(detail: detail, retryAfter: retryAfter, fault: .message)
    // Too many messages to this one device.
    case (429, "TooManyRequests"): return .deferred(detail: detail, retryAfter: retryAfter, fault: .message)
    case (429, _): return .deferred(detail: detail, retryAfter: retryAfter, fault: .throttled)
    case (500...599, _): return .deferred(detail: detail, retryAfter: retryAfter, fault: .channel)
    default: return .rejected(detail: detail)
    }
  }

  public func probe() async -> ChannelProbe {
    // A token that cannot be: Apple says 400 BadDeviceToken to whom it knows, 403 to whom it does not.
    let envelope = MessageEnvelope(
      id: "", address: String(repeating: "0", count: 64), fields: [:], createdAt: now())
    switch await send(envelope) {
    case .gone(let detail, _): return ChannelProbe(isReady: true, cause: "Apple knows the key: \(detail)")
    case let other:
      return ChannelProbe(
        isReady: false, cause: other.detail, remedy: "check keyId, teamId, topic and privateKey with Apple's console")
    }
  }

  public func shutdown() async { await client.shutdown() }
}
