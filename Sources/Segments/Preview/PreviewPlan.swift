import Events
import Profiles
import RoostCore

/// How to find everybody whom an expression means at one moment by a scan over the history: which events to look for,
/// and an accumulator for them.
///
/// Counts and first or last occurrences of events without `where` run on names and times alone; everything else goes
/// through the same trackers as live segments, so that a preview and the segment it becomes agree.
public struct PreviewPlan: Sendable {
  /// One number kept for a condition while a person's events go by.
  struct Gauge: Sendable {
    enum Kind: UInt8, Sendable { case count, first, last }
    var kind: Kind
    var bit: Int32
    /// Only later times are counted.
    var cutoff: Int64
    /// The inclusive range in which the number makes the condition true.
    var least: Int64
    var most: Int64
    var initial: Int64
  }

  public let now: Instant
  /// The events to look for, in ascending order; of any other nothing depends.
  public let events: [Symbol]
  /// Whether the person's state is looked at, at least for some people.
  public let needsState: Bool
  let set: ConditionSet
  let root: Int32
  let plans: EventPlans
  let gauges: [Gauge]
  /// By the number of an event's name: where its gauges begin in `gaugeOrder`; one more at the end.
  let gaugeStarts: [Int32]
  let gaugeOrder: [Int32]
  /// Which bits are set by the state.
  let stateBits: [UInt64]

  /// `segments` are the expressions of all segments by key, for references. Throws `Problem` as compiling does.
  public init(
    _ expression: Expression, segments: [String: Expression] = [:], symbols: SymbolTable, now: Instant
  ) throws(Problem) {
    self.now = now
    var inlining = Inlining(segments)
    var registry = TrackerRegistry()
    var roots: [Int32] = []
    let ordered = try inlining.resolve(expression).withStateLast
    let set = try ConditionSet([ordered], roots: &roots, trackers: &registry, symbols: symbols)
    self.set = set
    root = roots[0]
    needsState = !set.stateTests.isEmpty
    var stateBits = [UInt64](repeating: 0, count: set.wordCount)
    for test in set.stateTests { stateBits[Int(test.bit >> 6)] |= 1 << UInt64(test.bit & 63) }
    self.stateBits = stateBits
    var gauges: [(symbol: Symbol, gauge: Gauge)] = []
    for (bit, condition) in set.conditions.enumerated() {
      guard let (event, gauge) = Gauge.of(condition, bit: Int32(bit), now: now.milliseconds) else { continue }
      gauges.append((try symbols.symbol(event), gauge))
    }
    self.gauges = gauges.map(\.gauge)
    (gaugeStarts, gaugeOrder) = Self.index(gauges.map(\.symbol))
    let gauged = Set(gauges.map { set.conditions[Int($0.gauge.bit)] })
    let rest = set.conditions.filter { !gauged.contains($0) }.compactMap { TrackerNeed($0)?.meaning }
    let needs = set.needs.filter { rest.contains($0.meaning) }
    plans = try EventPlans(needs, symbols: symbols)
    var events = Set(gauges.map(\.symbol))
    for pattern in needs.flatMap(\.patterns) { events.insert(try symbols.symbol(pattern.event)) }
    self.events = events.sorted()
  }

  private static func index(_ symbols: [Symbol]) -> (starts: [Int32], order: [Int32]) {
    let order = symbols.indices.sorted { (symbols[$0], $0) < (symbols[$1], $1) }
    var starts: [Int32] = [0]
    var place = 0
    for number in 0...(symbols.map { Int($0.number) }.max() ?? 0) {
      while place < order.count, Int(symbols[order[place]].number) == number { place += 1 }
      starts.append(Int32(place))
    }
    return (starts, order.map(Int32.init))
  }

  /// Whether the accumulator wants the whole record of an event of this name, by `feed(_:)`.
  public func needsRecord(_ symbol: Symbol) -> Bool { plans.index(of: symbol) != nil }

  /// Whether any event's record is wanted.
  public var needsRecords: Bool { !plans.plans.isEmpty }

  /// Whether somebody without any of `events` may be meant: then everybody must be visited.
  public var includesPeopleWithoutEvents: Bool {
    var accumulator = PreviewAccumulator(self)
    accumulator.begin()
    return accumulator.verdict() != false
  }
}

extension PreviewPlan.Gauge {
  /// `nil` for conditions that need more than an event's name and time.
  static func of(_ condition: Condition, bit: Int32, now: Int64) -> (event: String, gauge: Self)? {
    func cutoff(_ window: TimeSpan?) -> Int64 { window.map { now - $0.milliseconds } ?? .min }
    switch condition {
    case .event(let event) where event.pattern.filters.isEmpty:
      return (
        event.pattern.event,
        Self(
          kind: .count, bit: bit, cutoff: cutoff(event.window), least: event.count.least, most: event.count.most,
          initial: 0)
      )
    case .occurrence(let occurrence) where occurrence.pattern.filters.isEmpty:
      let after = max(cutoff(occurrence.window), (occurrence.after?.milliseconds ?? .min + 2) - 1)
      let before = occurrence.before?.milliseconds ?? .max
      let isFirst = occurrence.which == .first
      return (
        occurrence.pattern.event,
        Self(
          kind: isFirst ? .first : .last, bit: bit, cutoff: .min, least: after + 1, most: before - 1,
          initial: isFirst ? .max : .min)
      )
    default: return nil
    }
  }
}

extension Expression {
  /// The same with conditions on the state behind those on events within `all` and `any`, so that a state is looked at
  /// only if the events leave the question open.
  var withStateLast: Expression {
    func sorted(_ parts: [Expression]) -> [Expression] {
      let parts = parts.map(\.withStateLast)
      return parts.filter { !$0.looksAtState } + parts.filter(\.looksAtState)
    }
    switch self {
    case .all(let parts): return .all(sorted(parts))
    case .any(let parts): return .any(sorted(parts))
    case .not(let part): return .not(part.withStateLast)
    case .condition: return self
    }
  }

  private var looksAtState: Bool { conditions.contains { TrackerNeed($0) == nil } }
}
