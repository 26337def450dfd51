import RoostCore
import Testing

@testable import Journeys

@Suite struct ClockTimeTests {
  /// Dates by `date -u -d`: 2026-03-01 is a Sunday.
  @Test(arguments: [
    ("10:00", 0, "2026-03-01T09:59:59Z", "2026-03-01T10:00:00Z"),
    ("10:00", 0, "2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
    ("10:00", 0, "2026-03-01T10:00:00.001Z", "2026-03-02T10:00:00Z"),
    ("00:00", 0, "2024-02-28T12:00:00Z", "2024-02-29T00:00:00Z"),
    ("MON 10:30", 0, "2026-03-01T00:00:00Z", "2026-03-02T10:30:00Z"),
    ("sun 10:30", 0, "2026-03-01T11:00:00Z", "2026-03-08T10:30:00Z"),
    ("THU 00:00", 0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ("10:00", 120, "2026-03-01T07:59:00Z", "2026-03-01T08:00:00Z"),
    ("MON 01:00", 120, "2026-03-01T12:00:00Z", "2026-03-01T23:00:00Z"),
    ("23:00", -300, "2026-03-01T00:00:00Z", "2026-03-01T04:00:00Z"),
    ("SAT 12:00", 0, "1969-12-30T00:00:00Z", "1970-01-03T12:00:00Z"),
  ])
  func `The next such moment`(text: String, offset: Int, from: String, expected: String) throws {
    let time = try #require(ClockTime(text: text))
    #expect(
      time.next(notBefore: try #require(Instant(iso8601: from)), offsetMinutes: offset) == Instant(iso8601: expected))
  }

  @Test(arguments: ["", "1:00", "10:60", "24:00", "10", "MON", "MO 10:00", "MON  10:00", "10:00 MON", "10:0a", "+1:00"])
  func `No time`(text: String) {
    #expect(ClockTime(text: text) == nil)
  }

  @Test func `Zones without rules`() {
    #expect(ClockTime.offsetMinutes(ofFixedZone: "UTC") == 0)
    #expect(ClockTime.offsetMinutes(ofFixedZone: "Etc/GMT-2") == 120)
    #expect(ClockTime.offsetMinutes(ofFixedZone: "Etc/GMT+12") == -720)
    #expect(ClockTime.offsetMinutes(ofFixedZone: "Etc/GMT+13") == nil)
    #expect(ClockTime.offsetMinutes(ofFixedZone: "Etc/GMT2") == nil)
    #expect(ClockTime.offsetMinutes(ofFixedZone: "Europe/Rome") == nil)
    #expect(ClockTime.offsetMinutes(ofFixedZone: "person") == nil)
  }
}
