import Delivery
import Engine
import Events
import Profiles
import RoostCore
import Testing

/// Best hour and best channel as a journey has them: learned from events, chosen by a record, told in the reasons.
@Suite struct BestMomentTests {
  private static let mail: [(String, Value)] = [("email", .string("ann@shop.example"))]

  private func world() throws -> World {
    var world = try World(policy: .implied)
    try world.put(.policies, "policies", #"{"activity":{}}"#)
    try world.letter("hello", "Hello")
    try world.put(.template, "ping", #"{"channel":"push","title":"Ping"}"#)
    return world
  }

  private static func journey(_ steps: String) -> String {
    #"{"journey":"j","holdout":"0%","again":"always","enter":{"event":"Ordered"},"steps":[\#(steps)]}"#
  }

  @Test func `Who comes at nine is waited for until nine`() throws {
    var world = try world()
    try world.put(
      .journey, "j",
      Self.journey(
        #"{"wait":{"until":"best hour","within":"24h"}},{"send":{"id":"s","channel":"email","template":"hello"}}"#))
    for day in 1...5 as ClosedRange<Int64> { _ = try world.track("Seen", at: .hours(day * 24 + 9), traits: Self.mail) }
    _ = try world.track("Ordered", at: .hours(6 * 24 + 14))
    #expect(world.state.dueAt == World.time(.hours(7 * 24 + 9)))
    let message = try #require(try world.wake(at: .hours(7 * 24 + 9)).messages.first)
    let hour = try #require(message.reasons?.bestHour)
    #expect(hour.at == World.time(.hours(7 * 24 + 9)))
    #expect(hour.basis == .person && hour.seen == 6)
    // By hand: 9 o'clock 5 of 6, its neighbours' and all other shares are 0.5 / 18: (0.5 · 5.5 + 0.5 · 0.5) / 18.
    #expect(hour.permille == 167)
    #expect(
      message.sentences.contains { $0.hasPrefix("best hour 2026-01-08T09:00:00.000Z: 16.7% of the person's 6 hours") })
  }

  @Test func `Of whom nothing is known the message goes at once, and says so`() throws {
    var world = try world()
    try world.put(
      .journey, "j",
      Self.journey(#"{"wait":{"until":"best hour"}},{"send":{"id":"s","channel":"email","template":"hello"}}"#))
    let message = try #require(try world.track("Ordered", at: .hours(5), traits: Self.mail)?.messages.first)
    #expect(message.reasons?.bestHour?.basis == .nothing)
    #expect(message.sentences.contains { $0.contains("too little is known") })
  }

  @Test func `A later wait forgets how the hour was chosen`() throws {
    var world = try world()
    try world.put(
      .journey, "j",
      Self.journey(
        #"{"wait":{"until":"best hour"}},{"wait":"2d"},{"send":{"id":"s","channel":"email","template":"hello"}}"#))
    _ = try world.track("Ordered", at: .hours(5), traits: Self.mail)
    #expect(try world.wake(at: .hours(53)).messages.first?.reasons?.bestHour == nil)
  }

  @Test func `What machines report and what was imported shows nobody`() throws {
    var world = try world()
    try world.put(.policies, "policies", #"{"activity":{"ignore":["Subscription Renewed"]}}"#)
    _ = try world.track("Email Bounced", at: .hours(1))
    _ = try world.track("Subscription Renewed", at: .hours(2))
    _ = try world.track("Seen", at: .hours(3), isHistorical: true)
    #expect(world.state.delivery.hours.isEmpty)
    _ = try world.track("Seen", at: .hours(4))
    _ = try world.track("Clicked Twice", at: .minutes(250))
    #expect(world.state.delivery.hours.counts[4] == 1 && world.state.delivery.hours.total == 1)
  }

  /// Half past one in London is half past four three hours east of it.
  @Test func `Hours are those of the person's clocks`() throws {
    var world = try world()
    _ = try world.track("Seen", at: .minutes(90), traits: [("timezone", .string("Etc/GMT-3"))])
    #expect(world.state.delivery.hours.counts[4] == 1)
  }

  @Test func `Nothing is noted where nothing asks for it`() throws {
    var world = try World(policy: .implied)
    _ = try world.track("Seen", at: .hours(1))
    #expect(world.state.delivery.isEmpty)
    try world.letter("hello", "Hello")
    let steps = #"{"wait":{"until":"best hour"}},{"send":{"id":"s","channel":"email","template":"hello"}}"#
    try world.put(.journey, "j", Self.journey(steps))
    _ = try world.track("Seen", at: .hours(2))
    #expect(world.state.delivery.hours.total == 1)
  }

  // MARK: Channels

  private static let best = #"{"send":{"id":"s","channel":"best","template":{"email":"hello","push":"ping"}}}"#

  private func addDevice(_ world: inout World) {
    world.state.devices = [
      Device(.fcm, token: "t1", seenAt: World.time(.hours(0)))
    ]
  }

  @Test func `The channel that is answered is taken`() throws {
    var world = try world()
    try world.put(.journey, "j", Self.journey(Self.best))
    addDevice(&world)
    #expect(try world.track("Ordered", at: .hours(1), traits: Self.mail)?.letters == ["hello: Hello"])
    // Ten letters without an answer: (0 + 20 · 0.05) / 30 is less than 0.05.
    for day in 1...10 as ClosedRange<Int64> {
      world.state.delivery.count(channelKind: ChannelKind.email.number, sent: UInt16(day / day), answered: 0)
    }
    let message = try #require(try world.track("Ordered", at: .hours(30))?.messages.first)
    #expect(message.channel == "push" && message.template == "ping")
    let candidates = try #require(message.reasons?.bestChannel?.candidates)
    #expect(candidates.map(\.channel) == ["email", "push"])
    // Eleven letters by now: 1 / 31.
    #expect(candidates[0].permille == 32 && candidates[0].sent == 11 && candidates[0].basis == .person)
    #expect(candidates[1].permille == 50 && candidates[1].basis == .nothing)
  }

  @Test func `A channel whose address gets nothing is no choice`() throws {
    var world = try world()
    try world.put(.journey, "j", Self.journey(Self.best))
    addDevice(&world)
    world.state.delivery.suppress(
      AddressSuppression(
        channelKind: ChannelKind.email.number, address: AddressSuppression.hash("ann@shop.example"), cause: .bounced,
        at: World.time(.hours(0))))
    let message = try #require(try world.track("Ordered", at: .hours(1), traits: Self.mail)?.messages.first)
    #expect(message.channel == "push" && message.status == .scheduled)
    #expect(message.reasons?.bestChannel?.candidates.first?.objection == .bouncedBefore)
    #expect(message.sentences.contains("channel email: not usable, bounced_before"))
  }

  @Test func `Where no channel is usable the first one says why`() throws {
    var world = try world()
    try world.put(.journey, "j", Self.journey(Self.best))
    let message = try #require(try world.track("Ordered", at: .hours(1))?.messages.first)
    #expect(message.channel == "email" && message.reason == .noAddress)
    #expect(message.reasons?.bestChannel?.candidates.map(\.objection) == [.noAddress, .noAddress])
  }

  @Test func `One template goes by its own channel`() throws {
    var world = try world()
    try world.put(
      .journey, "j", Self.journey(#"{"send":{"id":"s","channel":"best","template":"hello"}}"#))
    #expect(try world.track("Ordered", at: .hours(1), traits: Self.mail)?.messages.map(\.channel) == ["email"])
  }

  @Test func `Answers are counted once a message, of marketing alone`() throws {
    var world = try world()
    try world.put(.journey, "j", Self.journey(Self.best))
    _ = try world.track("Ordered", at: .hours(1), traits: Self.mail)
    _ = try world.track("Email Opened", at: .hours(2), properties: [("first", .bool(true))])
    _ = try world.track("Email Clicked", at: .hours(3))
    let number = ChannelKind.email.number
    #expect(world.state.delivery.answers == [ChannelAnswers(channelKind: number, sent: 1, answered: 1)])
  }

  @Test(arguments: [
    (#"{"wait":{"until":"best hour","within":"30m"}}"#, "/steps/0/wait/within"),
    (#"{"wait":{"until":"best hour","within":"8d"}}"#, "/steps/0/wait/within"),
    (#"{"wait":{"until":"best hour","at":"10:00"}}"#, "/steps/0/wait/at"),
    (#"{"wait":{"until":"best day"}}"#, "/steps/0/wait/until"),
    (#"{"send":{"id":"s","channel":"email","template":{"email":"hello"}}}"#, "/steps/0/send/template"),
    (#"{"send":{"id":"s","channel":"best","template":{}}}"#, "/steps/0/send/template"),
  ])
  func `What is wrong is named`(step: String, pointer: String) throws {
    var world = try world()
    var problem: Problem?
    do { try world.put(.journey, "j", Self.journey(step)) } catch let error as Problem { problem = error }
    #expect(problem?.findings.first?.pointer == pointer)
  }
}
