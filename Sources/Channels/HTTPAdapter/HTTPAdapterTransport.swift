import Liquid
import RoostCore

/// Hands messages to a provider by requests made from a template, and reads its answers by rules: any gateway for text
/// messages, push service or messenger with an HTTP interface.
public struct HTTPAdapterTransport: MessageTransport {
  private let template: RequestTemplate
  private let answers: AnswerRules
  private let credentials: JSONValue
  private let client: WebClient
  private let now: @Sendable () -> Instant
  /// The provider knows repeated requests by a header: asking again after silence doubles nothing.
  private let isIdempotent: Bool

  public init(
    template: RequestTemplate, answers: AnswerRules, credentials: JSONValue, client: WebClient,
    now: @escaping @Sendable () -> Instant
  ) {
    self.template = template
    self.answers = answers
    self.credentials = credentials
    self.client = client
    self.now = now
    isIdempotent = template.idempotencyHeader != nil
  }

  public func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome] {
    await concurrently(envelopes) { await exchange($0).outcome }
  }

  /// The request for one message.
  public static func request(
    _ envelope: MessageEnvelope, _ template: RequestTemplate, credentials: JSONValue, now: Instant
  ) throws(Problem) -> WebRequest {
    let values = LiquidValue.object(envelope.liquidMembers + [.init("credentials", LiquidValue(credentials))])
    return try template.fill(values, id: envelope.id, now: now)
  }

  /// Hands one message over; the answer, if there was one, for who tries a channel out.
  public func exchange(_ envelope: MessageEnvelope) async -> (outcome: TransportOutcome, answer: WebAnswer?) {
    let request: WebRequest
    do throws(Problem) {
      request = try Self.request(envelope, template, credentials: credentials, now: now())
    } catch {
      let finding = error.findings.first.map { "\($0.pointer): \($0.detail)" }
      return (.rejected(detail: finding ?? error.message), nil)
    }
    do throws(WebFailure) {
      let answer = try await client.send(request)
      return (answers.outcome(answer, now: now()), answer)
    } catch {
      if isIdempotent, case .noAnswer(let detail) = error {
        return (.deferred(detail: detail, retryAfter: nil, fault: .channel), nil)
      }
      return (TransportOutcome(error), nil)
    }
  }

  public func probe() async -> ChannelProbe {
    ChannelProbe(
      isReady: true, cause: "a provider is seen when it is called",
      remedy: "POST …/channels/{key}/test shows the request and, with \"send\": true, sends it")
  }

  public func shutdown() async { await client.shutdown() }
}

extension MessageEnvelope {
  /// What templates of requests read: `message`, `person`, `callback_url`.
  var liquidMembers: [LiquidValue.Member] {
    func text(_ value: String?) -> LiquidValue { value.map { .string($0) } ?? .null }
    var message: [LiquidValue.Member] = [
      .init("id", .string(id)), .init("to", .string(address)), .init("text", text(plainText)),
      .init("title", text(field("title") ?? field("subject"))),
      .init("class", .string(isTransactional ? "transactional" : "marketing")),
      .init("journey", .string(origin.journey)), .init("step", .string(origin.step)),
      .init("attempt", .int(Int64(attempt))), .init("created_at", .string(createdAt.text)),
    ]
    if isMarkup, let html = field("text") { message.append(.init("html", .string(TelegramHTML(html).text))) }
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) where !message.contains(where: { $0.key == name }) {
      message.append(.init(name, name == "data" ? Self.structured(value) : .string(value)))
    }
    return [
      .init("message", .object(message)), .init("person", person),
      .init("callback_url", text(callbackURL)),
    ]
  }

  /// Templates for messengers hold HTML; what knows no markup gets the text of it, and finds the markup in `message.html`.
  private var plainText: String? {
    guard isMarkup, let html = field("text") else { return field("text") ?? field("body") }
    return TelegramHTML(html).plain
  }

  /// The app's data goes into JSON as what it is.
  private static func structured(_ text: String) -> LiquidValue {
    do throws(JSONError) { return LiquidValue(try JSONValue(parsing: text)) } catch { return .string(text) }
  }
}
