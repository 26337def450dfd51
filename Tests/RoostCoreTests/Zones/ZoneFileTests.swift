import Testing

@testable import RoostCore

@Suite struct ZoneFileTests {
  static func footer(_ text: String) -> ZoneFooter? {
    var text = text
    return text.withUTF8 { ZoneFooter(UnsafeRawBufferPointer($0)) }
  }

  static func offset(_ text: String, at moment: String) -> Int32? {
    footer(text)?.period(at: Instant(iso8601: moment)!.milliseconds / 1_000).offset
  }

  /// RFC 9636, 3.3.1 and appendix B have most of these.
  @Test(arguments: [
    ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18_000),
    ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14_400),
    // Dublin's summer is the standard, its winter the exception.
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3_600),
    // Hours beyond the day: Nuuk changes on the Saturday before the last Sunday.
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7_200),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3_600),
    ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-26T23:59:59Z", 7_200),
    ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-27T00:00:00Z", 10_800),
    // Summer all year.
    ("XXX3EDT4,0/0,J365/23", "2026-01-01T03:30:00Z", -14_400),
    ("XXX3EDT4,0/0,J365/23", "2026-12-31T23:30:00Z", -14_400),
    ("<+0330>-3:30", "2026-07-01T00:00:00Z", 12_600), ("HST10", "2026-07-01T00:00:00Z", -36_000),
    // J60 is 1 March in every year.
    ("AAA0BBB,J60/0,J300/0", "2028-02-29T12:00:00Z", 0), ("AAA0BBB,J60/0,J300/0", "2028-03-01T00:00:00Z", 3_600),
    ("AAA0BBB,59/0,J300/0", "2028-02-29T00:00:00Z", 3_600),
  ])
  func `What a footer says`(footer: String, moment: String, offset: Int32) {
    #expect(Self.offset(footer, at: moment) == offset)
  }

  @Test(arguments: [
    "", "CE", "CET", "CET-", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,M3.6.0,M1.1.1",
    "CET-1CEST,M3.5.7,M1.1.1", "CET-1CEST,J0,J1", "CET-1CEST,366,1", "CET-1CEST,M3.5.0,M10.5.0/168", "<CET-1", "CET-1 ",
    "CET-1CEST,M3.5.0,M10.5.0,", "CET-1:60", "C+T-1",
  ])
  func `What is no footer`(text: String) { #expect(Self.footer(text) == nil) }

  /// Whatever bytes come, reading ends with rules or with an error, and the rules answer.
  @Test func `Damaged files`() throws {
    let good = try Database.file("Europe/Rome")
    var random = SeededRandom(seed: 5)
    for round in 0..<3_000 {
      var bytes = good
      if round % 3 == 0 { bytes.removeLast(random.below(bytes.count + 1)) }
      for _ in 0..<random.below(8) where !bytes.isEmpty {
        bytes[random.below(round % 2 == 0 ? min(bytes.count, 60) : bytes.count)] = UInt8(random.below(256))
      }
      do throws(MalformedBytes) {
        let zone = try ZoneRules(name: "x", tzif: bytes)
        for _ in 0..<3 {
          let moment = Instant(milliseconds: Int64(random.below(1 << 53)) - 1 << 52)
          let period = zone.period(at: moment)
          #expect(period.start <= moment && moment < period.end)
          _ = zone.instant(zone.local(moment))
        }
      } catch { #expect(error.offset <= bytes.count) }
    }
  }

  /// Version 1 has 32 bits and no footer.
  @Test func `The first version's form`() throws {
    var bytes = try Database.file("Europe/Rome")
    bytes[4] = 0
    let zone = try ZoneRules(name: "Europe/Rome", tzif: bytes)
    #expect(zone.offsetSeconds(at: Instant(iso8601: "2026-07-01T00:00:00Z")!) == 7_200)
  }

  @Test func `Which zone a country keeps`() throws {
    let names = [
      "Europe/Rome", "Europe/Moscow", "Asia/Almaty", "America/New_York", "America/Toronto", "Australia/Sydney",
    ]
    let table = try Database.table(names)
    #expect(table["Europe/Rome"]?.name == "Europe/Rome")
    #expect(table["europe/rome"] == nil && table["../../etc/passwd"] == nil)
    for (country, zone) in [
      ("IT", "Europe/Rome"), ("it", "Europe/Rome"), ("Italy", "Europe/Rome"), ("RU", "Europe/Moscow"),
      ("Kazakhstan", "Asia/Almaty"), ("US", "America/New_York"), ("AU", "Australia/Sydney"),
    ] {
      #expect(table.zone(ofCountry: country)?.name == zone)
    }
    for country in ["", "X", "ZZ", "Atlantis", String(repeating: "a", count: 1_000)] {
      #expect(table.zone(ofCountry: country) == nil)
    }
    for (phone, zone) in [
      ("+390612345678", "Europe/Rome"), ("79161234567", "Europe/Moscow"), ("+77011234567", "Asia/Almaty"),
      ("+12125550123", "America/New_York"), ("+14165550123", "America/Toronto"),
    ] {
      #expect(table.zone(ofPhone: phone)?.name == zone, "\(phone)")
    }
    for phone in ["", "+", "+8001234567", "abc", "+999"] { #expect(table.zone(ofPhone: phone) == nil) }
    #expect(ZoneTable.fixed["Etc/GMT-2"]?.offsetSeconds(at: Instant(milliseconds: 0)) == 7_200)
    #expect(!ZoneTable.fixed.hasDatabase && table.hasDatabase)
  }
}
