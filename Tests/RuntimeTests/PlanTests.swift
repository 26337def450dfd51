import Engine
import RoostCore
import Runtime
import TestSupport
import Testing

/// Definitions put together: what a plan says, and that applying does all of it or nothing.
@Suite struct PlanTests {
  // swift-format-ignore: NeverUseForceTry
  private static func journey(_ steps: String, _ more: String = "") -> JSONValue {
    try! JSONValue(
      parsing: Array(
        #"{"journey":"welcome","enter":{"event":"Signed Up"},"holdout":"0%",\#(more)"steps":[\#(steps)]}"#.utf8))
  }
  private static let letter: JSONValue = ["channel": "email", "subject": "Hi", "text": "Hello"]
  private static let steps = #"{"wait":"1d"},{"send":{"id":"first","channel":"email","template":"hi"}}"#

  private func bundle(_ journey: JSONValue, _ more: [(DocumentKind, String, JSONValue)] = []) throws -> DefinitionBundle
  {
    let drafts = [(DocumentKind.journey, "welcome", journey), (.template, "hi", Self.letter)] + more
    return try DefinitionBundle(
      json: [
        "documents": .array(
          drafts.map { ["kind": .string($0.0.rawValue), "key": .string($0.1), "body": $0.2] })
      ])
  }

  private func open() async throws -> (TestNode, TestWorkspace) {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    return (test, try await test.workspace("shop", #"{"consentPolicy":"implied"}"#))
  }

  private func enter(_ shop: TestWorkspace, _ users: [String]) async throws {
    try await shop.batch(
      users.flatMap { user in
        [
          Calls.identify(#""userId":"\#(user)""#, #"{"email":"\#(user)@shop.example"}"#),
          Calls.track("Signed Up", #""userId":"\#(user)""#),
        ]
      })
  }

  @Test func aBundleIsAppliedInTheOrderOfItsNeeds() async throws {
    let (test, shop) = try await open()
    let bundle = try bundle(Self.journey(Self.steps))
    let plan = try await test.node.planDefinitions(shop.id, bundle)
    #expect(plan["changes"]?.array?.compactMap { $0["key"]?.string } == ["hi", "welcome"])
    #expect(try await shop.describe(.journey).isEmpty)
    let applied = try await test.node.applyDefinitions(shop.id, bundle)
    #expect(applied["plan"] == plan["plan"])
    #expect(try await shop.describe(.journey, "welcome")["status"]?.string == "published")
    let again = try await test.node.planDefinitions(shop.id, bundle)
    #expect(again["changes"]?.array?.compactMap { $0["change"]?.string } == ["unchanged", "unchanged"])
    await test.node.stop()
  }

  @Test func oneBadDocumentChangesNothing() async throws {
    let (test, shop) = try await open()
    let bad = try bundle(Self.journey(Self.steps), [(.segment, "s", ["sum": "total"]), (.template, "t", [:])])
    do {
      _ = try await test.node.applyDefinitions(shop.id, bad)
      Issue.record("it was applied")
    } catch {
      let problem = error
      #expect(Set(problem.findings.map { $0.pointer.split(separator: "/")[1] }) == ["2", "3"])
    }
    #expect(try await shop.describe(.template).isEmpty)
    #expect(try await shop.describe(.journey).isEmpty)
    await test.node.stop()
  }

  @Test func peopleInsideNeedADecision() async throws {
    let (test, shop) = try await open()
    _ = try await test.node.applyDefinitions(shop.id, try bundle(Self.journey(Self.steps)))
    try await shop.settle()
    try await enter(shop, ["ann", "bob"])
    let longer = Self.steps + #",{"wait":"1d"}"#
    let silent = try bundle(Self.journey(longer))
    let plan = try await test.node.planDefinitions(shop.id, silent)
    let change = plan["changes"]?.array?.last
    #expect(plan["decisions"]?.int == 1)
    #expect(change?["people"]?.int == 2)
    #expect(change?["decision"]?.string?.hasPrefix("2 people are inside an earlier version") == true)
    await #expect(throws: Problem.self) { _ = try await test.node.applyDefinitions(shop.id, silent) }
    let pinned = try await test.node.planDefinitions(shop.id, try bundle(Self.journey(longer, #""inside":"pin","#)))
    #expect(pinned["decisions"]?.int == 0)
    #expect(pinned["changes"]?.array?.last?["groups"]?.array?.first?["goes"]?.string == "finish version 1")
    await test.node.stop()
  }

  @Test func aStepThatVanishedIsNamed() async throws {
    let (test, shop) = try await open()
    let first = Self.journey(#"{"id":"rest","wait":"1d"},{"send":{"id":"first","channel":"email","template":"hi"}}"#)
    _ = try await test.node.applyDefinitions(shop.id, try bundle(first))
    try await shop.settle()
    try await enter(shop, ["ann"])
    let renamed = #"{"id":"pause","wait":"2d"},{"send":{"id":"first","channel":"email","template":"hi"}}"#
    let lost = try await test.node.planDefinitions(
      shop.id, try bundle(Self.journey(renamed, #""inside":{"migrate":{}},"#)))
    #expect(lost["changes"]?.array?.last?["decision"]?.string?.contains("people wait at rest") == true)
    let mapped = try await test.node.planDefinitions(
      shop.id, try bundle(Self.journey(renamed, #""inside":{"migrate":{"rest":"pause"}},"#)))
    #expect(mapped["decisions"]?.int == 0)
    let goes = mapped["changes"]?.array?.last?["groups"]?.array?.first?["goes"]?.string
    #expect(goes == "go on at pause of version 2")
    await test.node.stop()
  }

  @Test func aStalePlanIsRefused() async throws {
    let (test, shop) = try await open()
    var bundle = try bundle(Self.journey(Self.steps))
    bundle.plan = try await test.node.planDefinitions(shop.id, bundle)["plan"]?.string
    try await shop.put(.template, "hi", #"{"channel":"email","subject":"Other","text":"Hello"}"#)
    let stale = bundle
    await #expect(throws: Problem.self) { _ = try await test.node.applyDefinitions(shop.id, stale) }
    await test.node.stop()
  }

  @Test func journeysOfATagThatAreGoneNeedADecision() async throws {
    let (test, shop) = try await open()
    _ = try await test.node.applyDefinitions(shop.id, try bundle(Self.journey(Self.steps, #""tags":["ladder-a"],"#)))
    try await shop.settle()
    var rest = try DefinitionBundle(json: ["documents": [], "tag": "ladder-a"])
    #expect(try await test.node.planDefinitions(shop.id, rest)["decisions"]?.int == 1)
    rest.missing = .pause
    _ = try await test.node.applyDefinitions(shop.id, rest)
    #expect(try await shop.describe(.journey, "welcome")["status"]?.string == "paused")
    await test.node.stop()
  }

  @Test func differencesAreNamedWhereTheyLie() {
    let old: JSONValue = ["a": 1, "b": ["x": [1, 2], "y": 3], "c": "gone"]
    let new: JSONValue = ["a": 1, "b": ["x": [1, 5], "y": 3], "d": "new"]
    let differences = JSONDifference.between(old, new)
    #expect(differences.map(\.pointer) == ["/b/x/1", "/d", "/c"])
    #expect(JSONDifference.between(["x": [1]], ["x": [1, 2]]).map(\.pointer) == ["/x"])
    #expect(JSONDifference.between(["a": 1, "b": 2], ["b": 2, "a": 1]).isEmpty)
  }
}
