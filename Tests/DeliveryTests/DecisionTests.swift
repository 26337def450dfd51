import Profiles
import RoostCore
import Testing

@testable import Delivery

@Suite struct DecisionTests {
  static let symbols: SymbolTable = {
    let table = SymbolTable()
    _ = table.intern("marketing.email")
    return table
  }()
  static let marketingEmail = symbols.find("marketing.email")!

  static func decide(
    _ policy: ConsentPolicy, _ messageClass: MessageClass, to address: String?, consents: [Consent]
  ) throws -> GateDecision {
    var person = PersonState(workspace: WorkspaceID(1), id: PersonID(1), createdAt: Instant(milliseconds: 0))
    if let address { person.identifiers = [Identifier(.email, address)] }
    person.consents = consents.sorted { $0.purpose < $1.purpose }
    let request = SendRequest(
      id: IntentID(high: 1, low: 1), messageClass: messageClass, channel: "email", template: "t")
    return try DeliveryGate(
      consentPolicy: policy, routes: [:], zones: .fixed, workspaceZone: .utc, symbols: symbols
    ).decide(request, &person, now: Instant(milliseconds: 0))
  }

  static func address(of decision: GateDecision) -> String? {
    if case .deliver(let passage, _) = decision { passage.to } else { nil }
  }

  static func consent(_ purpose: Symbol, _ granted: Bool, at hour: Int64, source: String = "segment") -> Consent {
    Consent(
      purpose: purpose, isGranted: granted, at: Instant(milliseconds: 0) + .hours(hour), source: source,
      textVersion: "")
  }

  /// The general answer, the channel's, and what follows under the explicit and the implied policy.
  @Test(
    arguments: [
      (nil, nil, SuppressionReason.noConsent, nil),
      ((true, 1), nil, nil, nil),
      ((false, 1), nil, .noConsent, .noConsent),
      (nil, (true, 1), nil, nil),
      (nil, (false, 1), .noConsent, .noConsent),
      ((true, 1), (false, 2), .noConsent, .noConsent),
      ((true, 2), (false, 1), .noConsent, .noConsent),
      ((false, 1), (true, 2), nil, nil),
      ((false, 2), (true, 1), .noConsent, .noConsent),
      ((false, 1), (true, 1), nil, nil),
      ((true, 1), (false, 1), .noConsent, .noConsent),
    ] as [((Bool, Int64)?, (Bool, Int64)?, SuppressionReason?, SuppressionReason?)])
  func `Consent to marketing`(
    general: (Bool, Int64)?, channel: (Bool, Int64)?, explicit: SuppressionReason?, implied: SuppressionReason?
  ) throws {
    var consents: [Consent] = []
    if let general { consents.append(Self.consent(.marketing, general.0, at: general.1)) }
    if let channel { consents.append(Self.consent(Self.marketingEmail, channel.0, at: channel.1)) }
    for (policy, reason) in [(ConsentPolicy.explicit, explicit), (.implied, implied)] {
      let decision = try Self.decide(policy, .marketing, to: "ann@example.com", consents: consents)
      #expect(decision.reason == reason, "\(policy)")
      #expect(Self.address(of: decision) == (reason == nil ? "ann@example.com" : nil), "\(policy)")
    }
  }

  @Test func `Leaving by the link is said by its own reason`() throws {
    let consents = [Self.consent(.marketing, false, at: 2, source: "unsubscribe")]
    #expect(try Self.decide(.implied, .marketing, to: "a@b.c", consents: consents).reason == .unsubscribed)
  }

  @Test func `A transactional message needs an address only`() throws {
    let consents = [Self.consent(.marketing, false, at: 2, source: "unsubscribe")]
    for policy in ConsentPolicy.allCases {
      #expect(try Self.address(of: Self.decide(policy, .transactional, to: "a@b.c", consents: consents)) == "a@b.c")
      #expect(try Self.decide(policy, .transactional, to: nil, consents: []).reason == .noAddress)
    }
  }

  @Test func `Nobody asked for marketing by e-mail yet`() {
    let symbols = SymbolTable()
    #expect(ConsentPurposes(for: .email, symbols: symbols).channel == nil)
    let known = symbols.intern("marketing.email")
    #expect(ConsentPurposes(for: .email, symbols: symbols).channel == known)
  }

  @Test(arguments: [
    ("ann@example.com", true), ("анна@пример.рф", true), ("a@b", true), ("", false), ("ann", false),
    ("@example.com", false), ("ann@", false), ("ann @example.com", false), ("ann@example.com\r\nBcc: x@y.z", false),
    ("<ann@example.com>", false), (String(repeating: "a", count: 65) + "@example.com", false),
    ("a@" + String(repeating: "b", count: 253), false), ("a@b\u{85}c", false),
  ])
  func `Usable addresses`(address: String, isUsable: Bool) {
    #expect(ChannelKind.email.isUsable(address) == isUsable)
  }

  @Test func `The trait says where a person is now, the identifiers where they were`() {
    var person = PersonState(workspace: WorkspaceID(1), id: PersonID(1), createdAt: Instant(milliseconds: 0))
    #expect(ChannelKind.email.address(of: person) == nil)
    person.identifiers = [Identifier(.user, "42"), Identifier(.email, "old@example.com")]
    #expect(ChannelKind.email.address(of: person) == "old@example.com")
    person.setTrait(.email, .string("new@example.com"), at: Instant(milliseconds: 5))
    #expect(ChannelKind.email.address(of: person) == "new@example.com")
    person.setTrait(.email, .string("none"), at: Instant(milliseconds: 6))
    #expect(ChannelKind.email.address(of: person) == "old@example.com")
    #expect(ChannelKind.sms.address(of: person) == nil)
    #expect(ChannelKind.push.address(of: person) == nil)
  }

  @Test func `Kinds of channels by their type`() {
    #expect(ChannelKind(channelType: "email.smtp") == .email)
    #expect(ChannelKind(channelType: "email") == .email)
    #expect(ChannelKind(channelType: "smtp") == nil)
    #expect(ChannelKind(channelType: "") == nil)
  }

  @Test func `The published words`() {
    #expect(
      MessageStatus.allCases.map(\.rawValue) == [
        "scheduled", "held", "suppressed", "sent", "delivered", "opened", "clicked", "bounced", "complained", "failed",
        "ambiguous",
      ])
    #expect(
      SuppressionReason.allCases.map(\.rawValue) == [
        "no_consent", "frequency_cap", "quiet_hours", "unsubscribed", "bounced_before", "no_address", "holdout",
        "offer_expired", "budget", "journey_exit", "duplicate_intent", "complained_before", "unconfirmed", "blocked",
        "no_template", "paused", "missing_values", "broadcast_stopped", "no_voucher",
      ])
    #expect(Set(MessageStatus.stored) == Set(MessageStatus.allCases))
    #expect(Set(SuppressionReason.stored) == Set(SuppressionReason.allCases))
  }
}
