import RoostCore

/// An event by name, and what its properties must be.
public struct EventPattern: Hashable, Sendable {
  public var event: String
  /// All must hold; sorted by property, so that equal patterns are equal values.
  public var filters: [PropertyTest]
  public init(event: String, filters: [PropertyTest] = []) {
    self.event = event
    self.filters = filters.sorted { $0.property < $1.property }
  }
}

/// Tests on one property of an event; all must hold.
public struct PropertyTest: Hashable, Sendable {
  public var property: String
  public var tests: [ValueTest]
  public init(property: String, tests: [ValueTest]) {
    self.property = property
    self.tests = tests
  }
}

/// Bounds on a whole number, both inclusive.
public struct CountRange: Hashable, Sendable {
  public var least: Int64
  public var most: Int64
  public init(least: Int64 = 0, most: Int64 = .max) {
    self.least = least
    self.most = most
  }
  /// What an event condition means that names no count.
  public static let atLeastOnce = CountRange(least: 1)
  @inlinable
  public func contains(_ number: Int64) -> Bool { number >= least && number <= most }
}

/// How often an event happened, ever or within a window that ends now.
public struct EventCondition: Hashable, Sendable {
  public var pattern: EventPattern
  public var count: CountRange
  public var window: TimeSpan?
  public init(pattern: EventPattern, count: CountRange = .atLeastOnce, window: TimeSpan? = nil) {
    self.pattern = pattern
    self.count = count
    self.window = window
  }
}

/// When an event happened for the first or the last time.
public struct OccurrenceCondition: Hashable, Sendable {
  public enum Which: String, Hashable, Sendable { case first, last }
  public var pattern: EventPattern
  public var which: Which
  /// Before this moment.
  public var before: Instant?
  /// At this moment or after it.
  public var after: Instant?
  public var window: TimeSpan?
  public init(
    pattern: EventPattern, which: Which, before: Instant? = nil, after: Instant? = nil, window: TimeSpan? = nil
  ) {
    self.pattern = pattern
    self.which = which
    self.before = before
    self.after = after
    self.window = window
  }
}

/// The sum of a numeric property over events, ever or within a window that ends now; in millionths, bounds inclusive.
public struct SumCondition: Hashable, Sendable {
  public var property: String
  public var pattern: EventPattern
  public var window: TimeSpan?
  public var range: CountRange
  public init(property: String, pattern: EventPattern, window: TimeSpan? = nil, range: CountRange) {
    self.property = property
    self.pattern = pattern
    self.window = window
    self.range = range
  }
}

/// Events one after another, at most `window` from first to last, without an event matching `without` from the first
/// on until the window's end.
public struct SequenceCondition: Hashable, Sendable {
  public static let stepsMax = 8
  public var steps: [EventPattern]
  public var window: TimeSpan?
  public var without: EventPattern?
  public init(steps: [EventPattern], window: TimeSpan? = nil, without: EventPattern? = nil) {
    self.steps = steps
    self.window = window
    self.without = without
  }
}

/// Tests on a trait; all must hold.
public struct TraitCondition: Hashable, Sendable {
  public var trait: String
  public var tests: [ValueTest]
  public init(trait: String, tests: [ValueTest]) {
    self.trait = trait
    self.tests = tests
  }
}

/// Where a person stands in a journey.
public enum JourneyState: String, Hashable, Sendable, CaseIterable {
  case running, finished, exited
  /// Is or was in it.
  case entered
  /// Was never in it.
  case never
}

/// A figure of the person's orders, less refunds.
public struct OrdersCondition: Hashable, Sendable {
  public enum Figure: String, Hashable, Sendable, CaseIterable { case count, revenue, average }
  public var figure: Figure
  /// ISO 4217; needed for money, for a count `nil` means all currencies.
  public var currency: String?
  /// Orders for `count`, else millionths of the currency's unit; both inclusive.
  public var range: CountRange
  public init(figure: Figure, currency: String?, range: CountRange) {
    self.figure = figure
    self.currency = currency
    self.range = range
  }
}
