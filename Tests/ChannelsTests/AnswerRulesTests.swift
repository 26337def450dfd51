import Crypto
import RoostCore
import Testing

@testable import Channels

/// What providers' answers and reports mean, by a channel's own rules.
@Suite struct AnswerRulesTests {
  private static let now = Instant(milliseconds: 1_795_318_315_000)

  private func outcome(
    _ rules: String, _ status: Int, _ body: String = "", _ headers: [(String, String)] = []
  ) throws -> TransportOutcome {
    try AnswerRules(try JSONValue(parsing: rules)).outcome(
      WebAnswer(status: status, headers: headers, body: Array(body.utf8)), now: Self.now)
  }

  private func word(_ outcome: TransportOutcome) -> String {
    switch outcome {
    case .sent(let id, _): "sent \(id)"
    case .gone: "gone"
    case .blocked: "blocked"
    case .moved: "moved"
    case .rejected: "rejected"
    case .unknown: "unknown"
    case .deferred(_, let after, let fault): "\(fault) \(after?.text ?? "-")"
    }
  }

  /// Twilio's documented answers: 21211 is no number, 21610 unsubscribed, 20429 too many requests.
  private static let twilio = #"""
    {"id":"/sid","unreachable":[{"pointer":"/code","in":[21211,"21614"]}],"blocked":{"pointer":"/code","equals":21610}}
    """#

  @Test(arguments: [
    (201, #"{"sid":"SM1","status":"queued"}"#, "sent SM1"), (400, #"{"code":21211,"message":"x"}"#, "gone"),
    (400, #"{"code":21610}"#, "blocked"), (400, #"{"code":21602}"#, "rejected"), (400, "no JSON", "rejected"),
    (429, #"{"code":20429}"#, "throttled -"), (503, "", "channel -"), (401, "", "channel -"), (404, "", "rejected"),
    (302, "", "rejected"),
  ])
  func byPointer(status: Int, body: String, meaning: String) throws {
    #expect(try word(outcome(Self.twilio, status, body)) == meaning)
  }

  /// A gateway that always says 200.
  private static let always200 = #"""
    {"sent":{"status":200,"pointer":"/status","equals":"OK"},"later":{"pointer":"/error","in":["queue_full"]},
     "rejected":[{"pointer":"/error"}],"retryAfter":{"pointer":"/wait","unit":"ms"},"id":"/ids/0"}
    """#

  @Test(arguments: [
    (#"{"status":"OK","ids":[77]}"#, "sent 77"), (#"{"error":"bad"}"#, "rejected"),
    (#"{"error":"queue_full","wait":3000}"#, "message 3s"), (#"{"status":"?"}"#, "unknown"), ("", "unknown"),
    (#"{"status":"OK","error":null}"#, "sent "),
  ])
  func byBodyAlone(body: String, meaning: String) throws {
    #expect(try word(outcome(Self.always200, 200, body)) == meaning)
  }

  @Test func plainText() throws {
    let rules = #"{"sent":{"contains":"OK"},"rejected":{"contains":"ERROR"},"id":{"after":"id:"}}"#
    #expect(try word(outcome(rules, 200, "OK id: 4711, cost 1")) == "sent 4711")
    #expect(try word(outcome(rules, 200, "ERROR 5")) == "rejected")
    #expect(try word(outcome(rules, 200, "hm")) == "unknown")
  }

  @Test func asksForTime() throws {
    #expect(try word(outcome("{}", 429, "", [("Retry-After", "7")])) == "throttled 7s")
    #expect(
      try word(outcome(#"{"retryAfter":"/after"}"#, 429, #"{"after":90}"#, [("Retry-After", "7")])) == "throttled 90s")
    #expect(try word(outcome(#"{"retryAfter":"/after"}"#, 429, #"{"after":-1}"#)) == "throttled -")
    #expect(try word(outcome(#"{"retryAfter":"/after"}"#, 429, #"{"after":1e300}"#)) == "throttled 1d")
  }

  @Test(arguments: [
    (#"{"sent":{}}"#, "/response/sent"), (#"{"sent":{"status":"9xx"}}"#, "/response/sent/status"),
    (#"{"sent":[{"status":200},{"equals":1}]}"#, "/response/sent/1"),
    (#"{"sent":{"pointer":"a"}}"#, "/response/sent/pointer"), (#"{"ok":{}}"#, "/response/ok"),
    (#"{"later":{"status":200,"if":1}}"#, "/response/later/if"), (#"{"id":5}"#, "/response/id"), ("[]", "/response"),
  ])
  func names(what rules: String, at pointer: String) throws {
    let document = try JSONValue(parsing: rules)
    let problem = #expect(throws: Problem.self) { _ = try AnswerRules(document) }
    #expect(problem?.findings.map(\.pointer) == [pointer])
  }

  // MARK: Reports

  private static let reporting = #"""
    {"list":"/results","message":"/ref","id":"/messageId","status":"/status/name","reason":"/error/text",
     "delivered":["DELIVERED"],"read":"SEEN","failed":["EXPIRED"],"unreachable":["NO_SUCH"],"unsubscribed":"STOP"}
    """#

  @Test func readsReports() throws {
    let rules = try CallbackRules(try JSONValue(parsing: Self.reporting))
    let body = #"""
      {"results":[{"messageId":9,"status":{"name":"delivered"}},{"ref":"m2","status":{"name":"NO_SUCH"},
       "error":{"text":"absent"}},{"messageId":"x","status":{"name":"PENDING"}},{"status":{"name":"SEEN"}},7]}
      """#
    let (reports, unknown) = rules.reports(Array(body.utf8), query: [])
    #expect(
      reports == [
        .init(message: nil, providerID: "9", meaning: .delivered, reason: "delivered"),
        .init(message: "m2", providerID: nil, meaning: .unreachable, reason: "no_such absent"),
      ])
    #expect(unknown == 3)
  }

  /// Forms and queries, and our own id in the address that a message is reported to.
  @Test func readsForms() throws {
    let rules = try CallbackRules(["status": "/MessageStatus", "id": "/MessageSid", "delivered": "delivered"])
    let body = Array("MessageSid=SM1&MessageStatus=delivered&To=%2B39".utf8)
    #expect(rules.reports(body, query: [("message", "m1")]).reports.map(\.message) == ["m1"])
    let query = [("MessageSid", "SM2"), ("MessageStatus", "Delivered")]
    #expect(rules.reports([], query: query).reports.map(\.providerID) == ["SM2"])
    #expect(rules.reports(Array("%%%&&=".utf8), query: []).unknown == 1)
    #expect(rules.reports(Array("{".utf8), query: []).unknown == 1)
  }

  /// RFC 4231 2.3: key "Jefe".
  @Test func checksSignatures() throws {
    let rules = try CallbackRules([
      "status": "/s", "delivered": "d",
      "signature": ["header": "X-Signature", "secret": "Jefe", "prefix": "sha256="],
    ])
    let body = Array("what do ya want for nothing?".utf8)
    let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    #expect(rules.isSigned(body) { $0 == "X-Signature" ? "sha256=" + code : nil })
    #expect(!rules.isSigned(body) { _ in "sha256=" + code.dropLast() + "4" })
    #expect(!rules.isSigned(body) { _ in code } && !rules.isSigned(body) { _ in nil })
    #expect(!rules.isSigned(Array("other".utf8)) { _ in "sha256=" + code })
  }

  /// No bytes make a reader fall.
  @Test func standsAnything() throws {
    let answers = try AnswerRules(try JSONValue(parsing: Self.always200))
    let reports = try CallbackRules(try JSONValue(parsing: Self.reporting))
    var random = SeededRandom(seed: 7)
    let alphabet = Array(#"{}[]":,0123456789.eE+-\u%&=~/ truefalsnl"#.utf8)
    for _ in 0..<2_000 {
      let body = (0..<Int(random.next() % 60)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      _ = answers.outcome(WebAnswer(status: Int(random.next() % 700), headers: [], body: body), now: Self.now)
      _ = reports.reports(body, query: [("message", "m")])
    }
  }
}
