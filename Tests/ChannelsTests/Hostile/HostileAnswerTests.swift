import HostileInput
import RoostCore
import Testing

@testable import Channels

/// What push services and receivers of webhooks may answer.
@Suite struct HostileAnswerTests {
  private static let bodies = [
    #"{"reason":"Unregistered","timestamp":1454402113000}"#, #"{"reason":"BadDeviceToken"}"#,
    #"{"name":"projects/p/messages/0:1"}"#,
    #"{"error":{"code":404,"message":"x","status":"NOT_FOUND","details":[{"@type":"t","errorCode":"UNREGISTERED"}]}}"#,
    #"{"error":{"status":"INVALID_ARGUMENT","details":[{"fieldViolations":[{"field":"message.token"}]}]}}"#,
    #"{"ok":false,"error_code":429,"parameters":{"retry_after":14}}"#, "<html><body>502</body></html>",
    #"{"access_token":"abc","expires_in":3599,"token_type":"Bearer"}"#,
  ]
  private static let values = [
    "120", "Fri, 31 Dec 1999 23:59:59 GMT", "-1", "99999999999999999999", "1e9", "", "Sun, 06 Nov 1994 08:49:37 GMT",
    "0x10",
    "https://push.example/message/1",
  ]
  private static let tokens = [
    "{", "}", "[", "]", ":", "\"", "\\u0000", "\\ud800", "null", "9223372036854775807", "-9223372036854775808", "1e400",
    "\"timestamp\":", "\"retry_after\":", "\"error\":", "\"details\":", "\"reason\":", "GMT", "Feb 30", "24:60:61",
  ]
  private let now = Instant(milliseconds: 1_800_000_000_000)

  @Test func answers() {
    var input = HostileInput(Self.bodies.map { Array($0.utf8) }, tokens: Self.tokens, seed: 31)
    var header = HostileInput(Self.values.map { Array($0.utf8) }, tokens: Self.tokens, seed: 32)
    let statuses = [0, 100, 200, 201, 204, 301, 400, 401, 403, 404, 410, 413, 429, 500, 503, 599, 999]
    let slowest = input.run(4_000) { body, random in
      let value = String(decoding: header.next().prefix(200), as: UTF8.self)
      let answer = WebAnswer(
        status: statuses[random.below(statuses.count)],
        headers: [("retry-after", value), ("location", value), ("apns-id", value)], body: body)
      for outcome in [
        APNsTransport.outcome(answer, now: now), FCMTransport.outcome(answer, now: now),
        WebPushTransport.outcome(answer, now: now), WebhookTransport.outcome(answer, now: now),
      ] {
        if case .sent = outcome { #expect((200...299).contains(answer.status)) }
        if case .deferred(_, let span?, _) = outcome { #expect(span.milliseconds >= 0 && span <= .days(366)) }
        if case .gone(_, let since?) = outcome { #expect(since < now + .days(36_600)) }
        #expect(outcome.detail.utf8.count <= 2 * body.count + 2_000)
      }
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  @Test func times() {
    var input = HostileInput(Self.values.map { Array($0.utf8) }, tokens: Self.tokens, seed: 33)
    let slowest = input.run(6_000) { bytes, _ in
      let span = RetryAfter.span(String(decoding: bytes.prefix(300), as: UTF8.self), now: now)
      #expect(span.map { $0.milliseconds >= 0 && $0 <= .days(366) } ?? true)
    }
    #expect(slowest < HostileInput.secondsMax)
  }

  @Test func webAddresses() {
    var input = HostileInput(
      ["https://push.example/x?y#z", "http://[::1]:80/", "https://user:p%40ss@host.example:8443/a"].map {
        Array($0.utf8)
      },
      tokens: ["://", "@", ":", "[", "]", "%", "%zz", "\\", "..", "0x7f.1", "\0", "xn--"], seed: 34)
    let slowest = input.run(4_000) { bytes, _ in
      let text = String(decoding: bytes.prefix(2_000), as: UTF8.self)
      _ = WebAddress(text)
      do throws(SMTPConfigurationError) { _ = try SMTPConfiguration(url: text) } catch {
        #expect(!error.detail.isEmpty)
      }
    }
    #expect(slowest < HostileInput.secondsMax)
  }
}
