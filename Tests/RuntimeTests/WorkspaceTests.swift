import Delivery
import RoostCore
import Runtime
import TestSupport
import Testing

/// Tenants beside each other, imports, and what was refused.
@Suite struct WorkspaceTests {
  private static let welcome = #"""
    {"journey":"welcome","enter":{"event":"Signed Up"},"class":"transactional",
     "steps":[{"send":{"id":"hello","channel":"email","template":"hello"}}]}
    """#

  private func shop(_ test: TestNode, _ key: String) async throws -> TestWorkspace {
    let shop = try await test.workspace(key)
    try await shop.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hello"}"#)
    try await shop.put(.segment, "signed", #"{"segment":"signed","event":"Signed Up"}"#)
    try await shop.publish("welcome", Self.welcome)
    try await shop.settle()
    return shop
  }

  @Test func aTimeZoneHasToBeOne() async throws {
    let test = try await TestNode.open(at: "2026-03-01T00:00:00Z")
    await #expect(throws: Problem.self) {
      try await test.workspace("shop", #"{"timezone":"Europe/Roma"}"#)
    }
    await test.node.stop()
  }

  private func notFound(_ body: () async throws -> Void) async throws -> Bool {
    do {
      try await body()
      return false
    } catch let problem as Problem { return problem.code == .notFound }
  }

  @Test func tenantsSeeNothingOfEachOther() async throws {
    let test = try await TestNode.open(at: "2026-03-01T00:00:00Z")
    let (one, two) = (try await shop(test, "one"), try await shop(test, "two"))
    for (shop, name) in [(one, "Ann"), (two, "Anna")] {
      try await shop.batch([
        Calls.identify(#""userId":"ann","anonymousId":"web""#, #"{"email":"ann@x.example","first_name":"\#(name)"}"#),
        Calls.track("Signed Up", #""userId":"ann""#, id: "same"),
      ])
    }
    #expect(try await one.person("user:ann")["traits"]?["first_name"]?.string == "Ann")
    #expect(try await two.person("email:ann@x.example")["traits"]?["first_name"]?.string == "Anna")
    let id = try await one.state("user:ann").id
    #expect(try await two.state("user:ann").id != id)
    #expect(try await !two.knows(id.text))
    let message = try #require(try await one.messages().first).id.text
    #expect(try await two.messages().count == 1)
    #expect(
      try await notFound {
        let workspace = two.id
        _ = try await test.node.perform { partition throws(Problem) in try partition.messageRecord(workspace, message) }
      })
    #expect(try await one.count("signed") == 1)
    try await one.erase("user:ann")
    #expect(try await two.knows("user:ann"))
    #expect(try await two.timeline("user:ann").count == 2)

    let keys = test.node.keys
    #expect(keys.workspace(writeKey: one.writeKey) == one.id && keys.workspace(secretKey: two.secretKey) == two.id)
    #expect(keys.workspace(writeKey: one.secretKey) == nil && keys.workspace(secretKey: one.writeKey) == nil)
    #expect(keys.workspace(writeKey: "") == nil && !keys.isOperator(one.secretKey))
    let reopened = try await test.reopened()
    #expect(reopened.node.keys.workspace(writeKey: one.writeKey) == one.id)
    #expect(try await two.on(reopened).knows("user:ann"))
    #expect(try await !one.on(reopened).knows("user:ann"))
    await reopened.node.stop()
  }

  /// History fills people and segments, and sends nothing; what happens from now on does.
  @Test func anImportStartsNothing() async throws {
    let test = try await TestNode.open(at: "2026-03-01T00:00:00Z")
    let shop = try await shop(test, "shop")
    try await shop.batch(
      [Calls.track("Signed Up", #""userId":"ann""#, at: "2025-05-05T00:00:00Z", id: "old")], as: .import)
    #expect(try await shop.segments(of: "user:ann") == ["signed"])
    #expect(try await shop.person("user:ann")["createdAt"]?.string == "2025-05-05T00:00:00.000Z")
    #expect(try await shop.messages().isEmpty)
    try await shop.batch([Calls.track("Signed Up", #""userId":"ann""#, id: "new")])
    #expect(try await shop.messages().map(\.template) == ["hello"])
    await test.node.stop()
  }

  /// A replay lets the clock follow the events: journeys act as they would have.
  @Test func aReplayActsAtItsTime() async throws {
    let test = try await TestNode.open(at: "2025-01-01T00:00:00Z")
    let shop = try await shop(test, "shop")
    let body = """
      {"batch":[\(Calls.track("Signed Up", #""userId":"ann""#, at: "2025-05-05T00:00:00Z", id: "1")),
      \(Calls.track("Signed Up", #""userId":"bob""#, at: "2025-06-06T12:00:00.001Z", id: "2"))]}
      """
    _ = try await test.node.importEvents(shop.id, Array(body.utf8), .replay)
    #expect(
      try await shop.messages().map(\.scheduledAt.text) == ["2025-05-05T00:00:00.000Z", "2025-06-06T12:00:00.001Z"])
    #expect(try await test.now().text == "2025-06-06T12:00:00.001Z")
    await test.node.stop()
  }

  @Test func refusedEventsAreMendedAndReplayed() async throws {
    var test = try await TestNode.open(at: "2026-03-01T00:00:00Z")
    var shop = try await shop(test, "shop")
    let refused = try await shop.batch([
      #"{"type":"track","event":"Signed Up"}"#, Calls.track("Signed Up", #""userId":"bob""#),
      #"{"type":"track","userId":"ann"}"#,
    ])
    #expect(refused.map(\.index) == [0, 2])
    test = try await test.reopened()
    shop = shop.on(test)
    let items = try await shop.quarantine()
    #expect(
      items.map { String(decoding: $0.raw, as: UTF8.self) } == [
        #"{"type":"track","userId":"ann"}"#, #"{"type":"track","event":"Signed Up"}"#,
      ])
    // As they are they are refused again, and stay.
    let ids = items.map { "\"\($0.number)\"" }.joined(separator: ",")
    let again = try await test.node.replayQuarantine(shop.id, JSONValue(parsing: "{\"ids\":[\(ids)]}"))
    #expect(again["accepted"]?.int == 0 && again["rejected"]?.array?.count == 2)
    #expect(try await shop.quarantine() == items)
    // Mended, one is taken in: it leaves the quarantine, and acts.
    let mended =
      #"{"items":[{"id":"\#(items[0].number)","event":{"type":"track","event":"Signed Up","userId":"ann"}}]}"#
    #expect(try await test.node.replayQuarantine(shop.id, JSONValue(parsing: mended))["accepted"]?.int == 1)
    #expect(try await shop.quarantine() == [items[1]])
    #expect(try await shop.messages().map(\.userID).sorted() == ["ann", "bob"])
    let crashed = try await test.crashed()
    #expect(try await shop.on(crashed).quarantine() == [items[1]])
    await crashed.node.stop()
    await test.node.stop()
  }
}
