import RoostCore
import Runtime
import TestSupport
import Testing

@testable import Rehearsal

/// A shop that wins back whoever fell silent: what a rehearsal says is what happened.
struct WinBackTruthTests {
  static let lapsing = """
    {"segment":"lapsing","all":[{"event":"Order Completed"},{"not":{"event":"Order Completed","within":"30d"}}]}
    """
  static let winback = """
    {"journey":"winback","enter":{"segment":"lapsing"},"again":"after 90d","holdout":"0%",
     "exit":[{"event":"Order Completed"}],
     "steps":[{"wait":"10m"},{"send":{"id":"miss-you","channel":"email","template":"letter"}},{"wait":"7d"},
      {"branch":[{"if":{"trait":"vip","is":true},
                  "steps":[{"send":{"id":"gift","channel":"email","template":"letter"}}]},
                 {"else":[{"send":{"id":"coupon","channel":"email","template":"letter"}}]}]},
      {"set":{"trait":"winback_tried","to":true}}]}
    """
  static let letter = #"{"channel":"email","subject":"Hi {{ person.first_name }}","text":"Hello!"}"#

  static func year(_ test: TestNode, live: Bool) async throws -> TestWorkspace {
    let shop = try await test.workspace("shop")
    try await shop.put(.segment, "lapsing", lapsing)
    try await shop.put(.template, "letter", letter)
    try await shop.settle()
    if live { try await shop.publish("winback", winback) }
    for (user, traits) in [
      ("ann", #"{"email":"ann@shop.example","first_name":"Ann"}"#),
      ("bob", #"{"email":"bob@shop.example","vip":true}"#), ("cid", #"{"email":"cid@shop.example"}"#),
    ] {
      try await shop.batch([Calls.identify(#""userId":"\#(user)""#, traits)])
      if user != "cid" {
        try await shop.consent("user:\(user)", #"{"consents":{"marketing.email":true},"source":"form"}"#)
      }
    }
    for (user, time) in [
      ("ann", "2026-01-10T10:00:00Z"), ("bob", "2026-01-20T08:00:00Z"), ("bob", "2026-02-20T09:00:00Z"),
      ("cid", "2026-03-01T00:00:00Z"), ("bob", "2026-05-01T00:00:00Z"), ("ann", "2026-06-01T12:00:00Z"),
    ] {
      try await test.advance(to: time)
      try await shop.batch([
        Calls.track("Order Completed", #""userId":"\#(user)""#, #"{"total":20,"currency":"EUR"}"#)
      ])
    }
    try await test.advance(to: "2026-12-31T00:00:00Z")
    return shop
  }

  private static let request = """
    {"journeys":["winback"],"from":"2026-01-01T00:00:00Z","to":"2026-12-31T00:00:00Z"}
    """

  @Test func saysWhatHappened() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await Self.year(test, live: true)
    let rehearsal = try await shop.rehearse(Self.request)
    #expect(rehearsal["state"]?.string == "done")
    let truth = try await shop.truth(from: Instant(milliseconds: 0), to: .distantFuture)
    #expect(truth.count == 9)
    #expect(try await shop.letters(of: rehearsal) == truth)
    await test.node.stop()
  }

  /// A draft that was never live says the same as the live journey on another installation.
  @Test func saysWhatADraftWouldDo() async throws {
    let first = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let second = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let truth = try await Self.year(first, live: true).truth(from: Instant(milliseconds: 0), to: .distantFuture)
    let shop = try await Self.year(second, live: false)
    let rehearsal = try await shop.rehearse(
      """
      {"drafts":[\(Self.winback)],"from":"2026-01-01T00:00:00Z","to":"2026-12-31T00:00:00Z"}
      """)
    #expect(try await shop.letters(of: rehearsal) == truth)
    // Nothing of the live state has changed.
    #expect(try await shop.messages().isEmpty)
    #expect(try await shop.person("user:ann")["traits"]?["winback_tried"] == nil)
    await first.node.stop()
    await second.node.stop()
  }

  @Test func reportsFigures() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await Self.year(test, live: true)
    let summary = try await shop.rehearse(Self.request)["summary"] ?? .null
    #expect(summary["people"]?.int == 3)
    let journey = summary["journeys"]?.array?.first ?? .null
    // Ann twice, Bob twice (once cut short by his order of 20 February), Cid once.
    #expect(journey["entries"]?.int == 5)
    #expect(journey["people"]?.int == 3)
    #expect(journey["finished"]?.int == 4)
    #expect(journey["exited"]?["exit rule 1"]?.int == 1)
    #expect(summary["messages"]?["sent"]?.int == 7)
    #expect(summary["messages"]?["suppressed"]?["no_consent"]?.int == 2)
    let between = journey["between"]?.array ?? []
    #expect(
      between.contains {
        $0["from"]?.string == "step-1" && $0["to"]?.string == "miss-you" && $0["median"]?.string == "10m"
      })
    await test.node.stop()
  }

  @Test func givesTheSameBytes() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await Self.year(test, live: true)
    let (one, other) = (try await shop.rehearse(Self.request), try await shop.rehearse(Self.request))
    #expect(one["summary"] != nil)
    #expect(one["summary"] == other["summary"])
    #expect(try await shop.letters(of: one) == shop.letters(of: other))
    await test.node.stop()
  }
}
