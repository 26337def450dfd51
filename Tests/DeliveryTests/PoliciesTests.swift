import RoostCore
import Testing

@testable import Delivery

@Suite struct PoliciesTests {
  @Test func `Every form`() throws {
    let policies = try DeliveryPolicies(
      json: JSONValue(
        parsing: #"""
          {"caps":[{"max":3,"per":"7d","scope":"all","window":"rolling","over":"hold"},
            {"max":1,"per":"24h","scope":"channel:email","window":"calendar","over":"skip"},
            {"max":10,"per":"month","scope":"class:marketing"},
            {"max":2,"per":"2 weeks","scope":"journey:winback","over":{"channel":"push","template":"nudge"}},
            {"max":2,"per":"30 minutes","scope":"tag:spring","over":{"channel":"push"}},
            {"max":2,"per":"week","scope":"advertiser:acme"},{"max":5,"per":"day","scope":"network"},
            {"max":1,"per":"3 months","scope":"journey"}],
           "quietHours":{"from":"21:00","to":"09:00","over":"skip"},"globalHoldout":"2.5%"}
          """#))
    #expect(
      policies.caps.map(\.text) == [
        "3 per 7d, all", "1 per 24h of the calendar, channel:email", "10 per month, all", "2 per 2w, journey:winback",
        "2 per 30m, tag:spring", "2 per 1w, advertiser:acme", "5 per 1d, network", "1 per 3 months, journey",
      ])
    #expect(
      policies.caps.map(\.over) == [
        .hold, .skip, .hold, .replace(channel: "push", template: "nudge"), .replace(channel: "push", template: nil),
        .hold, .hold, .hold,
      ])
    #expect(policies.quietHours == QuietHours(from: 1_260, to: 540, over: .skip))
    #expect(policies.globalHoldout == Share(hundredths: 250))
    #expect(try DeliveryPolicies(json: [:]) == DeliveryPolicies())
  }

  @Test(arguments: [
    ("[]", ""), (#"{"cap":[]}"#, "/cap"), (#"{"caps":{}}"#, "/caps"), (#"{"caps":[1]}"#, "/caps/0"),
    (#"{"caps":[{"per":"7d"}]}"#, "/caps/0/max"), (#"{"caps":[{"max":0,"per":"7d"}]}"#, "/caps/0/max"),
    (#"{"caps":[{"max":1001,"per":"7d"}]}"#, "/caps/0/max"), (#"{"caps":[{"max":1.5,"per":"7d"}]}"#, "/caps/0/max"),
    (#"{"caps":[{"max":1}]}"#, "/caps/0/per"), (#"{"caps":[{"max":1,"per":"7"}]}"#, "/caps/0/per"),
    (#"{"caps":[{"max":1,"per":"d"}]}"#, "/caps/0/per"), (#"{"caps":[{"max":1,"per":"0d"}]}"#, "/caps/0/per"),
    (#"{"caps":[{"max":1,"per":"90s"}]}"#, "/caps/0/per"), (#"{"caps":[{"max":1,"per":"367d"}]}"#, "/caps/0/per"),
    (#"{"caps":[{"max":1,"per":"13 months"}]}"#, "/caps/0/per"),
    (#"{"caps":[{"max":1,"per":"7d","scope":"channel:"}]}"#, "/caps/0/scope"),
    (#"{"caps":[{"max":1,"per":"7d","scope":"class:transactional"}]}"#, "/caps/0/scope"),
    (#"{"caps":[{"max":1,"per":"7d","scope":"country:IT"}]}"#, "/caps/0/scope"),
    (#"{"caps":[{"max":1,"per":"7d","window":"sliding"}]}"#, "/caps/0/window"),
    (#"{"caps":[{"max":1,"per":"7d","over":"drop"}]}"#, "/caps/0/over"),
    (#"{"caps":[{"max":1,"per":"7d","over":{"template":"x"}}]}"#, "/caps/0/over"),
    (#"{"caps":[{"max":1,"per":"7d","over":{"channel":"push","x":1}}]}"#, "/caps/0/over"),
    (#"{"caps":[{"max":1,"per":"7d","limit":1}]}"#, "/caps/0/limit"),
    (#"{"quietHours":"21-9"}"#, "/quietHours"), (#"{"quietHours":{"from":"21:00"}}"#, "/quietHours/to"),
    (#"{"quietHours":{"from":"9:00","to":"10:00"}}"#, "/quietHours/from"),
    (#"{"quietHours":{"from":"24:00","to":"10:00"}}"#, "/quietHours/from"),
    (#"{"quietHours":{"from":"10:00","to":"10:00"}}"#, "/quietHours/to"),
    (#"{"quietHours":{"from":"21:00","to":"09:00","over":{"channel":"push"}}}"#, "/quietHours/over"),
    (#"{"globalHoldout":5}"#, "/globalHoldout"), (#"{"globalHoldout":"101%"}"#, "/globalHoldout"),
  ])
  func `What is wrong, and where`(document: String, pointer: String) throws {
    let json = try JSONValue(parsing: document)
    let problem = #expect(throws: Problem.self) { try DeliveryPolicies(json: json) }
    #expect(problem?.findings.map(\.pointer) == [pointer], "\(document)")
  }

  @Test func `All findings at once`() throws {
    let json = try JSONValue(parsing: #"{"caps":[{"max":0,"per":"x"},{"max":1,"per":"1d","over":1}],"quietHours":[]}"#)
    let problem = #expect(throws: Problem.self) { try DeliveryPolicies(json: json) }
    #expect(
      problem?.findings.map(\.pointer) == ["/caps/0/max", "/caps/0/per", "/caps/1/over", "/quietHours"])
  }
}
