import Profiles
import RoostCore
import Testing

@testable import Delivery

@Suite struct QuietHoursTests {
  static let nine = #"{"quietHours":{"from":"21:00","to":"09:00"}}"#

  /// Now, and the end of the quiet hours if it lies in them; else when they begin. By hand from the zones' rules.
  @Test(
    arguments: [
      ("UTC", "2026-06-01T20:59:59.999Z", nil), ("UTC", "2026-06-01T21:00:00Z", "2026-06-02T09:00:00.000Z"),
      ("UTC", "2026-06-02T00:00:00Z", "2026-06-02T09:00:00.000Z"), ("UTC", "2026-06-02T09:00:00Z", nil),
      // Rome's clocks went an hour forward in the night to 29 March 2026, and go back in that to 25 October.
      ("Europe/Rome", "2026-03-28T20:00:00Z", "2026-03-29T07:00:00.000Z"),
      ("Europe/Rome", "2026-03-27T20:00:00Z", "2026-03-28T08:00:00.000Z"),
      ("Europe/Rome", "2026-10-24T19:00:00Z", "2026-10-25T08:00:00.000Z"),
      ("Europe/Rome", "2026-10-24T18:59:59Z", nil),
      // Moscow's never change.
      ("Europe/Moscow", "2026-03-28T18:00:00Z", "2026-03-29T06:00:00.000Z"),
      ("Europe/Moscow", "2026-10-24T18:00:00Z", "2026-10-25T06:00:00.000Z"),
      ("America/New_York", "2026-03-08T02:00:00Z", "2026-03-08T13:00:00.000Z"),
      ("America/New_York", "2026-11-01T01:00:00Z", "2026-11-01T14:00:00.000Z"),
      ("Asia/Kolkata", "2026-06-01T15:29:59Z", nil),
      ("Asia/Kolkata", "2026-06-01T15:30:00Z", "2026-06-02T03:30:00.000Z"),
      // Lord Howe: UTC+10:30, in summer UTC+11, from 4 October 2026 and until 5 April.
      ("Australia/Lord_Howe", "2026-10-03T10:30:00Z", "2026-10-03T22:00:00.000Z"),
      ("Australia/Lord_Howe", "2026-04-04T10:00:00Z", "2026-04-04T22:30:00.000Z"),
      // Samoa had no 30 December 2011: from 21:00 on the 29th it is three hours to midnight, then nine to 31st, 09:00.
      ("Pacific/Apia", "2011-12-30T07:00:00Z", "2011-12-30T19:00:00.000Z"),
    ] as [(String, String, String?)])
  func `Nights`(zone: String, now: String, until: String?) throws {
    let world = try GateWorld(Self.nine)
    var person = world.person(zone)
    let decision = world.gate.decide(world.request(), &person, now: GateWorld.moment(now))
    #expect(decision.heldUntil?.text == until)
    #expect(decision.reason == (until == nil ? nil : .quietHours))
    #expect(decision.evidence.zone?.rules.name == zone)
  }

  @Test func `Skipped, by the workspace or by the step`() throws {
    let night = GateWorld.moment("2026-06-01T23:00:00Z")
    let skipping = try GateWorld(#"{"quietHours":{"from":"21:00","to":"09:00","over":"skip"}}"#)
    var person = skipping.person("UTC")
    #expect(skipping.gate.decide(skipping.request(), &person, now: night).text == "skip quiet_hours")
    var request = skipping.request()
    request.quiet = .hold
    #expect(
      skipping.gate.decide(request, &person, now: night).text == "hold quiet_hours until 2026-06-02T09:00:00.000Z")
    let holding = try GateWorld(Self.nine)
    request.quiet = .skip
    #expect(holding.gate.decide(request, &person, now: night).text == "skip quiet_hours")
  }

  @Test func `Receipts and tests go out at night`() throws {
    let world = try GateWorld(Self.nine)
    var person = world.person()
    let night = GateWorld.moment("2026-06-01T23:00:00Z")
    var test = world.request()
    test.isTest = true
    for request in [world.request(messageClass: .transactional), test] {
      let decision = world.gate.decide(request, &person, now: night)
      #expect(decision.text == "deliver by email")
      #expect(decision.passage?.window == nil)
    }
  }

  @Test func `By day within one`() throws {
    let world = try GateWorld(#"{"quietHours":{"from":"13:00","to":"15:00"}}"#)
    var person = world.person("Europe/Rome")
    let noon = world.gate.decide(world.request(), &person, now: GateWorld.moment("2026-06-01T10:00:00Z"))
    #expect(
      noon.passage?.window
        == SendWindow(
          closesAt: GateWorld.moment("2026-06-01T11:00:00Z"), opensAt: GateWorld.moment("2026-06-01T13:00:00Z")))
    let lunch = world.gate.decide(world.request(), &person, now: GateWorld.moment("2026-06-01T11:00:00Z"))
    #expect(lunch.heldUntil?.text == "2026-06-01T13:00:00.000Z")
  }

  @Test(arguments: [
    ("2026-06-01T10:00:00Z", "2026-06-01T10:00:00.000Z"), ("2026-06-01T21:00:00Z", "2026-06-02T09:00:00.000Z"),
    ("2026-06-02T08:59:59Z", "2026-06-02T09:00:00.000Z"), ("2026-06-02T09:00:00Z", "2026-06-02T09:00:00.000Z"),
    ("2026-06-04T22:00:00Z", "2026-06-05T09:00:00.000Z"), ("2026-06-05T20:00:00Z", "2026-06-05T20:00:00.000Z"),
  ])
  func `A message that waits for its turn`(now: String, open: String) {
    let window = SendWindow(
      closesAt: GateWorld.moment("2026-06-01T21:00:00Z"), opensAt: GateWorld.moment("2026-06-02T09:00:00Z"))
    #expect(window.firstOpen(notBefore: GateWorld.moment(now)).text == open)
  }

  /// Whatever the hours and the zone: what is held comes out when the clocks show the end, or the gap ends, and every
  /// moment before is quiet too.
  @Test func `Any hours in any zone`() throws {
    var random = SeededRandom(seed: 21)
    for _ in 0..<600 {
      let zone = try #require(GateWorld.zones[GateWorld.names[random.below(GateWorld.names.count)]])
      let from = random.below(1_440)
      let hours = QuietHours(from: from, to: (from + 1 + random.below(1_438)) % 1_440)
      let start = GateWorld.moment(random.below(2) == 0 ? "2011-12-28T00:00:00Z" : "2026-03-06T00:00:00Z")
      let now = start + .minutes(Int64(random.below(60 * 24 * 30)))
      let loud = hours.firstLoud(notBefore: now, in: zone)
      #expect(loud >= now && hours.period(at: loud, in: zone).start > loud)
      guard loud > now else { continue }
      let shown = zone.local(loud).minuteOfDay
      #expect(shown == hours.to || zone.period(at: loud).start == loud, "\(zone.name) \(hours) \(now.text)")
      for _ in 0..<5 {
        let between = now + TimeSpan(milliseconds: Int64(random.below(Int((loud - now).milliseconds))))
        #expect(hours.firstLoud(notBefore: between, in: zone) == loud)
      }
    }
  }

  @Test(arguments: [
    ("timezone", "Asia/Kolkata", "Asia/Kolkata", PersonZone.Source.trait),
    ("timezone", "Moon/Base", "Europe/Rome", .phone), ("country", "RU", "Europe/Moscow", .country),
    ("device_timezone", "America/New_York", "America/New_York", .device),
    ("device_timezone", "Moon/Base", "Europe/Rome", .phone), ("country", "India", "Asia/Kolkata", .country),
    ("country", "Atlantis", "Europe/Rome", .phone),
    ("country", "Samoa (western)", "Pacific/Apia", .country),
    ("phone", "+74951234567", "Europe/Moscow", .phone), ("phone", "+8001234567", "UTC", .workspace),
  ])
  func `Whose clocks count`(trait: String, value: String, zone: String, source: PersonZone.Source) throws {
    let world = try GateWorld(Self.nine)
    var person = world.person()
    person.setTrait(try #require(world.symbols.intern(trait)), .string(value), at: Instant(milliseconds: 9))
    #expect(world.gate.zone(of: person) == PersonZone(try #require(GateWorld.zones[zone]), source))
  }
}
