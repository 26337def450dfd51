import Delivery
import Engine
import RoostCore
import Runtime
import TestSupport
import Testing

/// A shop writes to everybody, on simulated days.
@Suite struct BroadcastStories {
  private static let people = 1_500

  /// Half live in Rome and half in New York; a third already got a letter this week; a tenth never said yes.
  private func shop(_ test: TestNode, caps: String) async throws -> TestWorkspace {
    let shop = try await test.workspace("shop", #"{"timezone":"Europe/Rome","consentPolicy":"explicit"}"#)
    try await shop.put(.template, "sale", #"{"channel":"email","subject":"Sale","text":"Hi {{ person.name }}"}"#)
    try await shop.put(
      .policies, "policies", #"{"caps":[\#(caps)],"quietHours":{"from":"21:00","to":"09:00","over":"hold"}}"#)
    try await shop.publish(
      "hello",
      #"""
      {"journey":"hello","holdout":"0%","enter":{"event":"Signed Up"},
       "steps":[{"send":{"id":"a","channel":"email","template":"sale"}}]}
      """#)
    try await shop.settle()
    for start in stride(from: 0, to: Self.people, by: 500) {
      var calls: [String] = []
      for number in start..<(start + 500) {
        let zone = number % 2 == 0 ? "Europe/Rome" : "America/New_York"
        let consent = number % 10 == 3 ? "" : #","consent":{"categoryPreferences":{"marketing":true}}"#
        calls.append(
          #"{"type":"identify","userId":"u\#(number)","messageId":"m\#(number)","traits":{"email":"#
            + #""u\#(number)@shop.example","name":"N\#(number)","timezone":"\#(zone)"},"context":{"a":1\#(consent)}}"#)
      }
      try await shop.batch(calls)
      try await shop.batch(
        (start..<(start + 500)).filter { $0 % 3 == 0 }.map { Calls.track("Signed Up", #""userId":"u\#($0)""#) })
    }
    return shop
  }

  private func act(_ shop: TestWorkspace, _ action: BroadcastAction) async throws {
    let id = shop.id
    try await shop.test.node.perform { partition throws(Problem) in
      try partition.act(id, broadcast: "spring", action)
    }
  }

  private func view(_ shop: TestWorkspace) async throws -> BroadcastView {
    let id = shop.id
    return try await shop.test.node.perform { partition throws(Problem) in try partition.broadcastView(id, "spring") }
  }

  @Test func consentCapsAndQuietHoursHoldAsForJourneys() async throws {
    // Noon in Rome on a Monday, six in the morning in New York.
    let test = try await TestNode.open(at: "2026-03-02T11:00:00Z")
    let shop = try await shop(test, caps: #"{"max":1,"per":"7d","scope":"all","window":"rolling","over":"skip"}"#)
    try await shop.put(
      .broadcast, "spring", #"{"name":"Spring","segment":"everybody","channel":"email","template":"sale"}"#)
    // By hand, of 1,500: 150 never said yes. A third had the welcome letter unless they are among those 150 or in
    // New York, where it is held till nine: Rome's (even) multiples of 3 without number % 10 == 3 are the 250 multiples
    // of 6. The rest of Rome may get it now: 750 − 250 = 500 (no even number ends in 3). New York: 750 − 150 = 600.
    let estimate = try await test.node.estimateBroadcast(shop.id, "spring")
    #expect(estimate.audience == 1_500)
    #expect(estimate.suppressed == [.noConsent: 150, .frequencyCap: 250])
    #expect(estimate.reachable == 500)
    #expect(estimate.held == [.quietHours: 600])
    try await act(shop, .start)
    try await test.advance(by: .minutes(1))
    var now = try await view(shop)
    #expect(now.run.state == "sending")
    #expect(now.counts == [.sent: 500, .held: 600, .suppressed: 400])
    // Nine in New York is 14:00 UTC. Held ones go out, but for those whose welcome letter was first in line.
    let crashed = try await test.crashed()
    for node in [test, crashed] {
      try await node.advance(to: "2026-03-02T15:00:00Z")
      now = try await view(shop.on(node))
      #expect(now.run.state == "finished")
      let inNewYork = (0..<1_500).filter { $0 % 2 == 1 && $0 % 10 != 3 }
      let capped = inNewYork.count { $0 % 3 == 0 }
      #expect(now.counts == [.sent: 500 + inNewYork.count - capped, .suppressed: 400 + capped])
      #expect(now.run.proof?.messages == now.counts)
      #expect(now.run.proof?.reached == 1_500)
      let mine = try await shop.on(node).messages().filter { $0.journey == "broadcast:spring" }
      #expect(mine.count == 1_500)
      #expect(Set(mine.map(\.person)).count == 1_500)
    }
    await crashed.node.stop()
    // A clean restart changes nothing.
    let again = try await test.reopened()
    #expect(try await view(shop.on(again)).counts == now.counts)
    #expect(try await view(shop.on(again)).run == now.run)
    await again.node.stop()
  }

  @Test func stoppingTakesBackWhatIsHeld() async throws {
    let test = try await TestNode.open(at: "2026-03-02T11:00:00Z")
    let shop = try await shop(test, caps: "")
    try await shop.put(
      .broadcast, "spring", #"{"segment":"everybody","channel":"email","template":"sale","at":"2026-03-02T11:30:00Z"}"#)
    try await act(shop, .start)
    #expect(try await view(shop).run.state == "scheduled")
    try await test.advance(to: "2026-03-02T11:29:00Z")
    #expect(try await view(shop).run.state == "scheduled")
    try await test.advance(to: "2026-03-02T12:00:00Z")
    let before = try await view(shop)
    #expect(before.counts == [.sent: 750, .held: 600, .suppressed: 150])
    try await act(shop, .pause)
    try await test.advance(to: "2026-03-02T16:00:00Z")
    // Paused over New York's morning: nothing is skipped, nothing is sent.
    #expect(try await view(shop).counts == before.counts)
    try await act(shop, .stop)
    try await test.advance(by: .minutes(1))
    let after = try await view(shop)
    #expect(after.run.stage == .stopped)
    #expect(after.counts == [.sent: 750, .suppressed: 750])
    let stopped = try await shop.messages().filter { $0.reason == .broadcastStopped }
    #expect(stopped.count == 600)
    await test.node.stop()
  }
}
