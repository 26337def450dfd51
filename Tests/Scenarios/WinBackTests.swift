import RoostCore
import Runtime
import TestSupport
import Testing

/// A year of a shop. Every expected time is counted by hand: 30 days after the last order the segment is entered, to the
/// millisecond; the first letter follows 10 minutes later, the second 7 days after that.
@Suite struct WinBackTests {
  private static func year(_ test: TestNode) async throws -> TestWorkspace {
    let shop = try await Shop.open(in: test)
    try await shop.publish("winback", Shop.winback)
    try await shop.settle()
    try await shop.join("ann", #"{"email":"ann@shop.example","first_name":"Ann"}"#)
    try await shop.join("bob", #"{"email":"bob@shop.example","vip":true}"#)
    try await shop.join("cid", #"{"email":"cid@shop.example"}"#, consent: nil)
    try await shop.join("dora", "{}")
    try await shop.join("eve", #"{"email":"eve@shop.example"}"#)
    // Eve orders every 29 days: she never lapses.
    let eve = [
      "2026-01-05", "2026-02-03", "2026-03-04", "2026-04-02", "2026-05-01", "2026-05-30", "2026-06-28", "2026-07-27",
      "2026-08-25", "2026-09-23", "2026-10-22", "2026-11-20", "2026-12-19",
    ].map { ("eve", $0 + "T00:00:00Z") }
    let others = [
      ("ann", "2026-01-10T10:00:00Z"), ("ann", "2026-06-01T12:00:00Z"), ("bob", "2026-01-20T08:00:00Z"),
      ("bob", "2026-02-20T09:00:00Z"), ("bob", "2026-05-01T00:00:00Z"), ("cid", "2026-03-01T00:00:00Z"),
      ("dora", "2026-11-20T23:59:59.500Z"),
    ]
    for (user, time) in (eve + others).sorted(by: { $0.1 < $1.1 }) { try await shop.order(user, at: time) }
    try await test.advance(to: "2026-12-31T00:00:00Z")
    return shop
  }

  /// Bob's order on 20 February ends his first run before the gift; he lapses again on 22 March, 31 days after he
  /// entered, too soon to enter again; on 31 May it is 101 days. Cid never agreed to letters. Dora has no address.
  private static let letters = [
    "2026-02-09T10:10:00.000Z ann miss-you sent", "2026-02-16T10:10:00.000Z ann coupon sent",
    "2026-02-19T08:10:00.000Z bob miss-you sent", "2026-03-31T00:10:00.000Z cid miss-you no_consent",
    "2026-04-07T00:10:00.000Z cid coupon no_consent", "2026-05-31T00:10:00.000Z bob miss-you sent",
    "2026-06-07T00:10:00.000Z bob gift sent", "2026-07-01T12:10:00.000Z ann miss-you sent",
    "2026-07-08T12:10:00.000Z ann coupon sent", "2026-12-21T00:09:59.500Z dora miss-you no_address",
    "2026-12-28T00:09:59.500Z dora coupon no_address",
  ]

  @Test func sendsWhatTheCalendarSays() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await Self.year(test)
    #expect(try await shop.letters() == Self.letters)
    #expect(try await shop.messages().first?.subject == "miss-you, Ann")
    #expect(try await shop.messages().first?.to == "ann@shop.example")
    #expect(try await shop.person("user:ann")["traits"]?["winback_tried"]?.bool == true)
    #expect(try await shop.person("user:eve")["traits"]?["winback_tried"] == nil)
    // Ann, Bob, Cid and Dora are silent; Eve is not.
    #expect(try await shop.count("lapsing") == 4)
    let journey = try await shop.describe(.journey, "winback")
    #expect(journey["entered"]?.int == 6)
    #expect(journey["finished"]?.int == 5)
    #expect(journey["exited"]?.int == 1)
    #expect(journey["inside"]?.int == 0)
    #expect(journey["messages"]?.int == 11)
    await test.node.stop()
  }

  /// Names of messages and people derive from what happened, so that two installations agree on them.
  @Test func isTheSameOnAnotherMachine() async throws {
    let first = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let second = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let (one, other) = (try await Self.year(first), try await Self.year(second))
    #expect(try await one.messages().map(\.id) == other.messages().map(\.id))
    #expect(try await one.person("user:ann") == other.person("user:ann"))
    await first.node.stop()
    await second.node.stop()
  }

  /// Stopping and starting between any two orders changes nothing.
  @Test func survivesRestarts() async throws {
    var test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    var shop = try await Shop.open(in: test)
    try await shop.publish("winback", Shop.winback)
    try await shop.join("ann", #"{"email":"ann@shop.example"}"#)
    for time in ["2026-01-10T10:00:00Z", "2026-02-09T10:05:00Z", "2026-02-16T10:09:59.999Z", "2026-06-01T12:00:00Z"] {
      test = try await test.reopened()
      shop = shop.on(test)
      try await test.advance(to: time)
      if time.hasPrefix("2026-01") || time.hasPrefix("2026-06") { try await shop.order("ann", at: time) }
    }
    test = try await test.reopened()
    shop = shop.on(test)
    try await test.advance(to: "2026-12-31T00:00:00Z")
    #expect(try await shop.letters() == Self.letters.filter { $0.contains(" ann ") })
    await test.node.stop()
  }
}
