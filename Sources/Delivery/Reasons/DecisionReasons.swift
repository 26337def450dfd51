import Profiles
import RoostCore

/// Why a message was sent, held or not sent: what the decision rested on at its moment, whatever becomes of the person, the
/// journey and the policies. Kept with the message; `MessageRecord` itself has journey, version, step, channel and template.
public struct DecisionReasons: Sendable, Equatable {
  /// The event that started the run.
  public struct Trigger: Sendable, Equatable {
    public var event: String
    public var id: String
    public var at: Instant
    public init(event: String, id: String, at: Instant) {
      self.event = event
      self.id = id
      self.at = at
    }
  }

  /// A segment that the journey asks about, and whether the person was in it.
  public struct Membership: Sendable, Equatable {
    public var segment: String
    public var isMember: Bool
    public init(segment: String, isMember: Bool) {
      self.segment = segment
      self.isMember = isMember
    }
  }

  /// An answer to a purpose.
  public struct Receipt: Sendable, Equatable {
    public var purpose: String
    public var isGranted: Bool
    public var at: Instant
    public var source: String
    public var textVersion: String
    public init(purpose: String, isGranted: Bool, at: Instant, source: String, textVersion: String) {
      self.purpose = purpose
      self.isGranted = isGranted
      self.at = at
      self.source = source
      self.textVersion = textVersion
    }
  }

  /// A frequency cap as it stood before this message.
  public struct Cap: Sendable, Equatable {
    /// Its place in the policies, from 1; 0: the person's own.
    public var number: Int
    /// `3 per 7d, all`
    public var rule: String
    public var count: Int
    public var max: Int
    /// When there is a place; `nil` if there is one.
    public var fullUntil: Instant?
    public init(number: Int, rule: String, count: Int, max: Int, fullUntil: Instant?) {
      self.number = number
      self.rule = rule
      self.count = count
      self.max = max
      self.fullUntil = fullUntil
    }
  }

  public struct Suppression: Sendable, Equatable {
    public var cause: AddressSuppression.Cause
    public var at: Instant
    public var message: IntentID?
    public init(cause: AddressSuppression.Cause, at: Instant, message: IntentID?) {
      self.cause = cause
      self.at = at
      self.message = message
    }
  }

  public struct Zone: Sendable, Equatable {
    public var name: String
    public var source: PersonZone.Source
    public init(name: String, source: PersonZone.Source) {
      self.name = name
      self.source = source
    }
  }

  /// When the person entered the journey; `nil` for messages of none.
  public var enteredAt: Instant?
  public var trigger: Trigger?
  public var memberships: [Membership] = []
  /// What silence about marketing means in the workspace; `nil`: none was needed.
  public var consentPolicy: ConsentPolicy?
  public var consent: Receipt?
  public var confirmation: Receipt?
  public var suppression: Suppression?
  public var zone: Zone?
  public var quiet: QuietStanding?
  public var caps: [Cap] = []
  /// Of the policies' document; 0 if there is none.
  public var policiesVersion: UInt32 = 0
  public var replacedChannel = ""
  public var bestHour: JourneyRun.BestHour?
  public var bestChannel: BestChannel?
  /// The template's; "" if it has one for all.
  public var language = ""
  /// The randomness of the commit in which it was decided.
  public var seed: UInt64 = 0
  /// The shares of people held out of the journey and of all marketing; the person is in neither.
  public var holdout = ""
  public var globalHoldout = ""
  /// Until when it is held.
  public var heldUntil: Instant?
  /// No such channel is configured: the built-in mailbox keeps it.
  public var isMailbox = false

  public init() {}

  /// What a decision says of itself.
  public init(_ decision: GateDecision, policies: DeliveryPolicies, symbols: SymbolTable) {
    let evidence = decision.evidence
    consent = evidence.consent.map { Receipt($0, symbols) }
    confirmation = evidence.confirmation.map { Receipt($0, symbols) }
    suppression = evidence.suppression.map { .init(cause: $0.cause, at: $0.at, message: $0.message) }
    zone = evidence.zone.map { .init(name: $0.rules.name, source: $0.source) }
    quiet = evidence.quiet
    caps = evidence.caps.map { Cap($0, policies) }
    if evidence.zone != nil || !evidence.caps.isEmpty { policiesVersion = evidence.policiesVersion }
    replacedChannel = evidence.replacedChannel ?? ""
    bestChannel = evidence.bestChannel
    if case .hold(let until, _, _) = decision { heldUntil = until }
  }
}

extension DecisionReasons.Receipt {
  fileprivate init(_ consent: Consent, _ symbols: SymbolTable) {
    self.init(
      purpose: symbols.name(consent.purpose), isGranted: consent.isGranted, at: consent.at, source: consent.source,
      textVersion: consent.textVersion)
  }
}

extension DecisionReasons.Cap {
  fileprivate init(_ standing: CapStanding, _ policies: DeliveryPolicies) {
    let known = policies.caps.indices.contains(standing.cap) ? policies.caps[standing.cap].text : ""
    self.init(
      number: standing.isOwn ? 0 : standing.cap + 1, rule: known, count: standing.count, max: standing.max,
      fullUntil: standing.isFull ? standing.freeAt : nil)
  }
}
