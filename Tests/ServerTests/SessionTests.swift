import Console
import RoostCore
import Testing

@testable import Server

struct SessionTests {
  private let start = Instant(milliseconds: 1_772_359_200_000)

  @Test func endsAfterTwelveIdleHours() {
    let sessions = Sessions()
    let id = sessions.open(now: start)
    let first = sessions.find(id, now: start + .hours(11))
    #expect(first != nil)
    #expect(sessions.find(id, now: start + .hours(22))?.csrfToken == first?.csrfToken)
    #expect(sessions.find(id, now: start + .hours(34)) == nil)
    #expect(sessions.find(id, now: start + .hours(23)) == nil, "what has ended stays so")
  }

  @Test func idsAreLongAndDifferent() {
    let sessions = Sessions()
    let ids = (0..<100).map { _ in sessions.open(now: start) }
    #expect(Set(ids).count == 100)
    #expect(ids.allSatisfy { $0.utf8.count == 64 })
    #expect(sessions.find(ids[0], now: start)?.csrfToken != sessions.find(ids[1], now: start)?.csrfToken)
    #expect(sessions.find("", now: start) == nil)
    sessions.close(ids[0])
    #expect(sessions.find(ids[0], now: start) == nil)
    #expect(sessions.find(ids[1], now: start) != nil)
  }

  @Test func makesRoomForNewSessions() {
    let sessions = Sessions()
    let oldest = sessions.open(now: start)
    for _ in 0..<Sessions.sessionsMax { _ = sessions.open(now: start + .minutes(1)) }
    #expect(sessions.find(oldest, now: start + .minutes(1)) == nil)
  }

  @Test func linksOpenOnceAndSoon() {
    let sessions = Sessions()
    let token = sessions.makeLinkToken(now: start)
    #expect(sessions.useLinkToken(token, now: start + .minutes(14)))
    #expect(!sessions.useLinkToken(token, now: start + .minutes(14)))
    let late = sessions.makeLinkToken(now: start)
    #expect(!sessions.useLinkToken(late, now: start + .minutes(15)))
    #expect(!sessions.useLinkToken("", now: start))
  }

  @Test func comparesWholeTexts() {
    #expect(isEqualInConstantTime("abc", "abc"))
    #expect(!isEqualInConstantTime("abc", "abd"))
    #expect(!isEqualInConstantTime("abc", "ab"))
    #expect(!isEqualInConstantTime("", "a"))
  }

  @Test func tenFailuresAMinute() {
    let failures = FailedSignIns()
    for second in 0..<10 {
      #expect(failures.mayTry("a", now: start + .seconds(Int64(second))))
      failures.note("a", now: start + .seconds(Int64(second)))
    }
    #expect(!failures.mayTry("a", now: start + .seconds(59)))
    #expect(failures.mayTry("b", now: start + .seconds(59)), "others may")
    #expect(failures.mayTry("a", now: start + .seconds(60)), "the first failure is a minute old")
    failures.note("a", now: start + .seconds(60))
    #expect(!failures.mayTry("a", now: start + .milliseconds(60_500)))
  }

  /// The zone database's own rules: Europe/Rome is UTC+1, in summer (last Sunday of March, 01:00 UTC, to that of
  /// October) UTC+2; Moscow went from +4 to +3 on 2014-10-26 at 22:00 UTC of the day before, without any summer time.
  @Test(arguments: [
    ("Europe/Rome", "2026-03-29T00:59:59.999Z", 3_600), ("Europe/Rome", "2026-03-29T01:00:00.000Z", 7_200),
    ("Europe/Rome", "2026-10-25T00:59:59.999Z", 7_200), ("Europe/Rome", "2026-10-25T01:00:00.000Z", 3_600),
    ("Europe/Moscow", "2014-10-25T21:59:59.999Z", 14_400), ("Europe/Moscow", "2014-10-25T22:00:00.000Z", 10_800),
    ("Asia/Kathmandu", "1985-12-31T18:00:00.000Z", 19_800), ("Asia/Kathmandu", "2020-01-01T00:00:00.000Z", 20_700),
    ("UTC", "2026-07-01T00:00:00.000Z", 0), ("No/Where", "2026-07-01T00:00:00.000Z", 0),
  ])
  func offsets(zone: String, time: String, seconds: Int) throws {
    let moment = try #require(Instant(iso8601: time))
    #expect(ZoneOffsets(database: zone, now: start).seconds(at: moment) == seconds)
  }
}

extension TimeSpan {
  fileprivate static func milliseconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count) }
}
