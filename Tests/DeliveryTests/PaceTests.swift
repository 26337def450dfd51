import RoostCore
import Testing

@testable import Delivery

/// How fast a channel may be asked, and whether it is worth asking.
@Suite struct PaceTests {
  private static let start = Instant(milliseconds: 1_700_000_000_000)
  private static func at(_ milliseconds: Int64) -> Instant { start + TimeSpan(milliseconds: milliseconds) }

  @Test func aBucketKeepsItsRate() {
    var bucket = TokenBucket(perSecond: 10)
    #expect(bucket.available(at: Self.start) == 10)
    bucket.take(10, at: Self.start)
    #expect(bucket.available(at: Self.start) == 0)
    #expect(bucket.next(after: Self.start) == Self.at(100))
    #expect(bucket.available(at: Self.at(100)) == 1 && bucket.available(at: Self.at(350)) == 3)
    #expect(bucket.available(at: Self.at(60_000)) == 10)
  }

  /// Over any hour of taking all there is, 3,600 × the rate and the burst, no more.
  @Test(arguments: [0.5, 3, 7.3, 1_000])
  func noMoreThanTheRate(rate: Double) {
    var bucket = TokenBucket(perSecond: rate)
    var random = SeededRandom(seed: 3)
    var (now, taken) = (Int64(0), 0)
    while now < 3_600_000 {
      let count = bucket.available(at: Self.at(now))
      bucket.take(count, at: Self.at(now))
      taken += count
      now += Int64(random.below(700)) + 1
    }
    #expect(Double(taken) <= rate * 3_600 + max(rate, 1) + 1)
    #expect(Double(taken) >= rate * 3_600 * (rate < 1 ? 0.85 : 0.98) - 1)
  }

  @Test func placesInAQueueAreApart() {
    var bucket = TokenBucket(perSecond: 2)
    let places = (0..<6).map { _ in bucket.reserve(at: Self.start) }
    #expect(places.map { ($0 - Self.start).milliseconds } == [0, 0, 500, 1_000, 1_500, 2_000])
  }

  @Test func aBreakerOpensAndLooksAgain() throws {
    var breaker = CircuitBreaker()
    for _ in 0..<(CircuitBreaker.failuresMax - 1) { breaker.fail(at: Self.start, random: 0) }
    #expect(breaker.allows(50, at: Self.start) == 50)
    breaker.fail(at: Self.start, random: 0)
    #expect(breaker.state == .open(until: Self.at(5_000)))
    #expect(breaker.allows(50, at: Self.at(4_999)) == 0 && breaker.allows(50, at: Self.at(5_000)) == 1)
    breaker.begin()
    #expect(breaker.state == .probing && breaker.allows(50, at: Self.at(9_000)) == 0)
    breaker.fail(at: Self.at(6_000), random: 0)
    #expect(breaker.state == .open(until: Self.at(16_000)))
    breaker.begin()
    breaker.succeed()
    #expect(breaker.state == .closed && breaker.allows(50, at: Self.at(16_000)) == 50)
  }

  @Test func pausesEnd() {
    var breaker = CircuitBreaker()
    for _ in 0..<60 {
      breaker.fail(at: Self.start, random: .max)
      if case .open(let until) = breaker.state {
        let pause = (until - Self.start).milliseconds
        #expect(pause >= 3_749 && pause <= CircuitBreaker.pauseMax.milliseconds)
      }
    }
    var asked = CircuitBreaker()
    asked.pause(until: Self.at(30_000))
    asked.pause(until: Self.at(10_000))
    #expect(asked.opensAgain == Self.at(30_000) && asked.failures == 0)
  }
}
