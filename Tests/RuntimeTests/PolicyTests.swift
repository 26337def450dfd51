import Delivery
import Profiles
import RoostCore
import Runtime
import TestSupport
import Testing

/// Caps and quiet hours in a running installation.
@Suite struct PolicyTests {
  private static let nudge = #"""
    {"journey":"nudge","enter":{"event":"Seen"},"again":"always","holdout":"0%",
     "steps":[{"send":{"id":"hello","channel":"email","template":"hello"}}]}
    """#

  private func shop(_ test: TestNode, _ policies: String) async throws -> TestWorkspace {
    let shop = try await test.workspace("shop", #"{"consentPolicy":"implied","timezone":"Europe/Rome"}"#)
    try await shop.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hello"}"#)
    try await shop.put(.policies, "policies", policies)
    try await shop.publish("nudge", Self.nudge)
    return shop
  }

  private func counts(_ messages: [MessageRecord]) -> [String: Int] {
    Dictionary(messages.map { ($0.reason?.rawValue ?? "out", 1) }, uniquingKeysWith: +)
  }

  /// A hundred calls at once for one person: as many messages as there are places, and the same after a crash.
  @Test func `A hundred triggers at once`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test, #"{"caps":[{"max":3,"per":"7d","over":"skip"}]}"#)
    try await shop.batch([Calls.identify(#""userId":"ann""#, #"{"email":"ann@x.example"}"#)])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<100 {
        group.addTask { try await shop.batch([Calls.track("Seen", #""userId":"ann""#, id: "e\(number)")]) }
      }
      try await group.waitForAll()
    }
    #expect(counts(try await shop.messages()) == ["out": 3, "frequency_cap": 97])
    let crashed = try await test.crashed()
    let again = shop.on(crashed)
    #expect(try await again.state("user:ann").delivery == shop.state("user:ann").delivery)
    #expect(try await again.state("user:ann").delivery.marks.count == 3)
    try await again.batch([Calls.track("Seen", #""userId":"ann""#)])
    #expect(counts(try await again.messages()) == ["out": 3, "frequency_cap": 98])
    try await crashed.advance(by: .days(7))
    try await again.batch([Calls.track("Seen", #""userId":"ann""#)])
    #expect(counts(try await again.messages())["out"] == 4)
    await crashed.node.stop()
    await test.node.stop()
  }

  @Test func `Merged people have had the messages of both`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test, #"{"caps":[{"max":2,"per":"7d","over":"skip"}]}"#)
    for who in [#""userId":"ann""#, #""anonymousId":"web""#] {
      try await shop.batch([
        Calls.identify(who, #"{"email":"\#(who.utf8.count)@x.example"}"#), Calls.track("Seen", who),
      ])
    }
    try await shop.batch([Calls.alias(from: "web", to: "ann")])
    try await shop.batch([Calls.track("Seen", #""userId":"ann""#)])
    #expect(counts(try await shop.messages()) == ["out": 2, "frequency_cap": 1])
    await test.node.stop()
  }

  @Test func `Night where the person lives`() async throws {
    // 20:00 in Rome, 23:30 in Kolkata.
    let test = try await TestNode.open(at: "2026-06-01T18:00:00Z")
    let shop = try await shop(test, #"{"quietHours":{"from":"21:00","to":"09:00","over":"skip"}}"#)
    try await shop.batch([
      Calls.identify(#""userId":"ann""#, #"{"email":"ann@x.example"}"#),
      Calls.identify(#""userId":"raj""#, #"{"email":"raj@x.example","country":"IN"}"#),
      Calls.track("Seen", #""userId":"ann""#), Calls.track("Seen", #""userId":"raj""#),
    ])
    #expect(counts(try await shop.messages(of: "user:ann")) == ["out": 1])
    let night = try #require(try await shop.messages(of: "user:raj").first)
    #expect(night.reason == .quietHours)
    #expect(night.sentences.contains("time zone Asia/Kolkata, by the trait country"))
    await test.node.stop()
  }

  @Test func `A document with faults changes nothing`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test, #"{"caps":[{"max":1,"per":"7d"}]}"#)
    await #expect(throws: Problem.self) {
      try await shop.put(.policies, "policies", #"{"caps":[{"max":-1,"per":"7d"}]}"#)
    }
    await #expect(throws: Problem.self) { try await shop.put(.policies, "others", "{}") }
    let id = shop.id
    let policies = try await test.node.perform { partition throws(Problem) in try partition.describePolicies(id) }
    #expect(policies["version"] == 1)
    #expect(policies["definition"]?["caps"]?.array?.count == 1)
    await test.node.stop()
  }
}
