import Crypto
import Foundation
import RoostCore
import Testing

@testable import Channels

/// What answers of push services mean for a message, its address and its channel.
@Suite struct PushAnswerTests {
  private static let now = Instant(milliseconds: 1_795_318_315_000)

  private static func answer(_ status: Int, _ body: String = "", _ headers: [(String, String)] = []) -> WebAnswer {
    WebAnswer(status: status, headers: headers, body: Array(body.utf8))
  }

  /// In short: sent, gone, rejected, unknown, or whose fault it is.
  private static func word(_ outcome: TransportOutcome) -> String {
    switch outcome {
    case .sent: "sent"
    case .gone: "gone"
    case .blocked: "blocked"
    case .moved: "moved"
    case .rejected: "rejected"
    case .unknown: "unknown"
    case .deferred(_, _, let fault): "\(fault)"
    }
  }

  @Test(arguments: [
    (201, "sent"), (202, "sent"), (404, "gone"), (410, "gone"), (413, "rejected"), (400, "rejected"),
    (429, "throttled"),
    (401, "message"), (403, "message"), (500, "channel"), (503, "channel"), (301, "rejected"), (100, "rejected"),
  ])
  func webPush(status: Int, meaning: String) {
    #expect(Self.word(WebPushTransport.outcome(Self.answer(status), now: Self.now)) == meaning)
  }

  @Test func whatCannotBeEncrypted() {
    #expect(Self.word(WebPushTransport.outcome(.tooLong)) == "rejected")
    #expect(Self.word(WebPushTransport.outcome(.unavailable)) == "channel")
  }

  /// Apple's table: every documented status with its reasons.
  @Test(arguments: [
    (200, "", "sent"), (400, "BadCollapseId", "rejected"), (400, "BadDeviceToken", "gone"),
    (400, "BadExpirationDate", "rejected"), (400, "BadMessageId", "rejected"), (400, "BadPriority", "rejected"),
    (400, "BadTopic", "channel"), (400, "DeviceTokenNotForTopic", "gone"), (400, "DuplicateHeaders", "rejected"),
    (400, "IdleTimeout", "message"), (400, "InvalidPushType", "rejected"), (400, "MissingDeviceToken", "rejected"),
    (400, "MissingTopic", "channel"), (400, "PayloadEmpty", "rejected"), (400, "TopicDisallowed", "channel"),
    (403, "BadCertificate", "channel"), (403, "BadCertificateEnvironment", "channel"),
    (403, "ExpiredProviderToken", "channel"), (403, "Forbidden", "channel"), (403, "InvalidProviderToken", "channel"),
    (403, "MissingProviderToken", "channel"), (404, "BadPath", "rejected"), (405, "MethodNotAllowed", "rejected"),
    (410, "ExpiredToken", "gone"), (410, "Unregistered", "gone"), (413, "PayloadTooLarge", "rejected"),
    (429, "TooManyProviderTokenUpdates", "throttled"), (429, "TooManyRequests", "message"),
    (500, "InternalServerError", "channel"), (503, "ServiceUnavailable", "channel"), (503, "Shutdown", "channel"),
  ])
  func apple(status: Int, reason: String, meaning: String) {
    let body = reason.isEmpty ? "" : #"{"reason":"\#(reason)"}"#
    #expect(Self.word(APNsTransport.outcome(Self.answer(status, body), now: Self.now)) == meaning)
  }

  @Test func appleSaysSinceWhen() {
    let outcome = APNsTransport.outcome(
      Self.answer(410, #"{"reason":"Unregistered","timestamp":1795317000000}"#), now: Self.now)
    #expect(outcome == .gone(detail: "410 Unregistered", since: Instant(milliseconds: 1_795_317_000_000)))
  }

  @Test(arguments: [
    (200, #"{"name":"projects/p/messages/1"}"#, "sent"),
    (404, #"{"error":{"code":404,"status":"NOT_FOUND","details":[{"@type":"x","errorCode":"UNREGISTERED"}]}}"#, "gone"),
    (403, #"{"error":{"status":"PERMISSION_DENIED","details":[{"errorCode":"SENDER_ID_MISMATCH"}]}}"#, "gone"),
    (403, #"{"error":{"status":"PERMISSION_DENIED"}}"#, "channel"),
    (401, #"{"error":{"status":"UNAUTHENTICATED"}}"#, "channel"),
    (429, #"{"error":{"status":"RESOURCE_EXHAUSTED","details":[{"errorCode":"QUOTA_EXCEEDED"}]}}"#, "throttled"),
    (503, #"{"error":{"status":"UNAVAILABLE"}}"#, "channel"), (500, "not json", "channel"),
    (400, #"{"error":{"status":"INVALID_ARGUMENT","message":"bad image"}}"#, "rejected"),
    (
      400,
      #"{"error":{"status":"INVALID_ARGUMENT","details":[{"fieldViolations":[{"field":"message.token","description":"Invalid"}]}]}}"#,
      "gone"
    ),
  ])
  func firebase(status: Int, body: String, meaning: String) {
    #expect(Self.word(FCMTransport.outcome(Self.answer(status, body), now: Self.now)) == meaning)
  }

  @Test func howLongToWait() {
    #expect(RetryAfter.span("120", now: Self.now) == .seconds(120))
    #expect(RetryAfter.span("99999999999", now: Self.now) == .days(1))
    #expect(RetryAfter.span("-1", now: Self.now) == nil && RetryAfter.span("soon", now: Self.now) == nil)
    let date = Instant(iso8601: "1994-11-06T08:49:37Z")!
    #expect(RetryAfter.span("Sun, 06 Nov 1994 08:49:37 GMT", now: date + .seconds(-30)) == .seconds(30))
    #expect(RetryAfter.span("Sun, 06 Nov 1994 08:49:37 GMT", now: date + .seconds(30)) == .seconds(0))
  }

  /// Whatever somebody answers, it means something.
  @Test func hostileAnswers() {
    var random = SeededRandom(seed: 11)
    let seeds = [
      #"{"reason":"Unregistered","timestamp":1795317000000}"#,
      #"{"error":{"code":404,"status":"NOT_FOUND","details":[{"errorCode":"UNREGISTERED"}]}}"#, "",
    ]
    for _ in 0..<3_000 {
      var body = Array(seeds[random.below(3)].utf8)
      for _ in 0..<random.below(6) where !body.isEmpty { body[random.below(body.count)] = UInt8(random.below(256)) }
      let answer = WebAnswer(
        status: random.below(700), headers: [("Retry-After", "\(random.next())")], body: body)
      for outcome in [
        WebPushTransport.outcome(answer, now: Self.now), APNsTransport.outcome(answer, now: Self.now),
        FCMTransport.outcome(answer, now: Self.now),
      ] { #expect(outcome.detail.utf8.count < 5_000) }
    }
  }

  @Test func payloads() throws {
    let envelope = MessageEnvelope(
      id: "000102030405060708090a0b0c0d0e0f", address: "ab",
      fields: [
        "title": "T", "body": "B", "badge": "1", "url": "https://x/y", "image": "https://x/i.png", "tag": "promo",
        "data": #"{"deeplink":"x://y","aps":1,"n":2}"#,
      ], createdAt: Self.now)
    let apple = try JSONValue(parsing: APNsTransport.payload(envelope))
    #expect(apple["aps"]?["alert"] == ["title": "T", "body": "B"] && apple["aps"]?["badge"] == 1)
    #expect(apple["deeplink"] == "x://y" && apple["url"] == "https://x/y" && apple["roost_id"]?.string == envelope.id)
    #expect(APNsTransport.uuid(envelope.id) == "00010203-0405-0607-0809-0a0b0c0d0e0f")
    let web = try JSONValue(parsing: WebPushTransport.payload(envelope))
    #expect(web["id"]?.string == envelope.id && web["data"]?["n"] == 2)
    #expect(WebPushTransport.topic("promo") == "promo" && WebPushTransport.topic("весна").utf8.count == 32)
  }
}
