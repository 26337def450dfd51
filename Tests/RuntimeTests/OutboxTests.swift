import Delivery
import RoostCore
import Testing

@testable import Runtime

/// The order in which messages leave, whatever happens to some of them.
@Suite struct OutboxTests {
  private static let start = Instant(milliseconds: 1_000_000)
  private static func at(_ milliseconds: Int64) -> Instant { start + TimeSpan(milliseconds: milliseconds) }

  private static func message(
    _ number: UInt64, person: UInt64 = 1, entry: UInt32 = 1, place: UInt32 = 0, channel: String = "email",
    due: Int64 = 0
  ) -> MessageRecord {
    var message = MessageRecord(
      id: IntentID(high: 0, low: number), workspace: WorkspaceID(1), person: PersonID(person), userID: "", email: "",
      journey: "j", version: 1, step: "s\(place)", channel: channel, template: "t", templateVersion: 1,
      messageClass: .marketing,
      decision: .deliver(Passage(to: "a@b.c", channel: channel, kind: .email, template: "t"), GateEvidence()),
      subject: "", values: [], why: [], now: start, scheduledAt: at(due))
    (message.entry, message.place) = (entry, place)
    return message
  }

  /// Takes and claims everything that may go out.
  private static func claimAll(_ outbox: inout Outbox, at instant: Instant) -> [UInt64] {
    var ids: [UInt64] = []
    for lane in outbox.lanes {
      while var message = outbox.take(from: lane, at: instant) {
        let isMine = message.claim(token: 1, now: instant)
        #expect(isMine)
        outbox.keep(message)
        ids.append(message.id.low)
      }
    }
    return ids.sorted()
  }

  private static func close(_ id: UInt64, _ outcome: HandoffOutcome, in outbox: inout Outbox, at instant: Instant) {
    guard var message = outbox[IntentID(high: 0, low: id)] else { return }
    _ = message.close(token: 1, outcome: outcome, now: instant)
    outbox.keep(message)
  }

  private static func countedWaiting(_ outbox: Outbox) -> [Outbox.Lane: Int] {
    outbox.messages.reduce(into: [:]) { counts, message in
      if message.claim == nil { counts[message.lane, default: 0] += 1 }
    }
  }

  /// Of one run the second waits for the first, through its retries; other people and other entries do not.
  @Test func noneOvertakesAnotherOfItsRun() {
    var outbox = Outbox()
    for message in [
      Self.message(12, place: 2), Self.message(11, place: 1), Self.message(13, place: 3, channel: "push"),
      Self.message(21, person: 2, place: 1), Self.message(31, entry: 2, place: 1),
    ] { outbox.keep(message) }
    #expect(Self.claimAll(&outbox, at: Self.start) == [11, 21, 31])
    Self.close(11, .deferred(until: Self.at(500), detail: "later"), in: &outbox, at: Self.at(1))
    #expect(Self.claimAll(&outbox, at: Self.at(499)).isEmpty)
    #expect(Self.claimAll(&outbox, at: Self.at(500)) == [11])
    Self.close(11, .failed(detail: "no"), in: &outbox, at: Self.at(501))
    #expect(Self.claimAll(&outbox, at: Self.at(501)) == [12])
    outbox.drop(IntentID(high: 0, low: 12))
    #expect(Self.claimAll(&outbox, at: Self.at(502)) == [13])
    for id: UInt64 in [13, 21, 31] { Self.close(id, .sent(detail: "ok"), in: &outbox, at: Self.at(503)) }
    #expect(outbox.isEmpty && !outbox.isHandingOver && outbox.waiting.isEmpty)
  }

  /// Any order of arrival and any outcomes: each message is claimed once per attempt, and never while an earlier one of
  /// its run is open.
  @Test(arguments: 0..<20)
  func randomLives(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var outbox = Outbox()
    let channels = ["email", "push", "sms"]
    var messages: [MessageRecord] = []
    for number in 0..<200 {
      messages.append(
        Self.message(
          UInt64(number), person: UInt64(number % 17), entry: UInt32(1 + number % 3), place: UInt32(number),
          channel: channels[random.below(3)], due: Int64(random.below(50))))
    }
    for index in messages.indices.reversed() { messages.swapAt(index, random.below(index + 1)) }
    for message in messages { outbox.keep(message) }
    var done = 0
    for moment in 0..<20_000 where !outbox.isEmpty {
      let now = Self.at(Int64(moment))
      for id in Self.claimAll(&outbox, at: now) {
        let claimed = outbox[IntentID(high: 0, low: id)]!
        let overtaken = outbox.messages.filter {
          $0.person == claimed.person && $0.entry == claimed.entry && $0.place < claimed.place
        }
        #expect(overtaken.isEmpty)
        if random.below(3) == 0 {
          Self.close(id, .deferred(until: now + TimeSpan(milliseconds: 7), detail: ""), in: &outbox, at: now)
        } else {
          Self.close(id, .sent(detail: ""), in: &outbox, at: now)
          done += 1
        }
      }
      #expect(outbox.waiting == Self.countedWaiting(outbox))
    }
    #expect(done == 200 && outbox.isEmpty)
  }
}
