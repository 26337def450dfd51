import Profiles
import RoostCore
import Testing

@testable import Delivery

@Suite struct ReasonsTests {
  private static let now = GateWorld.moment("2026-06-01T10:00:00Z")

  /// Everything that a decision may rest on.
  private static let full: DecisionReasons = {
    var reasons = usual
    reasons.confirmation = .init(
      purpose: "marketing.email.confirmed", isGranted: true, at: now - .days(2), source: "double_opt_in",
      textVersion: "v3")
    reasons.suppression = .init(
      cause: .bounced, at: now - .days(9), message: IntentID(high: 0x0123_4567_89AB_CDEF, low: .max))
    reasons.quiet = QuietStanding(start: now + .hours(9), end: now + .hours(21))
    reasons.caps.append(.init(number: 0, rule: "", count: 1, max: 1, fullUntil: now + .days(3)))
    reasons.replacedChannel = "push"
    reasons.bestHour = .init(at: now, basis: .segment, permille: 167, seen: 1_200)
    reasons.bestChannel = BestChannel(candidates: [
      .init(channel: "email", objection: nil, basis: .person, permille: 320, sent: 40, answered: 12),
      .init(channel: "sms", objection: .noAddress, basis: .nothing, permille: 50, sent: 0, answered: 0),
    ])
    reasons.language = "pt-BR"
    reasons.globalHoldout = "2%"
    reasons.heldUntil = now + .hours(21)
    reasons.isMailbox = true
    return reasons
  }()

  /// What most messages have.
  private static let usual: DecisionReasons = {
    var reasons = DecisionReasons()
    reasons.enteredAt = now - .minutes(5)
    reasons.trigger = .init(event: "Order Completed", id: "ajs-next-1717236000000-8d1c5f0b", at: now - .minutes(5))
    reasons.memberships = [.init(segment: "lapsing", isMember: true), .init(segment: "complained", isMember: false)]
    reasons.consentPolicy = .explicit
    reasons.consent = .init(
      purpose: "marketing.email", isGranted: true, at: now - .days(400), source: "segment", textVersion: "")
    reasons.zone = .init(name: "Europe/Rome", source: .country)
    reasons.caps = [.init(number: 1, rule: "3 per 7d, all", count: 1, max: 3, fullUntil: nil)]
    reasons.policiesVersion = 3
    reasons.holdout = "5%"
    reasons.seed = 0xFEDC_BA98_7654_3210
    return reasons
  }()

  private func message(_ reasons: DecisionReasons?) -> MessageRecord {
    MessageRecord(
      id: IntentID(high: 1, low: 2), workspace: WorkspaceID(1), person: PersonID(7), userID: "ann",
      email: "ann@example.com", journey: "winback", version: 4, step: "miss-you", channel: "email", template: "hello",
      templateVersion: 2, messageClass: .marketing,
      decision: .hold(until: Self.now, .frequencyCap, GateEvidence()), subject: "Hello", values: [1],
      reasons: reasons, now: Self.now, scheduledAt: Self.now)
  }

  private func bytes(_ message: MessageRecord) -> [UInt8] {
    var bytes: [UInt8] = []
    message.encode(into: &bytes)
    return bytes
  }

  @Test(arguments: [full, usual, DecisionReasons()])
  func `Reasons come back, and the same ones have the same bytes`(reasons: DecisionReasons) throws {
    let encoded = bytes(message(reasons))
    let decoded = try encoded.withUnsafeBytes { try MessageRecord(decoding: $0) }
    #expect(decoded.reasons == reasons && decoded == message(reasons))
    #expect(bytes(decoded) == encoded)
    #expect(try decoded.reasons?.json.canonicalBytes() == reasons.json.canonicalBytes())
  }

  @Test func `Damage is an error`() throws {
    let encoded = bytes(message(Self.full))
    for length in 0..<encoded.count {
      #expect(throws: MalformedBytes.self) {
        try encoded[..<length].withUnsafeBytes { _ = try MessageRecord(decoding: $0) }
      }
    }
    var random = SeededRandom(seed: 5)
    for _ in 0..<2_000 {
      var damaged = encoded
      damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
      // Another message or an error, never a crash.
      _ = try? damaged.withUnsafeBytes { try MessageRecord(decoding: $0) }
    }
  }

  /// The sentences that messages kept before took more.
  @Test func `Reasons take fewer bytes than sentences`() {
    let sentences = message(Self.usual).sentences
    var before = message(nil)
    before.why = sentences
    let (old, new, none) = (bytes(before).count, bytes(message(Self.usual)).count, bytes(message(nil)).count)
    #expect(new - none < (old - none) / 2, "\(new - none) bytes of reasons, \(old - none) of sentences")
    #expect(new - none < 200)
  }

  @Test func `Sentences from the record`() {
    let lines = message(Self.full).sentences
    #expect(lines.first == "journey winback, version 4, step miss-you, entry 0 of 2026-06-01T09:55:00.000Z")
    for line in [
      "triggered by Order Completed (ajs-next-1717236000000-8d1c5f0b) of 2026-06-01T09:55:00.000Z",
      "in segment lapsing", "not in segment complained", "time zone Europe/Rome, by the trait country",
      "cap 1 (3 per 7d, all): 1 of 3, free", "the person's own cap: 1 of 1, full until 2026-06-04T10:00:00.000Z",
      "held until 2026-06-02T07:00:00.000Z: frequency_cap",
      "best hour 2026-06-01T10:00:00.000Z: 16.7% of the 1200 hours seen of the segment",
      "channel sms: not usable, no_address",
    ] { #expect(lines.contains(line), "\(line)") }
  }

  /// Messages of earlier versions have their sentences.
  @Test func `What was kept before stays readable`() throws {
    var old = message(nil)
    old.why = ["journey winback, version 1", "consent marketing given"]
    let decoded = try bytes(old).withUnsafeBytes { try MessageRecord(decoding: $0) }
    #expect(decoded.sentences == old.why && decoded.reasons == nil)
  }

  @Test func `When somebody is asked to confirm`() {
    let rule = ConfirmationRule()
    func ask(_ known: ConfirmationRequest?, _ address: UInt64 = 1, isRequest: Bool = true, after: TimeSpan) -> Bool {
      rule.mustAsk(after: known, address: address, isRequest: isRequest, now: Self.now + after)
    }
    #expect(ask(nil, isRequest: false, after: .seconds(0)))
    let first = rule.request(after: nil, kind: .email, address: 1, now: Self.now)
    #expect(!ask(first, after: .hours(23)) && ask(first, after: .days(1)))
    #expect(!ask(first, isRequest: false, after: .days(1)) && ask(first, 2, isRequest: false, after: .days(1)))
    let second = rule.request(after: first, kind: .email, address: 1, now: Self.now + .days(1))
    let third = rule.request(after: second, kind: .email, address: 1, now: Self.now + .days(2))
    #expect(third.count == 3 && !ask(third, after: .days(29)) && ask(third, after: .days(30)))
    #expect(rule.request(after: third, kind: .email, address: 1, now: Self.now + .days(30)).count == 1)
  }
}
