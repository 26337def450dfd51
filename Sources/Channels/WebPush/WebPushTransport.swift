import RoostCore

/// Web push: each message encrypted for its browser and handed to the browser's push service (RFC 8030).
public struct WebPushTransport: MessageTransport {
  public struct Configuration: Sendable {
    /// How long a push service keeps a message for a browser that is away, seconds.
    public var ttlSeconds = 86_400
    public var urgency = Urgency.normal
    public init() {}
  }

  /// RFC 8030 5.3
  public enum Urgency: String, Sendable, CaseIterable {
    case veryLow = "very-low"
    case low, normal, high
  }

  private let vapid: VAPID
  private let client: WebClient
  private let configuration: Configuration
  private let now: @Sendable () -> Instant

  /// - Parameter now: the wall clock: push services compare tokens with theirs.
  public init(
    vapid: VAPID, client: WebClient, configuration: Configuration = Configuration(),
    now: @escaping @Sendable () -> Instant
  ) {
    self.vapid = vapid
    self.client = client
    self.configuration = configuration
    self.now = now
  }

  public func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome] {
    await concurrently(envelopes) { await send($0) }
  }

  private func send(_ envelope: MessageEnvelope) async -> TransportOutcome {
    guard let subscription = PushSubscription(endpoint: envelope.address, keys: envelope.keys) else {
      return .gone(detail: "the subscription has no usable endpoint or keys", since: nil)
    }
    let body: [UInt8]
    do throws(PushEncryptionError) {
      body = try PushEncryption.encrypt(Self.payload(envelope), for: subscription)
    } catch { return Self.outcome(error) }
    var headers = [
      ("Authorization", vapid.authorization(for: subscription.endpoint.origin, now: now())),
      ("Content-Encoding", "aes128gcm"), ("Content-Type", "application/octet-stream"),
      ("TTL", String(timeToLive(envelope))),
      ("Urgency", envelope.isTransactional ? Urgency.high.rawValue : configuration.urgency.rawValue),
    ]
    // RFC 8030 5.4: a message replaces one of the same topic that the browser has not fetched; 32 URL-safe characters.
    if let topic = envelope.field("tag") { headers.append(("Topic", Self.topic(topic))) }
    do throws(WebFailure) {
      let answer = try await client.send(
        WebRequest(url: subscription.endpoint.text, headers: headers, body: body))
      return Self.outcome(answer, now: now())
    } catch { return TransportOutcome(error) }
  }

  private func timeToLive(_ envelope: MessageEnvelope) -> Int {
    guard let end = envelope.expiresAt else { return configuration.ttlSeconds }
    return max(0, min(configuration.ttlSeconds, Int((end - now()).milliseconds / 1_000)))
  }

  static func topic(_ tag: String) -> String {
    let isFit =
      tag.utf8.count <= 32
      && tag.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
          || byte == 0x5F
      }
    return isFit ? tag : String(Base64URL.text(of: topicDigest(tag)).prefix(32))
  }

  /// What the service worker shows; by `tap` it reports clicks, by `id` all else.
  static func payload(_ envelope: MessageEnvelope) -> [UInt8] {
    var members: [JSONValue.Member] = [.init("id", .string(envelope.id))]
    if let token = envelope.tapToken { members.append(.init("tap", .string(token))) }
    for name in ["title", "body", "url", "icon", "image", "badge", "tag"] {
      if let text = envelope.field(name) { members.append(.init(name, .string(text))) }
    }
    if let data = envelope.field("data") {
      do throws(JSONError) { members.append(.init("data", try JSONValue(parsing: data))) } catch {
        members.append(.init("data", .string(data)))
      }
    }
    return JSONValue.object(members).bytes
  }

  /// RFC 8030 5 and what the services document.
  static func outcome(_ answer: WebAnswer, now: Instant) -> TransportOutcome {
    let detail = "\(answer.status) \(answer.excerpt)"
    let retryAfter = RetryAfter.span(answer.header("retry-after"), now: now)
    switch answer.status {
    case 200...299: return .sent(id: answer.header("location") ?? "", detail: String(answer.status))
    case 404, 410: return .gone(detail: detail, since: nil)
    case 413: return .rejected(detail: detail)
    case 429: return .deferred(detail: detail, retryAfter: retryAfter, fault: .throttled)
    // Wrong credentials: not the message's fault, and mended by whoever put the channel. A service refuses a subscription
    // that was made for another key with 401 or 403 too, but then others get through.
    case 401, 403: return .deferred(detail: detail, retryAfter: retryAfter, fault: .message)
    case 400...499: return .rejected(detail: detail)
    case 500...599: return .deferred(detail: detail, retryAfter: retryAfter, fault: .channel)
    default: return .rejected(detail: "\(detail): a push service does not answer so")
    }
  }

  static func outcome(_ error: PushEncryptionError) -> TransportOutcome {
    switch error {
    case .tooLong: .rejected(detail: "the message is longer than \(PushEncryption.plainBytesMax) bytes")
    case .unavailable:
      .deferred(detail: "OpenSSL is out of memory or randomness", retryAfter: nil, fault: .channel)
    }
  }

  public func probe() async -> ChannelProbe {
    ChannelProbe(isReady: true, cause: "messages are signed with the key \(vapid.publicKey)")
  }

  public func shutdown() async { await client.shutdown() }
}
