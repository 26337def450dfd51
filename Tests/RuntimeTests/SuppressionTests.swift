import Delivery
import Profiles
import RoostCore
import Runtime
import TestSupport
import Testing

/// Addresses that get nothing, in a running installation.
@Suite struct SuppressionTests {
  private static let ann = #""userId":"ann""#

  private func shop(_ test: TestNode, policies: String = "{}") async throws -> TestWorkspace {
    let shop = try await test.workspace("shop", #"{"consentPolicy":"implied"}"#)
    try await shop.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hello"}"#)
    try await shop.put(.policies, "policies", policies)
    for (key, kind) in [("news", "marketing"), ("receipt", "transactional")] {
      try await shop.publish(
        key,
        #"""
        {"journey":"\#(key)","class":"\#(kind)","enter":{"event":"\#(key)"},"again":"always","holdout":"0%",
         "steps":[{"send":{"id":"s","channel":"email","template":"hello"}}]}
        """#)
    }
    try await shop.batch([Calls.identify(Self.ann, #"{"email":"ann@x.example"}"#)])
    return shop
  }

  private func fate(_ shop: TestWorkspace, _ event: String) async throws -> String {
    // Each at a time of its own, so that the last one is the newest.
    try await shop.test.advance(by: .seconds(1))
    try await shop.batch([Calls.track(event, Self.ann)])
    let message = try #require(try await shop.messages(of: "user:ann").last { $0.journey == event })
    return message.reason?.rawValue ?? message.status.rawValue
  }

  private func report(_ news: MessageFeedback.News, _ shop: TestWorkspace) async throws {
    let message = try #require(try await shop.messages(of: "user:ann").last)
    try await shop.test.node.record(
      MessageFeedback(workspace: shop.id, person: message.person, message: message.id, news: news))
  }

  private func rows(_ shop: TestWorkspace) async throws -> [SuppressionRow] {
    let id = shop.id
    return try await shop.test.node.perform { partition throws(Problem) in
      try partition.suppressions(id, SuppressionFilter(), cursor: nil, limit: 10).rows
    }
  }

  private static let hard = MessageFeedback.News.bounced(
    .init(isHard: true, status: "5.1.1", diagnostic: "user unknown", address: "ann@x.example"))
  private static let soft = MessageFeedback.News.bounced(
    .init(isHard: false, status: "4.2.2", diagnostic: "mailbox full", address: "ann@x.example"))

  /// A dead address gets nothing, receipts included, also after a crash; another address of the person is free.
  @Test func `A hard bounce`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test)
    #expect(try await fate(shop, "news") == "sent")
    try await report(Self.hard, shop)
    #expect(try await fate(shop, "news") == "bounced_before")
    #expect(try await fate(shop, "receipt") == "bounced_before")
    let row = try #require(try await rows(shop).first)
    #expect(row.address == "ann@x.example" && row.cause == .bounced && row.detail == "5.1.1 user unknown")
    #expect(row.message == (try await shop.messages(of: "user:ann").first?.id))
    let reasons = try #require(try await shop.messages(of: "user:ann").last?.reasons)
    #expect(reasons.suppression?.cause == .bounced && reasons.suppression?.message == row.message)
    let crashed = try await test.crashed()
    let again = shop.on(crashed)
    #expect(try await rows(again).map(\.address) == ["ann@x.example"])
    #expect(try await fate(again, "news") == "bounced_before")
    try await again.batch([Calls.identify(Self.ann, #"{"email":"new@x.example"}"#)])
    #expect(try await fate(again, "news") == "sent")
    await crashed.node.stop()
    await test.node.stop()
  }

  @Test func `Who complains still gets receipts`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test)
    _ = try await fate(shop, "news")
    try await report(.complained(kind: "abuse"), shop)
    // A complaint is a refusal too, and the consent is asked first.
    #expect(try await fate(shop, "news") == "no_consent")
    #expect(try await fate(shop, "receipt") == "sent")
    #expect(try await rows(shop).map(\.cause) == [.complained])
    await test.node.stop()
  }

  @Test func `Soft bounces on several days`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test, policies: #"{"softBounces":{"max":3,"within":"5d"}}"#)
    for expected in ["sent", "sent", "sent", "bounced_before"] {
      #expect(try await fate(shop, "news") == expected)
      if expected == "sent" { try await report(Self.soft, shop) }
      try await test.advance(by: .days(1))
    }
    // Twice a week is never three within five days.
    let other = try await test.workspace("other", #"{"consentPolicy":"implied"}"#)
    #expect(try await rows(other).isEmpty)
    await test.node.stop()
  }

  @Test func `By hand, and off again`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test)
    let id = shop.id
    let wanted = try SuppressionRequest(channel: "email", address: "Ann@x.example", reason: "manual")
    let row = try await test.node.perform { partition throws(Problem) in try partition.suppress(id, wanted) }
    #expect(row.person.id == (try await shop.state("user:ann").id.text))
    #expect(try await fate(shop, "news") == "blocked")
    #expect(try await shop.timeline("user:ann").contains("suppression"))
    let lifted = try await test.node.perform { partition throws(Problem) in
      [try partition.lift(id, .email, "ann@x.example"), try partition.lift(id, .email, "ann@x.example")]
    }
    #expect(lifted == [true, false])
    #expect(try await fate(shop, "news") == "sent")
    await test.node.stop()
  }

  /// A list from another program names people who are not known yet; it holds when they come. Who was erased stays so.
  @Test func `A list from elsewhere`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test)
    try await shop.erase("user:ann")
    let requests = try ["bob@x.example", "ann@x.example"].map {
      try SuppressionRequest(channel: "email", address: $0, reason: "complained")
    }
    let outcome = try await test.node.suppress(shop.id, requests)
    #expect(outcome.added == 1 && outcome.failed.map(\.index) == [1])
    try await shop.batch([Calls.identify(#""userId":"bob""#, #"{"email":"bob@x.example"}"#)])
    try await shop.batch([Calls.track("news", #""userId":"bob""#)])
    #expect(try await shop.messages(of: "user:bob").map(\.reason) == [.complainedBefore])
    let csv = try await test.node.suppressionsCSV(shop.id, SuppressionFilter())
    let lines = String(decoding: csv, as: UTF8.self).split(separator: "\r\n")
    #expect(
      lines == [
        "channel,address,reason,at,message,detail", "email,bob@x.example,complained,2026-06-01T10:00:00.000Z,,",
      ])
    await test.node.stop()
  }

  @Test func `Merged people keep the lists of both`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test)
    try await shop.batch([Calls.identify(#""anonymousId":"web""#, #"{"email":"web@x.example"}"#)])
    let id = shop.id
    for address in ["ann@x.example", "web@x.example"] {
      let wanted = try SuppressionRequest(channel: "email", address: address, reason: "bounced")
      _ = try await test.node.perform { partition throws(Problem) in try partition.suppress(id, wanted) }
    }
    try await shop.batch([Calls.alias(from: "web", to: "ann")])
    #expect(Set(try await rows(shop).map(\.address)) == ["ann@x.example", "web@x.example"])
    #expect(Set(try await rows(shop).map(\.person.id)).count == 1)
    await test.node.stop()
  }
}
