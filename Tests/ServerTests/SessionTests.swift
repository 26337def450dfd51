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
}

extension TimeSpan {
  fileprivate static func milliseconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count) }
}
