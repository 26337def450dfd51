import Profiles
import RoostCore
import Testing

@testable import Delivery

@Suite struct CapTests {
  static let start = GateWorld.moment("2026-06-01T10:00:00Z")

  /// What happens to messages at these times, in Rome.
  private func story(
    _ policies: String, zone: String = "Europe/Rome", _ times: [String], _ request: (GateWorld, Int) -> SendRequest
  ) throws -> [String] {
    let world = try GateWorld(policies)
    var person = world.person(zone)
    return times.enumerated().map { index, time in
      world.gate.decide(request(world, index), &person, now: GateWorld.moment(time)).text
    }
  }

  @Test func `A hundred at once`() throws {
    let world = try GateWorld(#"{"caps":[{"max":3,"per":"7d"}]}"#)
    var person = world.person()
    let decisions = (0..<100).map { _ in world.gate.decide(world.request(), &person, now: Self.start) }
    #expect(decisions.filter { $0.passage != nil }.count == 3)
    #expect(Set(decisions.compactMap(\.heldUntil)) == [Self.start + .days(7)])
    #expect(person.delivery.marks.count == 3)
    #expect(decisions[99].evidence.caps == [CapStanding(cap: 0, count: 3, max: 3, freeAt: Self.start + .days(7))])
  }

  @Test func `Rolling: a place comes back to the millisecond`() throws {
    let texts = try story(
      #"{"caps":[{"max":2,"per":"24h"}]}"#,
      [
        "2026-06-01T10:00:00Z", "2026-06-01T12:00:00Z", "2026-06-01T13:00:00Z", "2026-06-02T09:59:59.999Z",
        "2026-06-02T10:00:00Z", "2026-06-02T10:00:00Z",
      ]
    ) { world, _ in world.request() }
    #expect(
      texts == [
        "deliver by email", "deliver by email", "hold frequency_cap until 2026-06-02T10:00:00.000Z",
        "hold frequency_cap until 2026-06-02T10:00:00.000Z", "deliver by email",
        "hold frequency_cap until 2026-06-02T12:00:00.000Z",
      ])
  }

  /// By the clocks of the person; nights in which they change included.
  @Test(arguments: [
    ("day", "Europe/Rome", "2026-06-01T10:00:00Z", "2026-06-01T22:00:00.000Z"),
    ("2d", "Europe/Rome", "2026-06-01T10:00:00Z", "2026-06-02T22:00:00.000Z"),
    ("day", "Europe/Rome", "2026-03-29T00:30:00Z", "2026-03-29T22:00:00.000Z"),
    ("day", "Europe/Rome", "2026-10-25T10:00:00Z", "2026-10-25T23:00:00.000Z"),
    ("week", "Europe/Rome", "2026-03-28T10:00:00Z", "2026-03-29T22:00:00.000Z"),
    ("month", "Europe/Rome", "2026-10-10T10:00:00Z", "2026-10-31T23:00:00.000Z"),
    ("month", "America/New_York", "2026-11-01T03:00:00Z", "2026-11-01T04:00:00.000Z"),
    ("1h", "Asia/Kolkata", "2026-06-01T10:00:00Z", "2026-06-01T10:30:00.000Z"),
    ("30m", "Europe/Rome", "2026-06-01T10:15:20Z", "2026-06-01T10:45:00.000Z"),
    // 01:45 for the first time on the night of Lord Howe's half hour: the hour lasts until 02:00 comes.
    ("1h", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-04T15:30:00.000Z"),
    ("day", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T10:00:00.000Z"),
  ])
  func `Of the calendar`(per: String, zone: String, at: String, until: String) throws {
    let texts = try story(
      #"{"caps":[{"max":1,"per":"\#(per)","window":"calendar"}]}"#, zone: zone, [at, at]
    ) { world, _ in world.request() }
    #expect(texts == ["deliver by email", "hold frequency_cap until \(until)"])
  }

  @Test(arguments: [
    ("month", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00.000Z"),
    ("month", "2026-03-15T10:00:00Z", "2026-04-15T09:00:00.000Z"),
    ("12 months", "2028-02-29T10:00:00Z", "2029-02-28T10:00:00.000Z"),
    ("1d", "2026-03-28T10:00:00Z", "2026-03-29T10:00:00.000Z"),
  ])
  func `A month rolls by the calendar, a day has 24 hours`(per: String, at: String, until: String) throws {
    let texts = try story(#"{"caps":[{"max":1,"per":"\#(per)"}]}"#, [at, at]) { world, _ in world.request() }
    #expect(texts[1] == "hold frequency_cap until \(until)")
  }

  /// One message for each such cap: which of eight at once go out.
  @Test(arguments: [
    ("all", "+-------"), ("class:marketing", "+-------"), ("channel:email", "+-+--+--"), ("channel:news", "++++-+++"),
    ("journey:a", "+-+-+-++"), ("tag:x", "+-+++-+-"), ("advertiser:acme", "++++++-+"), ("network", "++++++--"),
    ("channel", "+-+-----"), ("journey", "+-+----+"), ("tag", "+-+++-+-"), ("advertiser", "++++++-+"),
  ])
  func `What a cap counts`(scope: String, fate: String) throws {
    let messages = [
      ("email", "a", ["tag:x"]), ("news", "a", ["tag:x"]), ("sms", "b", []), ("email", "a", ["tag:y"]),
      ("news", "b", ["advertiser:acme"]), ("sms", "a", ["tag:x", "network"]),
      ("email", "b", ["network", "advertiser:acme"]), ("email", "c", ["network", "tag:x", "tag:y"]),
    ]
    let texts = try story(
      #"{"caps":[{"max":1,"per":"7d","scope":"\#(scope)","over":"skip"}]}"#,
      Array(repeating: "2026-06-01T10:00:00Z", count: messages.count)
    ) { world, index in
      let (channel, journey, labels) = messages[index]
      return world.request(channel, journey: journey, labels: labels)
    }
    #expect(texts.map { $0.hasPrefix("deliver") ? "+" : "-" }.joined() == fate)
  }

  @Test func `Transactional messages are neither capped nor counted`() throws {
    let world = try GateWorld(#"{"caps":[{"max":1,"per":"7d"}]}"#)
    var person = world.person()
    for _ in 0..<5 {
      #expect(world.gate.decide(world.request(messageClass: .transactional), &person, now: Self.start).passage != nil)
    }
    #expect(person.delivery.isEmpty)
    #expect(world.gate.decide(world.request(), &person, now: Self.start).passage != nil)
    #expect(world.gate.decide(world.request(), &person, now: Self.start).heldUntil != nil)
    #expect(world.gate.decide(world.request(messageClass: .transactional), &person, now: Self.start).passage != nil)
    var test = world.request()
    test.isTest = true
    #expect(world.gate.decide(test, &person, now: Self.start).passage != nil)
    #expect(person.delivery.marks.count == 1)
  }

  @Test func `Beyond the cap`() throws {
    let world = try GateWorld(
      #"{"caps":[{"max":1,"per":"7d","scope":"channel:email","over":{"channel":"sms","template":"short"}},{"max":1,"per":"1d","scope":"channel:sms"}]}"#
    )
    var person = world.person()
    #expect(world.gate.decide(world.request(), &person, now: Self.start).passage?.channel == "email")
    let second = world.gate.decide(world.request(), &person, now: Self.start)
    #expect(
      second.passage
        == Passage(to: "+390612345678", channel: "sms", kind: .sms, template: "short", window: nil))
    #expect(second.evidence.replacedChannel == "email")
    // The other channel's cap is full as well: a replacement is replaced by nothing.
    #expect(world.gate.decide(world.request(), &person, now: Self.start).text == "skip frequency_cap")
    var patient = world.request()
    patient.over = .hold
    #expect(world.gate.decide(patient, &person, now: Self.start).heldUntil == Self.start + .days(7))
    var hasty = world.request()
    hasty.over = .skip
    #expect(world.gate.decide(hasty, &person, now: Self.start).text == "skip frequency_cap")
    #expect(person.delivery.marks.count == 2)
  }

  @Test func `Without an address for the other channel it is skipped`() throws {
    let world = try GateWorld(#"{"caps":[{"max":1,"per":"7d","over":{"channel":"push"}}]}"#)
    var person = world.person()
    _ = world.gate.decide(world.request(), &person, now: Self.start)
    #expect(world.gate.decide(world.request(), &person, now: Self.start).text == "skip frequency_cap")
  }

  @Test func `Held until all caps have a place, and not into the night`() throws {
    let world = try GateWorld(
      #"{"caps":[{"max":1,"per":"6h"},{"max":1,"per":"10h"}],"quietHours":{"from":"19:00","to":"08:00"}}"#)
    var person = world.person("UTC")
    _ = world.gate.decide(world.request(), &person, now: Self.start)
    let held = world.gate.decide(world.request(), &person, now: Self.start)
    #expect(held.text == "hold frequency_cap until 2026-06-02T08:00:00.000Z")
    let until = try #require(held.heldUntil)
    #expect(world.gate.decide(world.request(), &person, now: until).passage != nil)
  }

  @Test func `A list of addresses that get nothing`() throws {
    let world = try GateWorld("{}")
    for (cause, marketing, receipt) in [
      (AddressSuppression.Cause.bounced, "skip bounced_before", "skip bounced_before"),
      (.complained, "skip complained_before", "deliver by email"), (.manual, "skip blocked", "skip blocked"),
      (.unsubscribed, "skip unsubscribed", "deliver by email"),
    ] {
      var person = world.person()
      person.delivery.suppress(
        AddressSuppression(
          channelKind: ChannelKind.email.number, address: AddressSuppression.hash("Ann@Example.com"), cause: cause,
          at: Self.start))
      #expect(world.gate.decide(world.request(), &person, now: Self.start).text == marketing)
      #expect(world.gate.decide(world.request(messageClass: .transactional), &person, now: Self.start).text == receipt)
      #expect(world.gate.decide(world.request("sms"), &person, now: Self.start).text == "deliver by sms")
      person.setTrait(.email, .string("new@example.com"), at: Self.start)
      #expect(world.gate.decide(world.request(), &person, now: Self.start).text == "deliver by email")
    }
  }
}
