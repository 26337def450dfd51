import RoostCore
import Testing

@testable import Console

@Suite struct LanguageTests {
  /// Data of the samples replaced by digits, whatever letters remain are the program's own words.
  @Test func russianPagesSpeakRussian() {
    let samples = SamplePages(text: { _ in "1" })
    let allowed: Set = [
      "Roost", "English", "Europe", "Rome", "ID", "id", "JSON", "messageId", "operator.token", "EUR", "PUT", "SEGMENT",
      "KEY", "HTTP", "API", "Segment", "NDJSON", "CSV", "true", "null", "identify", "page", "v", "segments", "journeys",
      "Content-Security-Policy", "YAML", "Gmail", "Test", "user",
    ]
    for (name, page) in samples.all {
      let html = WellFormed(page.document(in: samples.frame(.russian)))
      let code = Set(["overview-new", "workspaces-none"]).contains(name)
      let labels = html.attributes.filter {
        ["title", "aria-label", "placeholder"].contains($0.name) && $0.value.count != 24
      }
      for text in html.texts + labels.map(\.value)
      where !(code && text.contains("curl") || text.contains("roost import") || text.contains("roost journey")) {
        for word in text.split(whereSeparator: { !($0.isLetter || $0 == ".") })
        where word.contains(where: { $0.isASCII && $0.isLetter }) {
          let plain = String(word.drop { $0 == "." })
          #expect(
            allowed.contains(plain) || allowed.contains(String(plain.prefix { $0 != "." }))
              || text.contains("email:ann@example.com"), "\(name): \(word) in \(text)")
        }
      }
    }
  }

  @Test func englishPagesSpeakEnglish() {
    let samples = SamplePages(text: { _ in "1" })
    for (name, page) in samples.all {
      let html = WellFormed(page.document(in: samples.frame(.english)))
      for text in html.texts + html.attributes.map(\.value) where text != "Русский" {
        #expect(!text.unicodeScalars.contains { (0x400...0x4FF).contains($0.value) }, "\(name): \(text)")
      }
    }
  }

  /// The published lists: docs of `/messages` and of the collecting API.
  @Test(arguments: [
    "no_consent", "frequency_cap", "quiet_hours", "unsubscribed", "bounced_before", "no_address", "holdout",
    "offer_expired", "budget", "journey_exit", "duplicate_intent", "complained_before", "blocked", "unconfirmed",
    "no_voucher",
  ]) func everyReasonHasWords(code: String) { #expect(Phrase.reason(code) != nil) }

  @Test(arguments: [
    "not_an_object", "unknown_type", "invalid_member", "missing_identifier", "invalid_identifier",
    "too_many_identifiers", "missing_event_name", "invalid_name", "too_many_names", "too_many_fields",
    "invalid_message_id", "invalid_timestamp", "timestamp_in_future", "event_too_large",
  ]) func everyDropReasonHasWords(code: String) { #expect(Phrase.dropReason(code) != nil) }

  /// Samples of the Unicode CLDR 45 chart "Language Plural Rules", Russian, cardinal, integers.
  @Test func russianPluralsFollowCLDR() {
    for one in [1, 21, 31, 101, 1_001] { #expect(Plural.days.form(of: one, in: .russian) == "день", "\(one)") }
    for few in [2, 3, 4, 22, 24, 102, 1_002] { #expect(Plural.days.form(of: few, in: .russian) == "дня", "\(few)") }
    for many in [0, 5, 11, 12, 14, 15, 19, 100, 111, 112, 1_000, 1_000_000] {
      #expect(Plural.days.form(of: many, in: .russian) == "дней", "\(many)")
    }
  }

  @Test func englishPluralsHaveTwoForms() {
    #expect(Plural.people.form(of: 1, in: .english) == "person")
    for other in [0, 2, 11, 21, 101] { #expect(Plural.people.form(of: other, in: .english) == "people") }
  }

  @Test func numbersAndAmounts() {
    let english = Reader(language: .english, zone: .utc, now: SamplePages.now)
    let russian = Reader(language: .russian, zone: .utc, now: SamplePages.now)
    #expect(english.grouped(0) == "0")
    #expect(english.grouped(999) == "999")
    #expect(english.grouped(69_659) == "69,659")
    #expect(english.grouped(-1_000_000) == "−1,000,000")
    #expect(russian.grouped(1_234_567) == "1\u{A0}234\u{A0}567")
    #expect(english.amount(Micros(1_234.5)) == "1,234.50")
    #expect(russian.amount(Micros(1_234.5)) == "1\u{A0}234,50")
    #expect(english.amount(Micros(0.005)) == "0.01")
    #expect(english.amount(Micros(-0.004)) == "0.00")
    #expect(english.amount(Micros(-12.345)) == "−12.35")
    #expect(english.grouped(Int.min) == "−9,223,372,036,854,775,808")
  }

  /// Checked with GNU date: `date -u -d @N '+%-d %b %Y %T'`.
  @Test func civilTime() {
    let moments: [(Int64, String)] = [
      (0, "1 Jan 1970 00:00:00"), (951_782_399_999, "28 Feb 2000 23:59:59"), (951_782_400_000, "29 Feb 2000 00:00:00"),
      (1_772_359_200_000, "1 Mar 2026 10:00:00"), (-1, "31 Dec 1969 23:59:59"),
      (-2_208_988_800_000, "1 Jan 1900 00:00:00"), (4_107_542_400_000, "1 Mar 2100 00:00:00"),
    ]
    for (milliseconds, text) in moments {
      let civil = CivilTime(Instant(milliseconds: milliseconds), offsetSeconds: 0)
      #expect((civil.date(in: .english) + " " + civil.clock).split(separator: "\u{A0}").joined(separator: " ") == text)
    }
    #expect(CivilTime(.distantFuture, offsetSeconds: 0).date.year == 9999)
    #expect(CivilTime(.distantPast, offsetSeconds: 0).date.year == 1)
  }

  @Test func timesAreShownInTheReadersZone() throws {
    // Rome went from UTC+1 to UTC+2 on 2026-03-29 at 01:00 UTC (tz database).
    let change = Instant(milliseconds: 1_774_746_000_000)
    let rome = try #require(ZoneRules(name: "Europe/Rome", posixRule: "CET-1CEST,M3.5.0,M10.5.0/3"))
    func shown(_ moment: Instant, _ language: Language) -> String {
      var html = HTML(reader: Reader(language: language, zone: rome, now: change))
      html.time(moment)
      return String(decoding: html.bytes, as: UTF8.self)
    }
    #expect(shown(change - .seconds(1), .english).hasSuffix(">29\u{A0}Mar\u{A0}2026, 01:59</time>"))
    #expect(shown(change, .russian).hasSuffix(">29\u{A0}мар.\u{A0}2026, 03:00</time>"))
    #expect(shown(change, .english).contains("datetime=\"2026-03-29T01:00:00.000Z\""))
  }

  @Test func languageIsNegotiated() {
    #expect(Language(accepting: "") == .english)
    #expect(Language(accepting: "ru-RU,ru;q=0.9,en;q=0.8") == .russian)
    #expect(Language(accepting: "en;q=0.2, ru;q=0.3") == .russian)
    #expect(Language(accepting: "ru;q=0, en") == .english)
    #expect(Language(accepting: "de, fr;q=0.5") == .english)
    #expect(Language(accepting: "russian") == .english)
  }
}
