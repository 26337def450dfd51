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
