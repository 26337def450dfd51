import Delivery
import RoostCore
import Testing

@Suite struct RetryPolicyTests {
  private let policy = RetryPolicy(
    base: .seconds(10), cap: .seconds(60), floor: .seconds(1), attemptsMax: 6, ageMax: .minutes(30))

  @Test(
    "The ceiling doubles: 10, 20, 40, then the cap of 60 s",
    arguments: [
      (1, 10_000), (2, 20_000), (3, 40_000), (4, 60_000), (5, 60_000), (1_000, 60_000), (.max, 60_000),
    ] as [(Int, Int64)])
  func ceilings(attempt: Int, milliseconds: Int64) {
    #expect(policy.delay(afterAttempt: attempt, random: .max).milliseconds == milliseconds)
    #expect(policy.delay(afterAttempt: attempt, random: 0).milliseconds == 1_000)
  }

  @Test func jitterIsEven() {
    // Half of the 64 bits is half of the range: 1 s + 9.001 s / 2, rounded down to milliseconds.
    #expect(policy.delay(afterAttempt: 1, random: 1 << 63).milliseconds == 5_500)
    var random = SeededRandom(seed: 1)
    let delays = (0..<10_000).map { _ in policy.delay(afterAttempt: 1, random: random.next()).milliseconds }
    #expect(delays.allSatisfy { (1_000...10_000).contains($0) })
    #expect((5_350...5_650).contains(delays.reduce(0, +) / 10_000))
  }

  @Test func decisions() {
    #expect(policy.decide(after: .sent, attempt: 1, age: .seconds(0), random: 0) == .delivered)
    #expect(policy.decide(after: .rejected, attempt: 1, age: .seconds(0), random: 0) == .giveUp(.rejected))
    #expect(policy.decide(after: .deferred, attempt: 1, age: .seconds(0), random: 0) == .retry(after: .seconds(1)))
    #expect(policy.decide(after: .deferred, attempt: 5, age: .seconds(0), random: 0) == .retry(after: .seconds(1)))
    #expect(policy.decide(after: .deferred, attempt: 6, age: .seconds(0), random: 0) == .giveUp(.attemptsExhausted))
    #expect(policy.decide(after: .deferred, attempt: 2, age: .minutes(30), random: 0) == .giveUp(.tooOld))
    #expect(policy.decide(after: .unknown, attempt: 1, age: .seconds(0), random: 0) == .ambiguous)
    var bold = policy
    bold.retriesUnknown = true
    #expect(bold.decide(after: .unknown, attempt: 1, age: .seconds(0), random: 0) == .retry(after: .seconds(1)))
  }
}
