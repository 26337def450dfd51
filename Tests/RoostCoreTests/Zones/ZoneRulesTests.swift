import Testing

@testable import RoostCore

@Suite struct ZoneRulesTests {
  static func moment(_ text: String) -> Instant { Instant(iso8601: text)! }

  /// `2026-03-29T02:30` as clocks show it.
  static func local(_ text: String) -> LocalTime {
    let moment = moment(text + ":00Z")
    return LocalTime(moment.date, millisecondsOfDay: moment.millisecondsOfDay)
  }

  /// Of all zones the changes of 2026, found to half an hour by Python's zoneinfo.
  @Test func `The changes of 2026`() throws {
    for row in try Database.rows("transitions-2026.csv") {
      let zone = try Database.zone(row[0])
      let around = Self.moment(row[1])
      let (before, after) = (around - .minutes(31), around + .minutes(31))
      #expect(zone.offsetSeconds(at: before) == Int(row[2]), "\(row)")
      #expect(zone.offsetSeconds(at: after) == Int(row[3]), "\(row)")
      let change = zone.period(at: after).start
      #expect(change > before && change <= after, "\(row)")
      #expect(zone.period(at: change - TimeSpan(milliseconds: 1)).end == change, "\(row)")
    }
  }

  /// Offsets at random seconds from 1920 to 2024, by Python's zoneinfo.
  @Test func `Offsets of a century`() throws {
    for row in try Database.rows("offsets.csv") {
      let zone = try Database.zone(row[0])
      #expect(zone.offsetSeconds(at: Instant(seconds: Int64(row[1])!)) == Int(row[2]), "\(row)")
    }
  }

  /// Skipped times come at the end of the gap, doubled ones the first time.
  @Test(arguments: [
    ("Europe/Rome", "2026-03-29T01:59", "2026-03-29T00:59:00Z"),
    ("Europe/Rome", "2026-03-29T02:00", "2026-03-29T01:00:00Z"),
    ("Europe/Rome", "2026-03-29T02:30", "2026-03-29T01:00:00Z"),
    ("Europe/Rome", "2026-03-29T03:00", "2026-03-29T01:00:00Z"),
    ("Europe/Rome", "2026-03-29T03:01", "2026-03-29T01:01:00Z"),
    ("Europe/Rome", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
    ("Europe/Rome", "2026-10-25T03:00", "2026-10-25T02:00:00Z"),
    ("Europe/Moscow", "2026-03-29T02:30", "2026-03-28T23:30:00Z"),
    ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"),
    ("America/New_York", "2050-07-04T12:00", "2050-07-04T16:00:00Z"),
    ("Asia/Kolkata", "2026-03-29T02:30", "2026-03-28T21:00:00Z"),
    // Half an hour of summer time: 02:00 to 02:30 on 4 October 2026, 02:00 to 01:30 on 5 April.
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"),
    ("Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30:00Z"),
    // Samoa went over the date line: it had no 30 December 2011.
    ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59:00Z"),
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00Z"),
    ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00:00Z"),
    // Midnight is skipped.
    ("America/Havana", "2026-03-08T00:00", "2026-03-08T05:00:00Z"),
  ])
  func `From local to UTC`(zone: String, local: String, utc: String) throws {
    #expect(try Database.zone(zone).instant(Self.local(local)) == Self.moment(utc))
  }

  @Test func `To local and back again`() throws {
    var random = SeededRandom(seed: 11)
    for name in ["Europe/Rome", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/St_Johns"] {
      let zone = try Database.zone(name)
      for _ in 0..<2_000 {
        let moment = Instant(milliseconds: Int64(random.below(4_000_000_000_000)) - 1_000_000_000_000)
        let back = zone.instant(zone.local(moment))
        let offset = TimeSpan.seconds(Int64(zone.offsetSeconds(at: moment)))
        let doubled = moment - back
        #expect(back <= moment && zone.local(back) == zone.local(moment), "\(name) \(moment.text)")
        #expect(doubled <= .hours(2), "\(name) \(moment.text) \(offset)")
      }
    }
  }

  @Test func `Local times keep their order`() throws {
    var random = SeededRandom(seed: 12)
    for name in ["Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia", "Antarctica/Troll"] {
      let zone = try Database.zone(name)
      for _ in 0..<1_000 {
        let shown = Instant(milliseconds: Int64(random.below(2_000_000_000_000)))
        let later = shown + .minutes(Int64(random.below(4_000)))
        #expect(zone.instant(LocalTime(asUTC: shown)) <= zone.instant(LocalTime(asUTC: later)), "\(name)")
      }
    }
  }

  @Test func `Times too far away for any calendar`() throws {
    for zone in [try Database.zone("Europe/Rome"), ZoneRules.utc] {
      for moment in [Instant.distantPast, .distantFuture, Instant(milliseconds: .max / 2)] {
        _ = zone.instant(zone.local(moment))
        #expect(zone.period(at: moment).start <= moment)
      }
    }
  }

  @Test(
    arguments: [
      ("Europe/Rome", 600, nil, "2026-07-01T08:00:00Z", "2026-07-01T08:00:00Z"),
      ("Europe/Rome", 600, nil, "2026-07-01T08:00:01Z", "2026-07-02T08:00:00Z"),
      ("Europe/Rome", 600, 1, "2026-03-23T10:00:00Z", "2026-03-30T08:00:00Z"),
      ("Europe/Rome", 150, nil, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
      // At 02:40 the second time it is too late for the first 02:30.
      ("Europe/Rome", 150, nil, "2026-10-25T01:40:00Z", "2026-10-26T01:30:00Z"),
      ("Pacific/Apia", 600, 5, "2011-12-29T00:00:00Z", "2011-12-30T10:00:00Z"),
      ("Pacific/Apia", 600, nil, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
    ] as [(String, Int, Int?, String, String)])
  func `The next time of day`(zone: String, minute: Int, weekday: Int?, from: String, next: String) throws {
    let zone = try Database.zone(zone)
    #expect(
      zone.next(minuteOfDay: minute, weekday: weekday, notBefore: Self.moment(from)).text
        == Self.moment(next).text)
  }

  @Test(arguments: [
    (2, 29, "2026-01-01T00:00:00Z", "2026-02-28T08:00:00Z"), (2, 29, "2028-01-01T00:00:00Z", "2028-02-29T08:00:00Z"),
    (2, 29, "2026-02-28T08:00:01Z", "2027-02-28T08:00:00Z"), (7, 14, "2026-07-14T07:00:00Z", "2026-07-14T07:00:00Z"),
    (4, 31, "2026-01-01T00:00:00Z", "2026-04-30T07:00:00Z"),
  ])
  func `The next birthday`(month: Int, day: Int, from: String, next: String) throws {
    let rome = try Database.zone("Europe/Rome")
    #expect(
      rome.next(month: month, day: day, minuteOfDay: 540, notBefore: Self.moment(from)).text == Self.moment(next).text)
  }

  @Test func `Units of the calendar`() throws {
    let rome = try Database.zone("Europe/Rome")
    let moment = Self.moment("2026-03-29T12:34:56Z")
    let starts = CalendarUnit.allCases.map { rome.start(of: $0, index: rome.index(of: $0, at: moment)).text }
    #expect(
      starts == [
        "2026-03-29T12:34:00.000Z", "2026-03-29T12:00:00.000Z", "2026-03-28T23:00:00.000Z",
        "2026-03-22T23:00:00.000Z", "2026-02-28T23:00:00.000Z",
      ])
    for unit in CalendarUnit.allCases {
      for name in ["Europe/Rome", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"] {
        let zone = try Database.zone(name)
        var random = SeededRandom(seed: 13)
        for _ in 0..<300 {
          let moment = Instant(milliseconds: Int64(random.below(3_000_000_000_000)) - 1_000_000_000_000)
          let index = zone.index(of: unit, at: moment)
          #expect(zone.start(of: unit, index: index) <= moment, "\(name) \(unit) \(moment.text)")
          #expect(moment < zone.start(of: unit, index: index + 1), "\(name) \(unit) \(moment.text)")
        }
      }
    }
  }
}
