import Events
import Profiles
import RoostCore

/// One expression compiled by itself: a journey's branch or exit, an entry's `where`.
///
/// What it needs to be remembered, a `SegmentProgram` records that was compiled with the same registry and got the
/// expression as `watching`.
public struct CompiledCondition: Sendable {
  private let set: ConditionSet
  private let root: Int32

  /// `segments` are the expressions of all segments by key, for references. Throws `Problem` for unknown segments,
  /// circles and expressions beyond the limits.
  public init(
    _ expression: Expression, segments: [String: Expression] = [:], trackers: inout TrackerRegistry,
    symbols: SymbolTable
  ) throws(Problem) {
    var inlining = Inlining(segments)
    var roots: [Int32] = []
    set = try ConditionSet(
      [try inlining.resolve(expression)], roots: &roots, trackers: &trackers, symbols: symbols)
    root = roots[0]
  }

  /// Whether it holds for a person at `now`. `trigger` is the event that started the journey.
  public func holds(for state: PersonState, now: Instant, trigger: EventView? = nil) -> Bool {
    set.outcome(root, state, trigger: trigger, now: now).isTrue
  }

  /// Whether it holds, and the first moment after `now` at which that may change without any input; never too late,
  /// possibly too early, `.distantFuture` if time alone changes nothing.
  public func outcome(
    for state: PersonState, now: Instant, trigger: EventView? = nil
  ) -> (isTrue: Bool, until: Instant) {
    set.outcome(root, state, trigger: trigger, now: now)
  }
}
