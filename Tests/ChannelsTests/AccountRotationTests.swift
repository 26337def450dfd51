import RoostCore
import Testing

@testable import Channels

@Suite struct AccountRotationTests {
  private let now = Instant(milliseconds: 1_000_000)

  @Test func weightsAreHonouredSmoothly() {
    var rotation = AccountRotation(weights: [2, 1])
    let order = (0..<6).compactMap { _ in rotation.next(at: now) }
    #expect(order == [0, 1, 0, 0, 1, 0])
  }

  @Test func aReserveIsAskedOnlyWhenAllOthersRest() {
    var rotation = AccountRotation(weights: [1, 0])
    #expect((0..<4).compactMap { _ in rotation.next(at: now) } == [0, 0, 0, 0])
    rotation.failed(0, at: now)
    #expect(rotation.next(at: now) == 1)
    #expect(rotation.next(at: now + AccountRotation.pauseMin) == 0)
  }

  @Test func pausesDoubleUpToFiveMinutes() {
    var rotation = AccountRotation(weights: [1])
    var at = now
    var pauses: [Int64] = []
    for _ in 0..<8 {
      rotation.failed(0, at: at)
      rotation.failed(0, at: at)
      let until = rotation.health[0].restsUntil
      pauses.append((until - at).milliseconds / 1_000)
      at = until
    }
    #expect(pauses == [5, 10, 20, 40, 80, 160, 300, 300])
    rotation.succeeded(0)
    #expect(rotation.health[0].failures == 0)
  }

  @Test func whenAllRestTheFirstToWakeIsAskedAndNobodyTwice() {
    var rotation = AccountRotation(weights: [1, 1])
    rotation.failed(1, at: now)
    rotation.failed(0, at: now + .seconds(1))
    #expect(rotation.next(at: now + .seconds(2)) == 1)
    #expect(rotation.next(at: now + .seconds(2), except: [1]) == 0)
    #expect(rotation.next(at: now + .seconds(2), except: [0, 1]) == nil)
  }

  @Test func whatAnotherAccountMayTake() {
    #expect(DeliveryOutcome.deferred(code: nil, reply: "no connection").isAccountFailure)
    #expect(DeliveryOutcome.deferred(code: 421, reply: "later").isAccountFailure)
    #expect(DeliveryOutcome.deferred(code: 535, reply: "wrong password").isAccountFailure)
    #expect(!DeliveryOutcome.deferred(code: 450, reply: "mailbox busy").isAccountFailure)
    #expect(!DeliveryOutcome.unknown(reason: "after the final dot").isAccountFailure)
    #expect(!DeliveryOutcome.sent(reply: "ok").isAccountFailure)
  }
}
