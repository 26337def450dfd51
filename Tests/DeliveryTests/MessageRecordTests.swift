import RoostCore
import Testing

@testable import Delivery

extension GateDecision {
  static let delivered = GateDecision.deliver(
    Passage(to: "ann@example.com", channel: "email", kind: .email, template: "miss-you"), GateEvidence())
  static func suppressed(_ reason: SuppressionReason) -> GateDecision { .suppress(reason, GateEvidence()) }
}

@Suite struct MessageRecordTests {
  static let start = Instant(milliseconds: 1_000_000)

  static func message(
    _ messageClass: MessageClass = .marketing, _ decision: GateDecision = .delivered
  ) -> MessageRecord {
    MessageRecord(
      id: IntentID(high: 1, low: 2), workspace: WorkspaceID(3), person: PersonID(4), userID: "42",
      email: "ann@example.com", journey: "winback", version: 5, step: "miss-you", channel: "email",
      template: "miss-you", templateVersion: 6, messageClass: messageClass, decision: decision,
      subject: "Мы скучаем", values: [1, 0], why: ["entered winback"], now: start, scheduledAt: start + .seconds(10))
  }

  static func at(_ seconds: Int64) -> Instant { start + .seconds(seconds) }

  @Test func `A message is handed over once, when it is due`() {
    var message = Self.message()
    let early = message.claim(token: 1, now: Self.at(9))
    #expect(!early)
    let first = message.claim(token: 1, now: Self.at(10))
    let second = message.claim(token: 2, now: Self.at(10))
    #expect(first && !second)
    #expect(message.status == .scheduled)
    let stale = message.close(token: 2, outcome: .failed(detail: "x"), now: Self.at(11))
    #expect(!stale)
    let closed = message.close(token: 1, outcome: .sent(detail: "250 ok"), now: Self.at(12))
    #expect(closed)
    #expect(message.status == .sent)
    #expect(message.sentAt == Self.at(12))
    #expect(message.dueAt == nil)
    let again = message.close(token: 1, outcome: .failed(detail: "x"), now: Self.at(13))
    let third = message.claim(token: 3, now: Self.at(99))
    #expect(!again && !third)
    #expect(message.attempts == 1)
  }

  @Test func `What is put off comes back`() {
    var message = Self.message()
    _ = message.claim(token: 1, now: Self.at(10))
    _ = message.close(token: 1, outcome: .deferred(until: Self.at(100), detail: "451 later"), now: Self.at(11))
    #expect(message.status == .scheduled)
    #expect(message.dueAt == Self.at(100))
    #expect(message.detail == "451 later")
    let early = message.claim(token: 2, now: Self.at(99))
    let due = message.claim(token: 2, now: Self.at(100))
    #expect(!early && due)
    #expect(message.attempts == 2)
    #expect(message.firstAttemptAt == Self.at(10))
    _ = message.close(token: 2, outcome: .failed(detail: "550 no"), now: Self.at(101))
    #expect(message.status == .failed)
    #expect(message.dueAt == nil)
  }

  @Test func `A suppressed message is never due`() {
    var message = Self.message(.marketing, .suppressed(.noConsent))
    #expect(message.status == .suppressed)
    #expect(message.reason == .noConsent)
    let claimed = message.claim(token: 1, now: Self.at(1_000))
    #expect(!claimed)
  }

  @Test func `After a crash a claim without an outcome is ambiguous, and an advertisement is left so`() {
    var message = Self.message()
    let idle = message.recover(channelIsIdempotent: false, now: Self.at(5))
    #expect(!idle)
    _ = message.claim(token: 1, now: Self.at(10))
    let recovered = message.recover(channelIsIdempotent: false, now: Self.at(60))
    #expect(recovered)
    #expect(message.status == .ambiguous)
    #expect(message.dueAt == nil)
    let late = message.close(token: 1, outcome: .sent(detail: ""), now: Self.at(61))
    #expect(!late)
    #expect(message.status == .ambiguous)
  }

  @Test func `A mailbox that takes a message twice as once is simply asked again`() {
    var message = Self.message()
    _ = message.claim(token: 1, now: Self.at(10))
    _ = message.recover(channelIsIdempotent: true, now: Self.at(60))
    #expect(message.status == .scheduled)
    let claimed = message.claim(token: 2, now: Self.at(60))
    #expect(claimed)
    _ = message.close(token: 2, outcome: .sent(detail: ""), now: Self.at(61))
    #expect(message.status == .sent)
  }

  @Test func `An ambiguous receipt is handed over once more and stays in the list`() {
    var message = Self.message(.transactional)
    _ = message.claim(token: 1, now: Self.at(10))
    _ = message.close(token: 1, outcome: .ambiguous(detail: "connection lost after the dot"), now: Self.at(11))
    #expect(message.status == .ambiguous)
    #expect(message.dueAt == Self.at(11))
    let suppressed = message.suppress(.journeyExit, now: Self.at(11))
    #expect(!suppressed)
    _ = message.claim(token: 2, now: Self.at(11))
    var unknownAgain = message
    _ = message.close(token: 2, outcome: .sent(detail: "250"), now: Self.at(12))
    #expect(message.status == .ambiguous)
    #expect(message.sentAt == Self.at(12))
    #expect(message.dueAt == nil)
    _ = unknownAgain.close(token: 2, outcome: .ambiguous(detail: "again"), now: Self.at(12))
    #expect(unknownAgain.ambiguities == 2)
    #expect(unknownAgain.dueAt == nil)
  }

  @Test func `A message can be taken back until somebody hands it over`() {
    var message = Self.message()
    var claimed = message
    let taken = message.suppress(.journeyExit, now: Self.at(1))
    #expect(taken)
    #expect(message.status == .suppressed)
    #expect(message.reason == .journeyExit)
    _ = claimed.claim(token: 1, now: Self.at(10))
    let late = claimed.suppress(.journeyExit, now: Self.at(11))
    #expect(!late)
  }

  @Test func `The interface's form, with and without why`() throws {
    var message = Self.message()
    _ = message.claim(token: 1, now: Self.at(10))
    _ = message.close(token: 1, outcome: .sent(detail: "250 ok"), now: Self.at(11))
    let expected = """
      {"id":"00000000000000010000000000000002",
       "person":{"id":"0000000000000004","userId":"42","email":"ann@example.com"},
       "journey":"winback","version":5,"step":"miss-you","channel":"email","template":"miss-you","class":"marketing",
       "status":"sent","to":"ann@example.com","subject":"Мы скучаем",
       "scheduledAt":"1970-01-01T00:16:50.000Z","sentAt":"1970-01-01T00:16:51.000Z"}
      """
    #expect(message.json(withWhy: false) == (try JSONValue(parsing: expected)))
    let why = message.json(withWhy: true)
    #expect(why["why"] == ["entered winback"])
    #expect(why["detail"] == "250 ok")
    let suppressed = Self.message(.marketing, .suppressed(.noConsent)).json(withWhy: false)
    #expect(suppressed["reason"] == "no_consent")
    #expect(suppressed["to"] == nil && suppressed["sentAt"] == nil)
  }

  @Test func `Every state survives its bytes`() throws {
    var claimed = Self.message(.transactional)
    _ = claimed.claim(token: .max, now: Self.at(10))
    var sent = claimed
    _ = sent.close(token: .max, outcome: .sent(detail: "250 принято"), now: Self.at(11))
    var ambiguous = claimed
    _ = ambiguous.recover(channelIsIdempotent: false, now: Self.at(12))
    for message in [Self.message(), Self.message(.marketing, .suppressed(.duplicateIntent)), claimed, sent, ambiguous] {
      var bytes: [UInt8] = []
      message.encode(into: &bytes)
      #expect(try bytes.withUnsafeBytes { try MessageRecord(decoding: $0) } == message)
      for length in 0..<bytes.count {
        #expect(throws: MalformedBytes.self) {
          try bytes[..<length].withUnsafeBytes { try MessageRecord(decoding: $0) }
        }
      }
    }
  }

  /// What the log has of a hand-off is the fate alone: with what it has of the decision it makes the whole again.
  @Test func `A fate makes the message what it was, and no other one`() throws {
    let decided = Self.message(.transactional)
    var claimed = decided
    _ = claimed.claim(token: .max, now: Self.at(10))
    var sent = claimed
    _ = sent.close(token: .max, outcome: .sent(detail: "250 принято"), now: Self.at(11))
    sent.expectReports(by: "sms", names: ["a", "b"])
    var ambiguous = claimed
    _ = ambiguous.recover(channelIsIdempotent: false, now: Self.at(12))
    var withdrawn = decided
    _ = withdrawn.suppress(.broadcastStopped, now: Self.at(13))
    for message in [decided, claimed, sent, ambiguous, withdrawn] {
      #expect(message.sharesIntent(with: decided))
      var bytes: [UInt8] = []
      message.encodeFate(into: &bytes)
      // Whatever it was before.
      for var other in [decided, claimed, sent, ambiguous, withdrawn] {
        try bytes.withUnsafeBytes { bytes in
          #expect(try MessageRecord.owner(ofFate: bytes) == (message.workspace, message.id))
          try other.takeFate(bytes)
        }
        #expect(other == message)
      }
      for length in 0..<bytes.count {
        var other = decided
        #expect(throws: MalformedBytes.self) { try bytes[..<length].withUnsafeBytes { try other.takeFate($0) } }
      }
      var stranger = MessageRecord(
        id: IntentID(high: 1, low: 3), workspace: decided.workspace, person: decided.person, userID: "", email: "",
        journey: "", version: 0, step: "", channel: "", template: "", templateVersion: 0, messageClass: .marketing,
        decision: .delivered, subject: "", values: [], now: Self.start, scheduledAt: Self.start)
      #expect(throws: MalformedBytes.self) { try bytes.withUnsafeBytes { try stranger.takeFate($0) } }
    }
  }

  @Test func `Whoever changes what was decided has a copy of their own`() {
    let decided = Self.message(.transactional)
    var moved = decided
    moved.to = "bob@example.com"
    #expect(!moved.sharesIntent(with: decided) && decided.to != moved.to && decided != moved)
    moved.to = decided.to
    #expect(moved == decided && !moved.sharesIntent(with: decided))
  }

  @Test func `Damaged bytes are refused or read, never a crash`() {
    var bytes: [UInt8] = []
    Self.message(.marketing, .suppressed(.budget)).encode(into: &bytes)
    var random = SeededRandom(seed: 9)
    for _ in 0..<5_000 {
      var damaged = bytes
      damaged[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      _ = try? damaged.withUnsafeBytes { try MessageRecord(decoding: $0) }
    }
  }

  /// Random hand-offs, crashes and stale answers: what a transport took certainly or perhaps.
  @Test func `No message is handed over after it was taken, but for the declared one`() {
    for seed in 0..<2_000 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      let messageClass: MessageClass = random.below(2) == 0 ? .marketing : .transactional
      var message = Self.message(messageClass)
      var taken = 0
      var now = Self.at(10)
      for token in 1...20 as ClosedRange<UInt64> {
        now = now + .seconds(Int64(random.below(30)))
        guard message.claim(token: token, now: now) else { continue }
        switch random.below(5) {
        case 0:
          taken += 1
          _ = message.close(token: token, outcome: .sent(detail: ""), now: now)
        case 1: _ = message.close(token: token, outcome: .failed(detail: ""), now: now)
        case 2: _ = message.close(token: token, outcome: .deferred(until: now + .seconds(20), detail: ""), now: now)
        case 3:
          taken += 1
          _ = message.recover(channelIsIdempotent: false, now: now)
        default:
          let stale = message.close(token: token - 1, outcome: .sent(detail: ""), now: now)
          #expect(!stale)
          _ = message.close(token: token, outcome: .ambiguous(detail: ""), now: now)
        }
      }
      #expect(taken <= (messageClass == .marketing ? 1 : 2))
      #expect(taken < 2 || message.status == .ambiguous)
    }
  }
}
