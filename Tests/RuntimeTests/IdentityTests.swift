import RoostCore
import Runtime
import TestSupport
import Testing

/// Who turns out to be who, through the whole way of an event.
@Suite struct IdentityTests {
  private let anonymous = #""anonymousId":"web-1""#
  private let known = #""userId":"ann""#
  private let both = #""anonymousId":"web-1","userId":"ann""#

  private func open() async throws -> TestWorkspace {
    try await TestNode.open(at: "2026-03-01T00:00:00Z").workspace("shop")
  }

  /// The one person that all references name, with what both did.
  private func checkOne(_ shop: TestWorkspace, timeline: [String]) async throws {
    let person = try await shop.person("user:ann")
    #expect(try await shop.person("anonymous:web-1") == person)
    #expect(try await shop.timeline("user:ann").sorted() == timeline.sorted())
    #expect(try await shop.node(people: 1))
  }

  @Test func anonymousBecomesKnownLater() async throws {
    let shop = try await open()
    try await shop.batch([Calls.track("Viewed", anonymous)])
    let before = try await shop.state("anonymous:web-1").id
    try await shop.batch([Calls.identify(both, #"{"email":"ann@shop.example"}"#)])
    try await shop.batch([Calls.track("Ordered", known)])
    try await checkOne(shop, timeline: ["Ordered", "identify", "Viewed"])
    // The id from before leads to the one who stayed, for ever.
    let after = try await shop.state("user:ann").id
    #expect(before != after)
    #expect(try await shop.state(before.text).id == after)
    let reopened = shop.on(try await shop.test.reopened())
    #expect(try await reopened.state(before.text).id == after)
    #expect(try await reopened.state("email:ann@shop.example").id == after)
    await reopened.test.node.stop()
  }

  @Test(arguments: [false, true]) func bothInOneCall(isKnownFirst: Bool) async throws {
    let shop = try await open()
    let events = [Calls.track("Viewed", anonymous), Calls.track("Ordered", known), Calls.identify(both)]
    try await shop.batch(isKnownFirst ? [events[1], events[0], events[2]] : events)
    try await checkOne(shop, timeline: ["Ordered", "identify", "Viewed"])
    let crashed = shop.on(try await shop.test.crashed())
    try await checkOne(crashed, timeline: ["Ordered", "identify", "Viewed"])
    #expect(try await crashed.state("user:ann") == shop.state("user:ann"))
    await crashed.test.node.stop()
    await shop.test.node.stop()
  }

  @Test func theCallThatJoinsComesFirst() async throws {
    let shop = try await open()
    try await shop.batch([Calls.identify(both), Calls.track("Viewed", anonymous), Calls.track("Ordered", known)])
    try await checkOne(shop, timeline: ["Ordered", "identify", "Viewed"])
    await shop.test.node.stop()
  }

  @Test func aliasJoinsTwoUsers() async throws {
    let shop = try await open()
    try await shop.batch([Calls.track("Viewed", #""userId":"old""#), Calls.track("Ordered", known)])
    try await shop.batch([Calls.alias(from: "old", to: "ann")])
    #expect(try await shop.state("user:old").id == shop.state("user:ann").id)
    #expect(try await shop.timeline("user:old").sorted() == ["Ordered", "Viewed", "alias"])
    await shop.test.node.stop()
  }

  /// Bob signs in on Ann's device: what he does is his, the device stays hers.
  @Test func aSharedDeviceMergesNobody() async throws {
    let shop = try await open()
    try await shop.batch([Calls.identify(both)])
    try await shop.batch([Calls.track("Ordered", #""anonymousId":"web-1","userId":"bob""#)])
    #expect(try await shop.state("user:ann").id != shop.state("user:bob").id)
    #expect(try await shop.state("anonymous:web-1").id == shop.state("user:ann").id)
    #expect(try await shop.timeline("user:bob") == ["Ordered"])
    // The same after a crash: the log says which identifiers stayed behind.
    let crashed = shop.on(try await shop.test.crashed())
    #expect(try await crashed.state("anonymous:web-1").id == shop.state("user:ann").id)
    #expect(try await crashed.state("user:bob") == shop.state("user:bob"))
    await crashed.test.node.stop()
    await shop.test.node.stop()
  }

  /// A repeated event leaves no trace in the log: above all not its refusals, which would meet the next event.
  @Test func aRepeatedRefusalMeetsNobodyElse() async throws {
    let shop = try await open()
    try await shop.batch([Calls.identify(both)])
    let refused = Calls.track("Ordered", #""anonymousId":"web-1","userId":"bob""#, id: "m1")
    try await shop.batch([refused])
    try await shop.batch([refused, Calls.identify(#""anonymousId":"web-2","userId":"bob""#)])
    #expect(try await shop.state("anonymous:web-2").id == shop.state("user:bob").id)
    let crashed = shop.on(try await shop.test.crashed())
    #expect(try await crashed.state("user:bob") == shop.state("user:bob"))
    #expect(try await crashed.knows("anonymous:web-2"))
    await crashed.test.node.stop()
    await shop.test.node.stop()
  }

  /// What was sent to the one who disappeared is found with the one who stayed.
  @Test func lettersOfBothAreListed() async throws {
    let shop = try await open()
    try await shop.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hello"}"#)
    try await shop.publish(
      "welcome",
      #"""
      {"journey":"welcome","enter":{"event":"Signed Up"},"class":"transactional",
       "steps":[{"send":{"id":"hello","channel":"email","template":"hello"}}]}
      """#)
    try await shop.settle()
    try await shop.batch([Calls.track("Signed Up", anonymous)])
    try await shop.batch([Calls.identify(both)])
    #expect(try await shop.messages(of: "user:ann").map(\.template) == ["hello"])
    await shop.test.node.stop()
  }
}

extension TestWorkspace {
  /// Whether the workspace counts so many people.
  func node(people: Int) async throws -> Bool {
    let id = id
    return try await test.node.perform { partition throws(Problem) in partition.people(of: id) } == people
  }
}
