import RoostCore
import Runtime
import TestSupport
import Testing

/// What an operator does while people are inside.
@Suite struct OperatingTests {
  private func shop(_ test: TestNode) async throws -> TestWorkspace {
    let shop = try await Shop.open(in: test)
    try await shop.publish("welcome", Self.version(1))
    try await shop.settle()
    return shop
  }

  private static func version(_ number: Int) -> String {
    """
    {"journey":"welcome","holdout":"0%","inside":"pin","enter":{"event":"Signed Up"},"again":"always","steps":[{"wait":"1d"},
     {"send":{"id":"first-\(number)","channel":"email","template":"miss-you"}},{"wait":"1d"},
     {"send":{"id":"second-\(number)","channel":"email","template":"gift"}}]}
    """
  }

  private func signUp(_ shop: TestWorkspace, _ user: String) async throws {
    try await shop.join(user, #"{"email":"\#(user)@shop.example"}"#)
    try await shop.batch([Calls.track("Signed Up", #""userId":"\#(user)""#)])
  }

  private func steps(_ shop: TestWorkspace) async throws -> [String] {
    try await shop.messages().map { "\($0.scheduledAt.text.prefix(13)) \($0.userID) \($0.step) v\($0.version)" }
      .sorted()
  }

  @Test func pausingSkipsNothing() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await shop(test)
    try await signUp(shop, "ann")
    try await test.advance(to: "2026-01-01T12:00:00Z")
    try await shop.act("welcome", .pause)
    // Bob comes while it is paused: he waits before the first step.
    try await signUp(shop, "bob")
    try await test.advance(to: "2026-01-10T06:00:00Z")
    #expect(try await shop.messages().isEmpty)
    try await shop.act("welcome", .resume)
    try await test.advance(to: "2026-01-20T00:00:00Z")
    #expect(
      try await steps(shop) == [
        "2026-01-10T06 ann first-1 v1", "2026-01-11T06 ann second-1 v1", "2026-01-11T06 bob first-1 v1",
        "2026-01-12T06 bob second-1 v1",
      ])
    await test.node.stop()
  }

  /// A resumed journey whose people were not woken before the process died goes on all the same.
  @Test func resumingSurvivesACrash() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await shop(test)
    try await signUp(shop, "ann")
    try await test.advance(to: "2026-01-01T12:00:00Z")
    try await shop.act("welcome", .pause)
    try await test.advance(to: "2026-01-01T13:00:00Z")
    try await test.advance(to: "2026-01-03T00:00:00Z")
    try await shop.act("welcome", .resume)
    let crashed = try await test.crashed()
    let after = shop.on(crashed)
    try await crashed.advance(to: "2026-01-10T00:00:00Z")
    #expect(try await steps(after) == ["2026-01-03T00 ann first-1 v1", "2026-01-04T00 ann second-1 v1"])
    await crashed.node.stop()
    await test.node.stop()
  }

  @Test func peopleFinishTheVersionTheyEntered() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await shop(test)
    try await signUp(shop, "ann")
    try await test.advance(to: "2026-01-01T12:00:00Z")
    try await shop.publish("welcome", Self.version(2))
    try await signUp(shop, "bob")
    let steps = try await shop.describe(.journey, "welcome")["steps"]?.array ?? []
    // One waits in each version.
    #expect(steps.filter { $0["waiting"]?.int == 1 }.compactMap { $0["version"]?.int } == [2, 1])
    try await test.advance(to: "2026-01-10T00:00:00Z")
    #expect(
      try await self.steps(shop) == [
        "2026-01-02T00 ann first-1 v1", "2026-01-02T12 bob first-2 v2", "2026-01-03T00 ann second-1 v1",
        "2026-01-03T12 bob second-2 v2",
      ])
    await test.node.stop()
  }

  @Test func archivingTakesEverybodyOut() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await shop(test)
    try await signUp(shop, "ann")
    try await test.advance(to: "2026-01-01T12:00:00Z")
    try await shop.act("welcome", .archive)
    try await signUp(shop, "bob")
    try await test.advance(to: "2026-01-10T00:00:00Z")
    #expect(try await shop.messages().isEmpty)
    let journey = try await shop.describe(.journey, "welcome")
    #expect(journey["inside"]?.int == 0)
    #expect(journey["exited"]?.int == 1)
    #expect(journey["entered"]?.int == 1)
    await test.node.stop()
  }
}
