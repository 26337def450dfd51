import Profiles
import RoostCore

/// At most so many messages of a sort to one person in a stretch of time.
public struct FrequencyCap: Sendable, Hashable {
  public var max: Int
  public var per: CapPeriod
  public var scope: CapScope
  /// Whether whole units of the person's calendar count, not the time up to now.
  public var isCalendar: Bool
  /// What becomes of a message beyond the cap.
  public var over: OverRule

  public init(max: Int, per: CapPeriod, scope: CapScope, isCalendar: Bool = false, over: OverRule = .hold) {
    self.max = max
    self.per = per
    self.scope = scope
    self.isCalendar = isCalendar
    self.over = over
  }
}

/// A workspace's rules for marketing messages, as its operator put them (`PUT …/policies`).
public struct DeliveryPolicies: Sendable, Equatable {
  public var caps: [FrequencyCap] = []
  public var quietHours: QuietHours?
  /// The share of people who get no marketing from any journey, to measure what all of it brings.
  public var globalHoldout = Share.none
  /// Kinds of channels by which marketing needs a confirmed consent: double opt-in.
  public var doubleOptIn: Set<ChannelKind> = []
  /// How they are asked to confirm, where that is not as usual.
  public var confirming: [ChannelKind: ConfirmationRule] = [:]
  public var softBounces = SoftBounceRule()
  /// Names of events that do not show that somebody is there: what happens by itself.
  public var ignoredActivity: Set<String> = []
  /// Whether it is noted when people are there and how they answer, though no journey asks for it yet.
  public var observesActivity = false
  /// The document's version; 0 if there is none.
  public var version: UInt32 = 0

  public init() {}

  /// Numbers the names in the caps before they are used, so that their numbers can be made durable with the document.
  public func intern(in symbols: SymbolTable) throws(Problem) {
    _ = try CapProgram(caps, symbols: symbols)
    _ = try confirmations(in: symbols)
  }

  /// What a refusal takes back, where consents have to be confirmed.
  public func confirmations(in symbols: SymbolTable) throws(Problem) -> [ProfileRules.Confirmation] {
    var rows: [ProfileRules.Confirmation] = []
    for kind in ChannelKind.allCases where doubleOptIn.contains(kind) {
      guard let confirmation = symbols.intern(kind.confirmationPurpose),
        let purpose = symbols.intern("marketing.\(kind.rawValue)")
      else { throw .invalid("/doubleOptIn", "the workspace has no room for more names") }
      rows.append(.init(purpose: .marketing, confirmation: confirmation))
      rows.append(.init(purpose: purpose, confirmation: confirmation))
    }
    return rows
  }

  public static let capsMax = 50
  public static let maxMax = 1_000
  /// The key of the one document of its kind in a workspace.
  public static let documentKey = "policies"
}

/// How somebody is asked to confirm a consent (double opt-in).
public struct ConfirmationRule: Sendable, Hashable {
  /// The template's key; `nil`: the built-in one.
  public var template: String?
  /// Whether Roost asks; else the workspace does so itself.
  public var isSent = true
  /// How long a link is good for.
  public var validFor = TimeSpan.days(7)
  /// Nobody is asked again sooner.
  public var resendAfter = TimeSpan.days(1)
  /// Nobody is asked more often within `countedFor`.
  public var requestsMax = 3

  public static let countedFor = TimeSpan.days(30)

  public init() {}

  /// Whether somebody is to be asked now.
  ///
  /// - Parameters:
  ///   - known: what was sent before.
  ///   - address: where it would go now, as `AddressSuppression.hash` has it.
  ///   - isRequest: they said yes just now, and had not before, or said it again on purpose.
  public func mustAsk(after known: ConfirmationRequest?, address: UInt64, isRequest: Bool, now: Instant) -> Bool {
    guard isSent else { return false }
    guard let known else { return true }
    guard isRequest || known.address != address else { return false }
    guard now >= known.lastAt + resendAfter else { return false }
    return known.firstAt + Self.countedFor <= now || Int(known.count) < requestsMax
  }

  /// What is remembered when somebody is asked.
  public func request(
    after known: ConfirmationRequest?, kind: ChannelKind, address: UInt64, now: Instant
  ) -> ConfirmationRequest {
    guard var known, known.firstAt + Self.countedFor > now else {
      return ConfirmationRequest(channelKind: kind.number, address: address, count: 1, firstAt: now, lastAt: now)
    }
    known.address = address
    known.count = known.count == .max ? .max : known.count + 1
    known.lastAt = now
    return known
  }
}

/// When an address counts as dead whose messages come back for now.
public struct SoftBounceRule: Sendable, Hashable {
  /// So many within `window`; 0: never.
  public var max = 5
  public var window = TimeSpan.days(14)
  public init() {}
}
