import RoostCore
import Testing

@Suite struct InstantTextTests {
  /// Seconds from `date -u -d … +%s` (GNU coreutils); the last two groups are RFC 3339 §5.8's own examples.
  static let times: [(String, Int64)] = [
    ("1970-01-01T00:00:00Z", 0), ("2026-03-01T10:00:00Z", 1_772_359_200_000), ("2026-03-01", 1_772_323_200_000),
    ("2024-02-29T23:59:59.999Z", 1_709_251_199_999), ("2024-05-01T12:00:00.123000+03:00", 1_714_554_000_123),
    ("2024-05-01T12:00:00", 1_714_564_800_000), ("2024-05-01 12:00:00", 1_714_564_800_000),
    ("2024-05-01T12:00", 1_714_564_800_000), ("2024-05-01t12:00:00z", 1_714_564_800_000),
    ("2024-05-01T12:00:00,5Z", 1_714_564_800_500), ("2024-05-01T12:00:00.98765432109876Z", 1_714_564_800_987),
    ("2024-05-01T12:00:00.05Z", 1_714_564_800_050), ("2024-05-01T12:00:00+0300", 1_714_554_000_000),
    ("2024-05-01T12:00:00+03", 1_714_554_000_000), ("2024-05-01T12:00:00-03:30", 1_714_577_400_000),
    ("2024-05-01T12:00:00-00:00", 1_714_564_800_000), ("1969-12-31T23:59:59.999Z", -1),
    ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ("2000-02-29", 951_782_400_000), ("1997-01-01", 852_076_800_000),
    ("1985-04-12T23:20:50.52Z", 482_196_050_520), ("1996-12-19T16:39:57-08:00", 851_042_397_000),
    ("1990-12-31T23:59:60Z", 662_688_000_000), ("1990-12-31T15:59:60-08:00", 662_688_000_000),
    ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130),
  ]

  @Test func readsWhatClientsSend() {
    for (text, milliseconds) in Self.times {
      #expect(Instant(iso8601: text)?.milliseconds == milliseconds, "\(text)")
    }
  }

  @Test func refusesWhatIsNoTime() {
    let texts = [
      "", "2024", "2024-05", "2024-5-1", "2024-13-01", "2024-00-01", "2024-05-00", "2024-05-32", "2024-04-31",
      "2023-02-29", "1900-02-29", "2024-05-01T", "2024-05-01T12", "2024-05-01T24:00:00Z", "2024-05-01T12:60:00Z",
      "2024-05-01T12:00:61Z", "2024-05-01T12:00:00.Z", "2024-05-01T12:00:00X", "2024-05-01T12:00:00ZZ",
      "2024-05-01T12:00:00+24:00", "2024-05-01T12:00:00+03:60", "2024-05-01T12:00:00+3", "2024-05-01T12:00:00+03:",
      " 2024-05-01", "2024-05-01 ", "2024/05/01", "01-05-2024", "1714564800", "20240501T120000Z", "yesterday",
      "２０２４-05-01", "2024-05-01T12:00:00 Z", "2024-05-01T1:00:00Z", "-024-05-01", "2024-05-01T12:00:00.1.2Z",
    ]
    for text in texts { #expect(Instant(iso8601: text) == nil, "\(text)") }
  }

  @Test func writesMillisecondsInUTC() {
    #expect(Instant(milliseconds: 1_772_359_200_000).text == "2026-03-01T10:00:00.000Z")
    #expect(Instant(milliseconds: 1_714_554_000_123).text == "2024-05-01T09:00:00.123Z")
    #expect(Instant(milliseconds: -1).text == "1969-12-31T23:59:59.999Z")
    // ECMAScript: new Date(8.64e15).toISOString() and new Date(-8.64e15).toISOString()
    #expect(Instant(milliseconds: 8_640_000_000_000_000).text == "+275760-09-13T00:00:00.000Z")
    #expect(Instant(milliseconds: -8_640_000_000_000_000).text == "-271821-04-20T00:00:00.000Z")
    #expect(!Instant.distantFuture.text.isEmpty && !Instant.distantPast.text.isEmpty)
  }

  @Test func readsBackWhatItWrites() {
    var random = SeededRandom(seed: 3_339)
    for _ in 0..<5_000 {
      let instant = Instant(milliseconds: Int64(random.below(253_402_300_800_000 * 2)) - 62_135_596_800_000)
      guard instant.date.year <= 9_999 else { continue }
      #expect(Instant(iso8601: instant.text) == instant)
    }
  }
}

@Suite struct CivilDateTests {
  /// Walks day by day through 400 years (a whole cycle of the calendar) by the rules taught at school.
  @Test func agreesWithCountingDayByDay() {
    var walked = CivilDate(year: 1800, month: 1, day: 1)
    // 1800-01-01 lies 62,091 days before 1970-01-01: 170 × 365 + 41 leap days (1900 is none).
    var days = -62_091
    var weekday = 3  // a Wednesday
    while walked.year < 2_200 {
      #expect(walked.daysSince1970 == days)
      #expect(CivilDate(daysSince1970: days) == walked)
      #expect(walked.weekday == weekday)
      days += 1
      weekday = weekday % 7 + 1
      walked.day += 1
      if walked.day > CivilDate.days(inMonth: walked.month, of: walked.year) {
        walked = CivilDate(year: walked.year, month: walked.month + 1, day: 1)
        if walked.month == 13 { walked = CivilDate(year: walked.year + 1, month: 1, day: 1) }
      }
    }
  }

  @Test func knowsTheDayOfAnInstant() {
    #expect(Instant(milliseconds: -1).date == CivilDate(year: 1969, month: 12, day: 31))
    #expect(Instant(milliseconds: 0).date == CivilDate(year: 1970, month: 1, day: 1))
    #expect(Instant(CivilDate(year: 2026, month: 3, day: 1)).text == "2026-03-01T00:00:00.000Z")
    #expect(CivilDate(year: 2024, month: 2, day: 29) < CivilDate(year: 2024, month: 3, day: 1))
    #expect(CivilDate(year: 2026, month: 11, day: 22).weekday == 7)
  }
}
