import RoostCore
import Testing

@testable import Journeys

/// Waits and schedules by people's clocks: nights in which clocks change, 29 February, moving.
@Suite struct CalendarTests {
  static func at(_ text: String) throws -> Instant { try #require(Instant(iso8601: text)) }

  /// When the message after a wait goes out, for somebody who enters at a moment.
  static func sent(_ wait: String, _ entered: String, zone: String = "Europe/Rome", traits: [String: Value] = [:])
    throws
    -> String
  {
    let start = try at(entered)
    var story = try Story(
      #"{"journey":"a","timezone":"\#(zone)","enter":{"event":"E"},"steps":[{"wait":\#(wait)},{"send":{"id":"x","channel":"email","template":"t"}}]}"#,
      start: start)
    try story.event("E", traits: traits)
    story.advance(to: .days(2_000))
    guard let found = story.sent.first, let span = TimeSpan(text: String(found.dropFirst(2))) else { return "never" }
    return (start + span).text
  }

  /// Rome, 2026: clocks go from 02:00 to 03:00 on 29 March, and from 03:00 back to 02:00 on 25 October (`zdump -v`).
  @Test(arguments: [
    (#"{"until":"10:00"}"#, "2026-03-28T12:00:00Z", "2026-03-29T08:00:00.000Z"),
    (#"{"until":"10:00"}"#, "2026-03-27T12:00:00Z", "2026-03-28T09:00:00.000Z"),
    (#"{"until":"02:30"}"#, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00.000Z"),
    (#"{"until":"02:30"}"#, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00.000Z"),
    (#"{"until":"02:30"}"#, "2026-10-25T00:45:00Z", "2026-10-26T01:30:00.000Z"),
    (#"{"until":"MON 10:00"}"#, "2026-03-28T12:00:00Z", "2026-03-30T08:00:00.000Z"),
    (#"{"until":"MON 10:00"}"#, "2026-10-23T12:00:00Z", "2026-10-26T09:00:00.000Z"),
  ])
  func `Clock times`(wait: String, entered: String, expected: String) throws {
    #expect(try Self.sent(wait, entered) == expected)
  }

  /// The zone is the person's trait, else where most people of their country live, else the workspace's (UTC here).
  @Test func `Whose clock`() throws {
    let wait = #"{"until":"10:00"}"#
    let entered = "2026-07-01T00:30:00Z"
    func sent(_ traits: [String: Value]) throws -> String {
      String(try Self.sent(wait, entered, zone: "person", traits: traits).dropLast(8))
    }
    #expect(try sent([:]) == "2026-07-01T10:00")
    #expect(try sent(["timezone": .string("Asia/Tokyo")]) == "2026-07-01T01:00")
    #expect(try sent(["timezone": .string("America/New_York")]) == "2026-07-01T14:00")
    #expect(try sent(["timezone": .string("Mars/Base"), "country": .string("IT")]) == "2026-07-01T08:00")
    #expect(try sent(["phone": .string("+39063344556")]) == "2026-07-01T08:00")
  }

  @Test(arguments: [
    ("1990-02-29", #"{"days":{"trait":"born"}}"#, "2026-01-10T12:00:00Z", "2026-02-27T23:00:00.000Z"),
    ("1988-02-29", #"{"days":{"trait":"born"}}"#, "2028-01-10T12:00:00Z", "2028-02-28T23:00:00.000Z"),
    ("--02-29", #"{"days":{"trait":"born"},"at":"09:00"}"#, "2026-01-10T12:00:00Z", "2026-02-28T08:00:00.000Z"),
    ("1990-03-29", #"{"days":{"trait":"born"},"at":"02:30"}"#, "2026-01-10T12:00:00Z", "2026-03-29T01:00:00.000Z"),
    ("1990-01-02", #"{"days":{"trait":"born"},"before":"3d"}"#, "2026-01-10T12:00:00Z", "2026-12-29T23:00:00.000Z"),
    (
      "1990-03-01", #"{"days":{"trait":"born"},"before":"1d","at":"08:00"}"#, "2028-01-10T12:00:00Z",
      "2028-02-29T07:00:00.000Z"
    ),
    ("1990-05-05T00:00:00Z", #"{"days":{"trait":"born"}}"#, "2026-05-05T12:00:00Z", "2026-05-05T12:00:00.000Z"),
    ("1990-05-05", #"{"days":{"trait":"born"},"at":"10:00"}"#, "2026-05-05T12:00:00Z", "2027-05-05T08:00:00.000Z"),
    ("1990-05-05", #"{"days":{"trait":"born"},"at":"16:00"}"#, "2026-05-05T12:00:00Z", "2026-05-05T14:00:00.000Z"),
    ("1990-02-30", #"{"days":{"trait":"born"}}"#, "2026-01-10T12:00:00Z", "never"),
    ("soon", #"{"days":{"trait":"born"}}"#, "2026-01-10T12:00:00Z", "never"),
  ])
  func `Personal dates`(born: String, wait: String, entered: String, expected: String) throws {
    #expect(try Self.sent(wait, entered, traits: ["born": .string(born)]) == expected)
  }

  @Test func `A date that becomes known, or another one, moves the wait; without one it goes on`() throws {
    var story = try Story(
      #"{"journey":"a","timezone":"UTC","enter":{"event":"E"},"steps":[{"wait":{"days":{"trait":"born"}}},{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    )
    try story.event("E")
    #expect(story.due == .distantFuture)
    story.advance(to: .days(1))
    try story.event("Told", traits: ["born": .string("1990-01-20")])
    #expect(story.due == Instant(milliseconds: 19 * 86_400_000))
    story.advance(to: .days(2))
    try story.event("Told", traits: ["born": .string("1990-01-10")])
    story.advance(to: .days(30))
    #expect(story.sent == ["x@9d"])
  }

  /// Mondays of March and April 2026: 2, 9, 16, 23, 30; 6, 13. At 10:00 in Rome: 09:00 UTC, from 29 March on 08:00.
  @Test func `A schedule by the person's clock, whichever night clocks change`() throws {
    let start = try Self.at("2026-03-01T00:00:00Z")
    var story = try Story(
      #"{"journey":"weekly","again":"always","timezone":"Europe/Rome","enter":{"schedule":"0 10 * * MON"},"steps":[{"send":{"id":"x","channel":"email","template":"t"}}]}"#,
      start: start)
    story.advance(to: .days(45))
    let hours = story.sent.map { $0.dropFirst(2) }
    #expect(hours == ["33h", "201h", "369h", "537h", "704h", "872h", "1040h"])
    #expect(story.run("weekly")?.entries == 7)
  }

  @Test func `A schedule for a segment reaches who is in it at the moment`() throws {
    var story = try Story(
      #"{"journey":"daily","again":"always","timezone":"UTC","enter":{"schedule":"0 10 * * *","segment":"vip"},"steps":[{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    )
    story.advance(to: .hours(15))
    #expect(story.due == .distantFuture)
    try story.enter("vip")
    #expect(story.sent.isEmpty)
    story.advance(to: .days(3))
    #expect(story.sent == ["x@34h", "x@58h"])
    try story.leave("vip")
    story.advance(to: .days(9))
    #expect(story.sent.count == 2)
  }

  @Test func `After a stop one run is made up for, not many; what was before publication is not`() throws {
    let document =
      #"{"journey":"daily","again":"always","timezone":"UTC","enter":{"schedule":"0 10 * * *"},"steps":[{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    var story = try Story(document)
    story.oversleep(to: .hours(80))
    #expect(story.sent == ["x@80h"])
    story.advance(to: .hours(83))
    #expect(story.sent == ["x@80h", "x@82h"])
    var late = try Story()
    late.pass(to: .hours(80))
    late.replaceProgram([
      .init(status: .live, published: 1, versions: [try late.compile(document, version: 1)], since: late.now)
    ])
    late.advance(to: .hours(83))
    #expect(late.sent == ["x@82h"])
  }

  @Test func `Entering again rules schedules too`() throws {
    var story = try Story(
      #"{"journey":"once","timezone":"UTC","enter":{"schedule":"0 10 * * *"},"steps":[{"send":{"id":"x","channel":"email","template":"t"}}]}"#,
      #"{"journey":"seldom","again":"after 3d","timezone":"UTC","enter":{"schedule":"0 11 * * *"},"steps":[{"send":{"id":"y","channel":"email","template":"t"}}]}"#
    )
    story.advance(to: .days(6))
    #expect(story.sent == ["x@10h", "y@11h", "y@83h"])
  }

  /// Over ten years, by day and by zone: a daily schedule never misses a day and never comes twice, and is never early.
  @Test(arguments: ["Europe/Rome", "America/New_York", "Asia/Tokyo", "America/Sao_Paulo"])
  func `A daily time comes once a day for ten years`(name: String) throws {
    let zone = try #require(Story.zones[name])
    for (text, minute) in [("30 2 * * *", 150), ("0 0 * * *", 0), ("15 10 * * *", 615)] {
      let schedule = try CronSchedule(parsing: text)
      var moment = schedule.next(after: try Self.at("2016-01-01T12:00:00Z"), in: zone)
      var wrong: [String] = []
      for _ in 0..<3_650 {
        let before = zone.local(moment)
        moment = schedule.next(after: moment, in: zone)
        let local = zone.local(moment)
        // In the night with a gap it is later, never earlier.
        let isLate = local.minuteOfDay < minute || local.minuteOfDay > minute + 60
        if isLate || local.date.daysSince1970 != before.date.daysSince1970 + 1 { wrong.append(moment.text) }
      }
      #expect(wrong == [])
    }
  }

  @Test func `29 February comes every four years, and every eight around 2100`() throws {
    let schedule = try CronSchedule(parsing: "0 0 29 2 *")
    var moment = try Self.at("2090-01-01T00:00:00Z")
    var years: [Int] = []
    for _ in 0..<4 {
      moment = schedule.next(after: moment, in: .utc)
      years.append(moment.date.year)
    }
    #expect(years == [2092, 2096, 2104, 2108])
  }
}
