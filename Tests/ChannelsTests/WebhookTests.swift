import RoostCore
import Testing

@testable import Channels

@Suite struct WebhookTests {
  /// The example of the Standard Webhooks libraries, whose secret is shorter than the specification wants.
  @Test func signsByTheConvention() throws {
    let secret = WebhookSecret(bytes: try #require(Base64.decode("plJ3nmyCDGBKInavdOK15jsl".utf8)))
    let body = Array(#"{"event_type":"ping","data":{"success":true}}"#.utf8)
    #expect(
      secret.signature(id: "msg_loFOjxBNrRLzqYUf", seconds: 1_731_705_121, body: body)
        == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=")
  }

  @Test(arguments: ["", "plJ3nmyCDGBKInavdOK15jsl", "whsec_", "whsec_AAAA", "whsec_plJ3nmyCDGBKInavdOK15js?"])
  func refusesOtherSecrets(_ text: String) { #expect(WebhookSecret(text) == nil) }

  @Test func onlyTwoHundredsAreAYes() {
    func outcome(_ status: Int, _ headers: [(String, String)] = []) -> TransportOutcome {
      WebhookTransport.outcome(
        WebAnswer(status: status, headers: headers, body: []), now: Instant(milliseconds: 0))
    }
    #expect(outcome(200) == .sent(id: "", detail: "200 "))
    #expect(outcome(204) == .sent(id: "", detail: "204 "))
    #expect(outcome(410) == .rejected(detail: "410 "))
    for status in [301, 400, 404, 500, 502] {
      #expect(outcome(status) == .deferred(detail: "\(status) ", retryAfter: nil, fault: .message))
    }
    #expect(
      outcome(429, [("Retry-After", "7")])
        == .deferred(detail: "429 ", retryAfter: .seconds(7), fault: .message))
  }
}
