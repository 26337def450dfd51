import RoostCore
import Segments

/// Shows that literals cannot all hold of one person at one moment.
///
/// It knows values of traits and of the entering event, counts of events in windows that contain one another, states of a
/// journey and consents. What it does not know it leaves out: an answer of `true` is a proof, `false` is none.
enum Contradiction {
  static func isIn(_ literals: [Literal], at now: Instant) -> Bool {
    isInValues(literals, at: now) || isInCounts(literals, at: now) || isInStates(literals)
  }

  /// Whether all alternatives are contradictory. `false` also if they were too many.
  static func isIn(_ alternatives: [[Literal]]?, at now: Instant) -> Bool {
    alternatives?.allSatisfy { isIn($0, at: now) } ?? false
  }

  private static func isInValues(_ literals: [Literal], at now: Instant) -> Bool {
    var traits: [String: [ValueClaim]] = [:]
    var trigger: [String: [ValueClaim]] = [:]
    for literal in literals { literal.collect(traits: &traits, trigger: &trigger) }
    return (Array(traits.values) + Array(trigger.values)).contains {
      ValueChoice.satisfying($0, present: nil, at: now) == .impossible
    }
  }

  // MARK: Counts

  /// So many events of a pattern within a window that ends now.
  private struct Count {
    var pattern: EventPattern
    /// Milliseconds; `.max`: ever.
    var window: Int64
    var range: CountRange
  }

  private static func isInCounts(_ literals: [Literal], at now: Instant) -> Bool {
    let counts = literals.flatMap(counts)
    for count in counts where count.range.least > 0 {
      if count.range.least > count.range.most || count.pattern.isImpossible(at: now) { return true }
      for other in counts where count.window <= other.window && count.range.least > other.range.most {
        if count.pattern.implies(other.pattern, at: now) { return true }
      }
    }
    return isInOrders(literals)
  }

  private static func counts(_ literal: Literal) -> [Count] {
    switch literal.condition {
    case .event(let event) where literal.holds:
      return [Count(pattern: event.pattern, window: event.window?.milliseconds ?? .max, range: event.count)]
    case .occurrence(let occurrence) where literal.holds || occurrence.which == .last:
      let isWindowOnly = occurrence.before == nil && occurrence.after == nil
      guard literal.holds else {
        guard isWindowOnly, let window = occurrence.window else { return [] }
        return [
          Count(pattern: occurrence.pattern, window: window.milliseconds, range: CountRange(least: 0, most: 0))
        ]
      }
      return [
        Count(pattern: occurrence.pattern, window: occurrence.window?.milliseconds ?? .max, range: .atLeastOnce)
      ]
    case .sum(let sum) where literal.holds && sum.range.least > 0:
      return [Count(pattern: sum.pattern, window: sum.window?.milliseconds ?? .max, range: .atLeastOnce)]
    case .sequence(let sequence) where literal.holds:
      return sequence.steps.map { Count(pattern: $0, window: .max, range: .atLeastOnce) }
    case .orders(let orders) where literal.holds && orders.figure == .count && orders.currency == nil:
      // Every order is an event; whether every event is an order is not for here.
      let range = CountRange(least: orders.range.least)
      return [Count(pattern: EventPattern(event: "Order Completed"), window: .max, range: range)]
    default: return []
    }
  }

  /// Figures of orders and sums that exclude each other.
  private static func isInOrders(_ literals: [Literal]) -> Bool {
    var ranges: [Condition: CountRange] = [:]
    for literal in literals where literal.holds {
      var key = literal.condition
      let range: CountRange
      switch literal.condition {
      case .orders(var orders):
        range = orders.range
        orders.range = CountRange()
        key = .orders(orders)
      case .sum(var sum):
        range = sum.range
        sum.range = CountRange()
        key = .sum(sum)
      default: continue
      }
      let present = ranges[key] ?? CountRange(least: .min, most: .max)
      let both = CountRange(least: max(present.least, range.least), most: min(present.most, range.most))
      guard both.least <= both.most else { return true }
      ranges[key] = both
    }
    return false
  }

  // MARK: States

  /// A person may have several runs of a journey (`per`), so that of its states only `never` excludes the others.
  private static func isInStates(_ literals: [Literal]) -> Bool {
    var states: [String: (are: Set<JourneyState>, areNot: Set<JourneyState>)] = [:]
    var answers: [String: (are: Set<Bool>, areNot: Set<Bool>)] = [:]
    for literal in literals {
      switch literal.condition {
      case .journey(let key, let state):
        if literal.holds {
          states[key, default: ([], [])].are.insert(state)
        } else {
          states[key, default: ([], [])].areNot.insert(state)
        }
      case .consent(let purpose, let isGranted):
        if literal.holds {
          answers[purpose, default: ([], [])].are.insert(isGranted)
        } else {
          answers[purpose, default: ([], [])].areNot.insert(isGranted)
        }
      default: continue
      }
    }
    let inside: Set<JourneyState> = [.running, .finished, .exited, .entered]
    return states.values.contains { are, areNot in
      !are.isDisjoint(with: areNot) || (are.contains(.never) && !are.isDisjoint(with: inside))
        || (areNot.contains(.entered) && (areNot.contains(.never) || !are.isDisjoint(with: inside)))
    } || answers.values.contains { are, areNot in are.count > 1 || !are.isDisjoint(with: areNot) }
  }
}

extension Literal {
  /// Adds what it says of traits and of the properties of the entering event.
  func collect(traits: inout [String: [ValueClaim]], trigger: inout [String: [ValueClaim]]) {
    switch condition {
    case .trait(let trait):
      guard holds || trait.tests.count == 1 else { return }
      traits[trait.trait, default: []] += trait.tests.map { ValueClaim(test: $0, holds: holds) }
    case .trigger(let filters):
      guard holds || (filters.count == 1 && filters[0].tests.count == 1) else { return }
      for filter in filters {
        trigger[filter.property, default: []] += filter.tests.map { ValueClaim(test: $0, holds: holds) }
      }
    default: return
    }
  }
}
