import RoostCore

/// Calls somebody's address with a message's body, signed by the convention of Standard Webhooks.
///
/// The message's id is the same at every attempt, and receivers know repeated ones by it: so whatever is not a clear yes is
/// tried again, also where nobody knows whether the call arrived.
public struct WebhookTransport: MessageTransport {
  private let secret: WebhookSecret
  private let client: WebClient
  private let now: @Sendable () -> Instant

  public init(secret: WebhookSecret, client: WebClient, now: @escaping @Sendable () -> Instant) {
    self.secret = secret
    self.client = client
    self.now = now
  }

  public func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome] {
    await concurrently(envelopes) { await send($0) }
  }

  private func send(_ envelope: MessageEnvelope) async -> TransportOutcome {
    do throws(WebFailure) { return Self.outcome(try await client.send(request(envelope)), now: now()) } catch {
      switch error {
      case .refused(let detail): return .rejected(detail: detail)
      // Addresses differ from message to message: that one does not answer says nothing about the others.
      case .notSent(let detail), .noAnswer(let detail):
        return .deferred(detail: detail, retryAfter: nil, fault: .message)
      }
    }
  }

  func request(_ envelope: MessageEnvelope) -> WebRequest {
    let body = Array((envelope.field("body") ?? "").utf8)
    let seconds = now().milliseconds / 1_000
    let isJSON = body.first == UInt8(ascii: "{") || body.first == UInt8(ascii: "[")
    return WebRequest(
      url: envelope.address,
      headers: [
        ("Content-Type", isJSON ? "application/json" : "text/plain; charset=utf-8"), ("User-Agent", "Roost"),
        ("webhook-id", envelope.id), ("webhook-timestamp", String(seconds)),
        ("webhook-signature", secret.signature(id: envelope.id, seconds: seconds, body: body)),
      ], body: body)
  }

  /// Only 2xx is a yes; 410 says that the address wants nothing more.
  static func outcome(_ answer: WebAnswer, now: Instant) -> TransportOutcome {
    let detail = "\(answer.status) \(answer.excerpt)"
    switch answer.status {
    case 200...299: return .sent(id: "", detail: detail)
    case 410: return .rejected(detail: detail)
    default:
      return .deferred(
        detail: detail, retryAfter: RetryAfter.span(answer.header("retry-after"), now: now), fault: .message)
    }
  }

  public func probe() async -> ChannelProbe {
    ChannelProbe(isReady: true, cause: "addresses come with the messages; each is seen when it is called")
  }

  public func shutdown() async { await client.shutdown() }
}
