import Events
import RoostCore
import Runtime
import TestSupport
import Testing

/// Whoever is erased is gone: from every answer, and from every file.
@Suite struct EraseTests {
  /// A text that is in every kind of data the person has.
  private static let marker = "zqxjkvbp-marker"
  private let email = "\(marker)@shop.example"

  private func shop(_ test: TestNode) async throws -> TestWorkspace {
    let shop = try await test.workspace("shop")
    try await shop.put(
      .template, "hello",
      #"{"channel":"email","subject":"Hello {{ person.first_name }}","text":"{{ event.note }} {{ person.first_name }}"}"#
    )
    try await shop.publish(
      "welcome",
      #"""
      {"journey":"welcome","enter":{"event":"Signed Up"},"class":"transactional",
       "steps":[{"send":{"id":"hello","channel":"email","template":"hello"}},{"wait":"1d"},
        {"send":{"id":"again","channel":"email","template":"hello"}}]}
      """#)
    try await shop.settle()
    return shop
  }

  private func live(_ shop: TestWorkspace) async throws {
    try await shop.batch([
      Calls.track("Viewed", #""anonymousId":"\#(Self.marker)-web""#, #"{"note":"\#(Self.marker)"}"#),
      Calls.identify(#""userId":"other""#, #"{"email":"other@shop.example"}"#),
    ])
    try await shop.batch([
      Calls.identify(
        #""userId":"\#(Self.marker)","anonymousId":"\#(Self.marker)-web""#,
        #"{"email":"\#(email)","first_name":"\#(Self.marker)"}"#)
    ])
    try await shop.batch([
      Calls.track("Signed Up", #""userId":"\#(Self.marker)""#, #"{"note":"\#(Self.marker)"}"#),
      Calls.track("Viewed", #""userId":"other""#),
    ])
  }

  /// Waits for the work on the files, which goes on beside the service.
  private func waitForFiles(_ directory: TemporaryDirectory) async throws -> [String] {
    var left = try directory.files(holding: Self.marker)
    for _ in 0..<500 where !left.isEmpty {
      try await Task.sleep(for: .milliseconds(10))
      left = try directory.files(holding: Self.marker)
    }
    return left
  }

  @Test func leavesNoByte() async throws {
    var test = try await TestNode.open(at: "2026-03-01T00:00:00Z")
    var shop = try await shop(test)
    try await live(shop)
    let old = try await shop.state("anonymous:\(Self.marker)-web").id
    // Twice, so that log, states and history all have the person in files; the history is cut at the second.
    for day in ["2026-03-02", "2026-03-03"] {
      test = try await test.reopened()
      shop = shop.on(test)
      try await test.advance(to: "\(day)T00:00:00Z")
      try await shop.batch([Calls.track("Viewed", #""userId":"\#(Self.marker)""#, #"{"note":"\#(Self.marker)"}"#)])
    }
    // A call that is refused, but names the person.
    let refused = try await shop.batch([
      #"{"type":"track","userId":"\#(Self.marker)","messageId":"bad-1","properties":{"note":"\#(Self.marker)"}}"#
    ])
    #expect(refused.map(\.reason) == [.missingEventName])
    let kinds = Set(try test.directory.files(holding: Self.marker).map { $0.prefix { $0 != "/" } })
    #expect(kinds.isSuperset(of: ["log", "history"]))
    #expect(try await shop.messages(of: "user:\(Self.marker)").count == 2)

    try await shop.erase("email:\(email)")
    for reference in ["user:\(Self.marker)", "email:\(email)", "anonymous:\(Self.marker)-web", old.text] {
      #expect(try await !shop.knows(reference), "\(reference)")
    }
    #expect(try await shop.messages().isEmpty)
    #expect(try await shop.node(people: 1))
    #expect(try await shop.userIDs() == ["other"])
    #expect(try await waitForFiles(test.directory) == [])

    // Also when everything is made anew from what is left of the log.
    let live = try await test.snapshot()
    await test.node.stop()
    #expect(try test.directory.files(holding: Self.marker) == [])
    for lost in ["states", "history"] {
      try test.directory.remove(lost)
      test = try TestNode(test.directory)
      let again = try await test.snapshot()
      #expect(again.people == live.people)
      #expect(again.owners == live.owners)
      #expect(again.timelines == live.timelines)
      #expect(again.messages.isEmpty)
      #expect(try await shop.on(test).node(people: 1))
      await test.node.stop()
      #expect(try test.directory.files(holding: Self.marker) == [])
    }
  }

  /// A crash right after the answer: the files are cleaned at the next start.
  @Test func goesOnAfterACrash() async throws {
    let test = try await TestNode.open(at: "2026-03-01T00:00:00Z")
    let shop = try await shop(test)
    try await live(shop)
    try await shop.erase("user:\(Self.marker)")
    let crashed = try await test.crashed()
    #expect(try await !shop.on(crashed).knows("user:\(Self.marker)"))
    #expect(try await shop.on(crashed).messages().isEmpty)
    #expect(try await waitForFiles(crashed.directory) == [])
    await crashed.node.stop()
    #expect(try crashed.directory.files(holding: Self.marker) == [])
    await test.node.stop()
  }

  /// An import does not bring the person back; an own act makes a new one, without the old one's past.
  @Test func keepsHistoryOut() async throws {
    var test = try await TestNode.open(at: "2026-03-01T00:00:00Z")
    var shop = try await shop(test)
    try await live(shop)
    try await shop.erase("user:\(Self.marker)")
    let history = [
      Calls.track("Order Completed", #""userId":"\#(Self.marker)""#, at: "2025-01-01T00:00:00Z", id: "old-1"),
      Calls.track("Order Completed", #""userId":"other""#, at: "2025-01-01T00:00:00Z", id: "old-2"),
    ]
    try await shop.batch(history, as: .import)
    #expect(try await !shop.knows("user:\(Self.marker)"))
    #expect(try await shop.timeline("user:other").contains("Order Completed"))
    test = try await test.reopened()
    shop = shop.on(test)
    try await shop.batch(history.map { $0.replacing("old-", with: "older-") }, as: .import)
    #expect(try await !shop.knows("user:\(Self.marker)"))

    try await test.advance(by: .hours(1))
    try await shop.batch([Calls.track("Viewed", #""userId":"\#(Self.marker)""#)])
    #expect(try await shop.timeline("user:\(Self.marker)") == ["Viewed"])
    #expect(try await shop.person("user:\(Self.marker)")["email"] == nil)
    #expect(try await shop.messages(of: "user:\(Self.marker)").isEmpty)
    let live = try await test.snapshot()
    let crashed = try await test.crashed()
    #expect(try await crashed.snapshot().differences(from: live) == [])
    await crashed.node.stop()
    await test.node.stop()
  }
}

extension TestWorkspace {
  /// The user ids of everybody who is listed.
  func userIDs() async throws -> [String] {
    try await test.node.searchPeople(id, query: "", cursor: nil, limit: 1_000).items.compactMap { $0["userId"]?.string }
  }
}
