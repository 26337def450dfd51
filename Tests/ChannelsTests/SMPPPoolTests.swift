import Testing

@testable import Channels

@Suite struct SMPPPoolTests {
  private let lost = SMPPFailure(.connectionLost, "the connection ended")

  private func delivered(_ place: SMPPPool<Int>.Place) -> Int? {
    if case .deliver(_, let id) = place { id } else { nil }
  }

  private func isRefused(_ place: SMPPPool<Int>.Place) -> Bool {
    if case .refuse = place { true } else { false }
  }

  @Test func messagesWaitForTheBindAndAreSpread() {
    var pool = SMPPPool<Int>(roles: [.transceiver, .transceiver], window: 2, queueMax: 3)
    for job in 1...3 { #expect(delivered(pool.submit(job)) == nil) }
    #expect(isRefused(pool.submit(4)))
    #expect(pool.bound(0) == [1, 2])
    #expect(pool.bound(1) == [3])
    #expect(delivered(pool.submit(5)) == 1)
    _ = pool.submit(6)
    #expect(pool.finished(0) == [6])
    #expect(pool.isComplete)
  }

  @Test func receiversGetNoMessages() {
    var pool = SMPPPool<Int>(roles: [.transmitter, .receiver], window: 2, queueMax: 3)
    #expect(pool.bound(1) == [])
    _ = pool.submit(1)
    #expect(pool.closed(1, lost, random: 0).deferred == [])
    #expect(pool.bound(0) == [1])
  }

  @Test func withoutAnyConnectionMessagesAreDeferred() {
    var pool = SMPPPool<Int>(roles: [.transceiver], window: 2, queueMax: 3)
    _ = pool.submit(1)
    let (deferred, pause) = pool.closed(0, lost, random: .max)
    #expect(deferred == [1])
    #expect(pause == 1_000)
    #expect(isRefused(pool.submit(2)))
    #expect(pool.lastFailure == lost)
    let openings = [pool.reopen(0), pool.reopen(0)]
    #expect(openings == [true, false])
    #expect(delivered(pool.submit(3)) == nil)
    #expect(pool.bound(0) == [3])
    #expect(pool.lastFailure == nil)
  }

  @Test func pausesGrowUpToAMinute() {
    var pool = SMPPPool<Int>(roles: [.transceiver], window: 2, queueMax: 3)
    var pauses: [Int64] = []
    for _ in 0..<8 {
      pauses.append(pool.closed(0, lost, random: .max).reopenAfter ?? 0)
      _ = pool.reopen(0)
    }
    #expect(pauses == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
    #expect(pool.closed(0, lost, random: 0).reopenAfter == 30_000)
    var locked = SMPPPool<Int>(roles: [.transceiver], window: 2, queueMax: 3)
    let wrong = SMPPFailure(.bindRefused(isCredentials: true), "")
    #expect(locked.closed(0, wrong, random: .max).reopenAfter == 60_000)
  }

  @Test func shuttingDown() {
    var pool = SMPPPool<Int>(roles: [.transceiver, .transceiver], window: 1, queueMax: 3)
    _ = pool.bound(0)
    _ = pool.closed(1, lost, random: 0)
    _ = pool.submit(1)
    _ = pool.submit(2)
    #expect(pool.shutDown() == [2])
    #expect(isRefused(pool.submit(3)))
    #expect(pool.ids == [0] && !pool.isDrained)
    #expect(pool.closed(0, lost, random: 0).reopenAfter == nil)
    #expect(pool.isDrained)
  }
}
