import Events
import RoostCore

/// All that decisions about one person rest on. A value: the engine takes one, gives back the next.
///
/// Between batches a person is bytes (`encode(into:)`, `init(decoding:)`), the same in memory, in the state store and in
/// a backup. Lists are sorted as each row type says, so that equal states have equal bytes. An event touches few of the
/// lists: the others stay packed as they were read until somebody asks (`PackedSections`).
public struct PersonState: Sendable {
  public var workspace: WorkspaceID
  public var id: PersonID
  /// The time of the earliest event, whichever came first.
  public var createdAt: Instant {
    // Packed instants are distances from it.
    willSet { if newValue != createdAt { unpack() } }
  }
  /// The latest `now` under which the person was handled; time never runs backwards for anybody.
  public var handledAt: Instant
  /// Trackers of definitions up to this epoch are filled; a new person starts at the current one.
  public var trackersEpoch: UInt32 = 0
  /// How many other people were merged into this one.
  public var absorbed: UInt32 = 0
  /// Set when this person was merged into another: nothing else of the state counts any more.
  public var redirect: PersonID?
  /// When the person must be looked at again without any input; `.distantFuture` if never.
  public var dueAt: Instant = .distantFuture

  /// What `PersonState+Sections` gives access to.
  @usableFromInline var storage = PersonStorage()

  public init(workspace: WorkspaceID, id: PersonID, createdAt: Instant) {
    self.workspace = workspace
    self.id = id
    self.createdAt = createdAt
    handledAt = createdAt
  }
}

/// Something the person is known by; the value is normalised.
public struct Identifier: Sendable, Hashable {
  public var kind: IdentifierKind
  public var value: String
  public init(_ kind: IdentifierKind, _ value: String) {
    self.kind = kind
    self.value = value
  }
}

/// A trait's value and when it took it; the later time wins, on equal times the greater value, whatever arrives first.
public struct Trait: Sendable, Equatable {
  public var symbol: Symbol
  public var value: Value
  public var changedAt: Instant
  public init(symbol: Symbol, value: Value, changedAt: Instant) {
    self.symbol = symbol
    self.value = value
    self.changedAt = changedAt
  }
}

/// The latest answer to a purpose, as a receipt.
public struct Consent: Sendable, Equatable {
  /// `marketing`, `marketing.email`, `partner_offers`, `tracking`…
  public var purpose: Symbol
  public var isGranted: Bool
  public var at: Instant
  /// Where it was given: `api`, `segment`, a form's key.
  public var source: String
  /// Which wording was shown; "" if unknown.
  public var textVersion: String
  public init(purpose: Symbol, isGranted: Bool, at: Instant, source: String, textVersion: String) {
    self.purpose = purpose
    self.isGranted = isGranted
    self.at = at
    self.source = source
    self.textVersion = textVersion
  }
}

/// How often an event happened, when first and when last.
@frozen
public struct EventCounter: Sendable, Equatable {
  public var event: Symbol
  public var count: UInt32
  public var first: Instant
  public var last: Instant
  @inlinable
  public init(event: Symbol, count: UInt32, first: Instant, last: Instant) {
    self.event = event
    self.count = count
    self.first = first
    self.last = last
  }
}

/// Occurrences of an event in a calendar month of UTC.
@frozen
public struct MonthCount: Sendable, Equatable {
  public var event: Symbol
  /// Months since January 1970.
  public var month: UInt16
  public var count: UInt32
  @inlinable
  public init(event: Symbol, month: UInt16, count: UInt32) {
    self.event = event
    self.month = month
    self.count = count
  }
}

/// Orders and refunds in one currency. Without orders, `firstAt` is `.distantFuture` and `lastAt` `.distantPast`: refunds
/// do not count for recency.
@frozen
public struct OrderTotals: Sendable, Equatable {
  /// Three ASCII letters in the low bytes, the first lowest.
  public var currency: UInt32
  public var orders: UInt32
  public var refunds: UInt32
  public var revenue: Micros
  public var refunded: Micros
  public var firstAt: Instant
  public var lastAt: Instant
  @inlinable
  public init(
    currency: UInt32, orders: UInt32, refunds: UInt32, revenue: Micros, refunded: Micros, firstAt: Instant,
    lastAt: Instant
  ) {
    self.currency = currency
    self.orders = orders
    self.refunds = refunds
    self.revenue = revenue
    self.refunded = refunded
    self.firstAt = firstAt
    self.lastAt = lastAt
  }
}
