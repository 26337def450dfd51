import Events
import Profiles
import RoostCore

/// A segment to be compiled into a program.
public struct SegmentSource: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    /// Exact for everybody.
    case live
    /// Exact only for people whose trackers were filled since `epoch`.
    case filling
  }
  /// The segment's number in the workspace, and the bit of `PersonState.memberships`.
  public var slot: Int
  public var key: String
  public var expression: Expression
  public var state: State
  /// The epoch of definitions in which this version came.
  public var epoch: UInt32
  public init(slot: Int, key: String, expression: Expression, state: State, epoch: UInt32) {
    self.slot = slot
    self.key = key
    self.expression = expression
    self.state = state
    self.epoch = epoch
  }
}

/// A person came into a segment or left it.
public struct MembershipChange: Hashable, Sendable {
  public var slot: Int
  public var isMember: Bool
  public init(slot: Int, isMember: Bool) {
    self.slot = slot
    self.isMember = isMember
  }
}

/// All segments of a workspace compiled together: equal conditions are evaluated once, equal trackers kept once.
///
/// A class, so that handing it to an event's handling costs one count and not the copying of its lists.
public final class SegmentProgram: Sendable {
  struct Member: Sendable {
    var slot: Int
    var root: Int32
    /// Evaluated for people filled since this epoch; 0 for live segments.
    var epoch: UInt32
  }
  let set: ConditionSet
  let plans: EventPlans
  let members: [Member]
  /// Inlined expressions by segment slot, for explanations.
  let expressions: [Int: Expression]
  /// The latest epoch among the segments: who is filled is filled up to it.
  public let epoch: UInt32
  let membershipWords: Int
  /// By plan of an event name.
  let reaches: [Reach]
  let looksAtOrders: Bool
  private let windowedSums: [(slot: UInt32, window: Int64)]

  /// Compiles segments, and records besides what `watching` (the conditions of journeys) needs. Throws `Problem` for
  /// unknown segments, circles and expressions beyond the limits.
  public init(
    segments: [SegmentSource], watching: [Expression] = [], trackers: inout TrackerRegistry, symbols: SymbolTable
  ) throws(Problem) {
    let byKey = Dictionary(segments.map { ($0.key, $0) }) { $1 }
    var inlining = Inlining(byKey.mapValues(\.expression))
    var inlined: [Expression] = []
    for segment in segments { inlined.append(try inlining.resolve(segment.expression, of: segment.key)) }
    expressions = Dictionary(zip(segments.map(\.slot), inlined)) { $1 }
    var watched: [Expression] = []
    for expression in watching { watched.append(try inlining.resolve(expression)) }
    var roots: [Int32] = []
    set = try ConditionSet(inlined, alsoNeeding: watched, roots: &roots, trackers: &trackers, symbols: symbols)
    plans = try EventPlans(set.needs, symbols: symbols)
    members = zip(segments, roots).map { segment, root in
      Member(slot: segment.slot, root: root, epoch: Self.epoch(of: segment, among: byKey))
    }
    reaches = Self.reaches(set, plans, members)
    looksAtOrders = set.conditions.contains { if case .orders = $0 { true } else { false } }
    epoch = segments.map(\.epoch).max() ?? 0
    membershipWords = (segments.map(\.slot).max() ?? -1) / 64 + 1
    windowedSums = set.needs.compactMap { need in
      if case .amounts = need.kind { (need.slot, need.capacity) } else { nil }
    }
  }

  /// From which epoch on a person's trackers suffice for a segment and those that it refers to.
  private static func epoch(of segment: SegmentSource, among segments: [String: SegmentSource]) -> UInt32 {
    var epoch = segment.state == .live ? 0 : segment.epoch
    for key in segment.expression.referencedSegments {
      if let inner = segments[key] { epoch = max(epoch, self.epoch(of: inner, among: segments)) }
    }
    return epoch
  }

  /// Brings the person's trackers up to date with an event; whether memberships may have changed by it.
  @discardableResult
  public func record(_ event: EventView, in state: inout PersonState) -> Bool {
    plans.record(event, in: &state.trackers)
  }

  /// Brings the memberships up to date with the state at `now`, appending what changed, by position in the program.
  ///
  /// Returns the first moment after `now` at which a membership may change without any input: never too late, possibly
  /// too early, `.distantFuture` if time alone changes nothing.
  public func evaluate(_ state: inout PersonState, now: Instant, changes: inout [MembershipChange]) -> Instant {
    for sum in windowedSums {
      AmountTracker.prune(sum.slot, notAfter: now.milliseconds &- sum.window, in: &state.trackers)
    }
    while state.memberships.count < membershipWords { state.memberships.append(0) }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, set.wordCount)) { bits in
      let until = set.evaluate(state, now: now, bits: bits)
      set.nodes.withUnsafeBufferPointer { nodes in
        decide(&state, bits, nodes, &changes)
      }
      return until
    }
  }

  private func decide(
    _ state: inout PersonState, _ bits: UnsafeMutableBufferPointer<UInt64>,
    _ nodes: UnsafeBufferPointer<ConditionSet.Node>, _ changes: inout [MembershipChange]
  ) {
    let filled = state.trackersEpoch
    members.withUnsafeBufferPointer { members in
      state.memberships.withUnsafeMutableBufferPointer { words in
        for member in members where member.epoch <= filled {
          let isMember = set.decide(member.root, bits, nodes)
          let mask: UInt64 = 1 &<< UInt64(member.slot & 63)
          if (words[member.slot >> 6] & mask != 0) != isMember {
            words[member.slot >> 6] ^= mask
            changes.append(MembershipChange(slot: member.slot, isMember: isMember))
          }
        }
      }
    }
  }
}
