import RoostCore
import Runtime
import TestSupport
import Testing

/// A segment that is put when people are there already holds whom it would hold had it been there from the start, though
/// people go on doing things and turn out to be one another meanwhile.
@Suite struct FillTests {
  private static let segments = [
    ("viewers", #"{"segment":"viewers","event":"Viewed","count":{"atLeast":3}}"#),
    ("spenders", #"{"segment":"spenders","sum":"total","of":"Order Completed","within":"20d","atLeast":40}"#),
    ("abandoned", #"{"segment":"abandoned","sequence":["Viewed","Order Completed"],"within":"2d"}"#),
    ("lately", #"{"segment":"lately","event":"Viewed","within":"5d"}"#),
    ("nested", #"{"segment":"nested","all":[{"segment":"viewers"},{"not":{"segment":"spenders"}}]}"#),
  ]

  private func live(_ random: inout SeededRandom, _ shop: TestWorkspace, _ calls: Int, _ number: inout Int) async throws
  {
    for _ in 0..<calls {
      let (user, browser) = (random.next() % 12, random.next() % 20)
      let who = [
        #""userId":"u\#(user)""#, #""anonymousId":"a\#(browser)""#,
        #""userId":"u\#(user)","anonymousId":"a\#(browser)""#,
      ][Int(random.next() % 3)]
      number += 1
      let event = random.next() % 2 == 0 ? "Viewed" : "Order Completed"
      try await shop.batch([Calls.track(event, who, #"{"total":\#(random.next() % 30)}"#, id: "m\(number)")])
    }
  }

  /// A year in which the segments come at the start, or in the middle.
  private func people(seed: UInt64, early: Bool) async throws -> [String: [String]] {
    var limits = PartitionLimits()
    limits.fillsPerCommit = 1
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z", limits: limits)
    let shop = try await test.workspace("shop")
    var random = SeededRandom(seed: seed)
    var number = 0
    for round in 0..<4 {
      if early == (round == 0), round == 0 || round == 3 {
        for (key, json) in Self.segments { try await shop.put(.segment, key, json) }
        if early { try await shop.settle() }
      }
      try await live(&random, shop, 40, &number)
      if round < 3 { try await test.advance(by: .days(3)) }
    }
    try await shop.settle()
    let found = try await test.node.searchPeople(shop.id, query: "", cursor: nil, limit: 1_000).items
    var people: [String: [String]] = [:]
    for id in found.compactMap({ $0["id"]?.string }) { people[id] = try await shop.segments(of: id) }
    for (key, _) in Self.segments {
      #expect(try await shop.count(key) == people.values.count { $0.contains(key) }, "\(key)")
    }
    await test.node.stop()
    return people
  }

  @Test(arguments: 1...RandomLife.seeds(4)) func comesToTheSame(seed: UInt64) async throws {
    let (early, late) = (try await people(seed: seed, early: true), try await people(seed: seed, early: false))
    #expect(early.count >= 12)
    #expect(early == late)
  }

  /// A journey publishes conditions of its own: they are exact from the past before it acts on them.
  @Test func aNewConditionKnowsThePast() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await test.workspace("shop")
    try await shop.batch((0..<3).map { Calls.track("Viewed", #""userId":"ann""#, id: "m\($0)") })
    try await shop.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hello"}"#)
    try await shop.publish(
      "asks",
      #"""
      {"journey":"asks","enter":{"event":"Ordered"},"class":"transactional",
       "steps":[{"branch":[{"if":{"event":"Viewed","count":{"atLeast":3}},
         "steps":[{"send":{"id":"hello","channel":"email","template":"hello"}}]}]}]}
      """#)
    try await shop.batch([Calls.track("Ordered", #""userId":"ann""#)])
    #expect(try await shop.messages().map(\.template) == ["hello"])
    await test.node.stop()
  }
}
