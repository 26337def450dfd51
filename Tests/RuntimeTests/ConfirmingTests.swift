import Delivery
import Profiles
import RoostCore
import Runtime
import TestSupport
import Testing

/// Double opt-in, the choice of frequency and what is learned of people, in a running installation.
@Suite struct ConfirmingTests {
  private static let ann = #""userId":"ann""#
  private static let news = #"""
    {"journey":"news","enter":{"event":"Seen"},"again":"always","holdout":"0%",
     "steps":[{"send":{"id":"s","channel":"email","template":"hello"}}]}
    """#

  private func shop(_ test: TestNode, _ policies: String, consent: String = "explicit") async throws -> TestWorkspace {
    let shop = try await test.workspace("shop", #"{"consentPolicy":"\#(consent)"}"#)
    try await shop.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hello"}"#)
    try await shop.put(.policies, "policies", policies)
    try await shop.publish("news", Self.news)
    try await shop.batch([Calls.identify(Self.ann, #"{"email":"ann@x.example"}"#)])
    return shop
  }

  private func asked(_ shop: TestWorkspace) async throws -> [MessageRecord] {
    try await shop.messages(of: "user:ann").filter { $0.step == "confirm-email" }
  }

  private func confirm(_ message: MessageRecord, _ shop: TestWorkspace, to address: String = "ann@x.example")
    async throws
    -> ConfirmationView?
  {
    let origin = LinkOrigin(workspace: shop.id, person: message.person, message: message.id)
    let (hash, at) = (AddressSuppression.hash(address), message.createdAt)
    return try await shop.test.node.perform { partition throws(Problem) in
      try partition.confirmation(origin, address: hash, issuedAt: at)
    }
  }

  @Test func `A consent waits for its confirmation`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test, #"{"doubleOptIn":["email"]}"#)
    #expect(try await asked(shop).isEmpty)
    try await shop.consent("user:ann", #"{"consents":{"marketing.email":true},"source":"form","textVersion":"v3"}"#)
    let message = try #require(try await asked(shop).first)
    #expect(message.messageClass == .transactional && message.status == .sent && message.journey.isEmpty)
    try await shop.batch([Calls.track("Seen", Self.ann)])
    #expect(try await shop.messages(of: "user:ann").last?.reason == .unconfirmed)
    let view = try #require(try await confirm(message, shop))
    #expect(view.kind == .email && view.textVersion == "v3" && !view.isConfirmed)
    try await test.advance(by: .hours(3))
    try await test.node.record(
      MessageFeedback(
        LinkOrigin(workspace: shop.id, person: message.person, message: message.id),
        .confirmed(.email, textVersion: view.textVersion)))
    try await shop.batch([Calls.track("Seen", Self.ann)])
    let letter = try #require(try await shop.messages(of: "user:ann").last)
    #expect(letter.status == .sent)
    // Both times, and the wording: the record says under what the letter went out.
    let reasons = try #require(letter.reasons)
    #expect(reasons.consent?.at.text == "2026-06-01T10:00:00.000Z" && reasons.consent?.textVersion == "v3")
    #expect(reasons.confirmation?.at.text == "2026-06-01T13:00:00.000Z" && reasons.confirmation?.textVersion == "v3")
    #expect(reasons.confirmation?.source == "double_opt_in")
    #expect(try await confirm(message, shop)?.isConfirmed == true)
    await test.node.stop()
  }

  @Test func `Asked once for a request, within limits, also after a crash`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(
      test, #"{"doubleOptIn":{"email":{"resendAfter":"1h","requestsMax":2,"validFor":"2d"}}}"#)
    let yes = #"{"consents":{"marketing.email":true}}"#
    try await shop.consent("user:ann", yes)
    // Libraries say the same with every call; that is no new request.
    for number in 0..<3 {
      try await shop.batch([
        Calls.identify(
          Self.ann + #","context":{"consent":{"categoryPreferences":{"marketing.email":true}}}"#, #"{"n":\#(number)}"#)
      ])
    }
    try await shop.consent("user:ann", yes)
    #expect(try await asked(shop).count == 1, "an hour has not passed")
    let crashed = try await test.crashed()
    let again = shop.on(crashed)
    try await crashed.advance(by: .hours(2))
    try await again.consent("user:ann", yes)
    #expect(try await asked(again).count == 2)
    try await crashed.advance(by: .hours(2))
    try await again.consent("user:ann", yes)
    #expect(try await asked(again).count == 2, "twice in thirty days is the most")
    let last = try #require(try await asked(again).last)
    try await crashed.advance(by: .days(3))
    #expect(try await confirm(last, again) == nil, "the link is too old")
    await crashed.node.stop()
    await test.node.stop()
  }

  @Test func `A link is for its address and its consent`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test, #"{"doubleOptIn":["email"]}"#)
    try await shop.consent("user:ann", #"{"consents":{"marketing.email":true}}"#)
    let message = try #require(try await asked(shop).first)
    #expect(try await confirm(message, shop, to: "bob@x.example") == nil)
    #expect(try await confirm(message, shop) != nil)
    // Of two answers at one moment the one to the narrower question counts.
    try await test.advance(by: .minutes(1))
    try await shop.consent("user:ann", #"{"consents":{"marketing":false}}"#)
    #expect(try await confirm(message, shop) == nil)
    await test.node.stop()
  }

  @Test func `Whoever asks by themselves sends nothing`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test, #"{"doubleOptIn":{"email":{"send":false}}}"#)
    try await shop.consent("user:ann", #"{"consents":{"marketing.email":true}}"#)
    #expect(try await shop.messages().isEmpty)
    await test.node.stop()
  }

  @Test func `How often somebody wants to hear`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T10:00:00Z")
    let shop = try await shop(test, "{}", consent: "implied")
    let origin = LinkOrigin(workspace: shop.id, person: try await shop.state("user:ann").id, message: nil)
    try await test.node.record(MessageFeedback(origin, .frequency(.weekly)))
    for _ in 0..<3 {
      try await shop.batch([Calls.track("Seen", Self.ann)])
      try await test.advance(by: .days(3))
    }
    // On days 0, 3 and 6: a week after the first it may be again.
    #expect(
      try await shop.messages().map { $0.reason?.rawValue ?? "sent" } == ["sent", "frequency_cap", "frequency_cap"])
    #expect(try await shop.messages().last?.sentences.contains { $0.contains("the person's own cap: 1 of 1") } == true)
    try await shop.batch([Calls.track("Seen", Self.ann)])
    #expect(try await shop.messages().last?.status == .sent)
    try await test.advance(by: .seconds(1))
    try await test.node.record(MessageFeedback(origin, .frequency(.never)))
    try await shop.batch([Calls.track("Seen", Self.ann)])
    #expect(try await shop.messages().last?.reason == .unsubscribed)
    await test.node.stop()
  }

  /// What people are like is written down once a day, and a crash changes nothing of it.
  @Test func `The best hour of everybody`() async throws {
    let test = try await TestNode.open(at: "2026-06-01T00:00:00Z")
    let shop = try await test.workspace("shop", #"{"consentPolicy":"implied"}"#)
    try await shop.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hello"}"#)
    try await shop.publish(
      "best",
      #"""
      {"journey":"best","enter":{"event":"Ordered"},"again":"always","holdout":"0%",
       "steps":[{"wait":{"until":"best hour","within":"24h"}},{"send":{"id":"s","channel":"email","template":"hello"}}]}
      """#)
    // 40 people at 19 o'clock on six days: 240 hours of everybody.
    for day in 1...6 {
      try await test.advance(to: "2026-06-0\(day)T19:05:00Z")
      try await shop.batch(
        (0..<40).map { Calls.track("Seen", #""userId":"u\#($0)""#, id: "s\(day)-\($0)") })
    }
    try await test.advance(to: "2026-06-07T08:00:00Z")
    try await shop.batch([
      Calls.identify(Self.ann, #"{"email":"ann@x.example"}"#), Calls.track("Ordered", Self.ann),
    ])
    let crashed = try await test.crashed()
    for node in [test, crashed] {
      let shop = shop.on(node)
      #expect(try await shop.messages().isEmpty)
      try await node.advance(to: "2026-06-07T19:00:00Z")
      let hour = try #require(try await shop.messages().first?.reasons?.bestHour)
      #expect(hour.at.text == "2026-06-07T19:00:00.000Z" && hour.basis == .workspace && hour.seen >= 240)
    }
    await crashed.node.stop()
    await test.node.stop()
  }
}
