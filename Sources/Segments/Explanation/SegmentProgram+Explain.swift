import Profiles
import RoostCore

extension SegmentProgram {
  /// Why a person is in a segment, or why not: the conditions that decide it, in words, with the person's own figures.
  /// Empty if the segment is not part of the program.
  public func explain(_ slot: Int, _ state: PersonState, now: Instant, symbols: SymbolTable) -> [String] {
    guard let expression = expressions[slot] else { return [] }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, set.wordCount)) { bits in
      _ = set.evaluate(state, now: now, bits: bits)
      let explanation = Explanation(set: set, bits: Array(bits), state: state, now: now, symbols: symbols)
      var reasons: [String] = []
      for reason in explanation.reasons(expression) where !reasons.contains(reason) { reasons.append(reason) }
      return reasons
    }
  }
}

/// Finds the conditions that decide an expression for one person.
struct Explanation {
  let set: ConditionSet
  let bits: [UInt64]
  let state: PersonState
  let now: Instant
  let symbols: SymbolTable

  /// What makes the expression what it is: all parts of a true `all`, the true ones of a true `any`, and the reverse.
  func reasons(_ expression: Expression) -> [String] {
    switch expression {
    case .condition(let condition): [Sentence(condition, numbers(of: condition), self).text]
    case .not(let part): reasons(part)
    case .all(let parts): parts.filter { isTrue(expression) || !isTrue($0) }.flatMap(reasons)
    case .any(let parts): parts.filter { !isTrue(expression) || isTrue($0) }.flatMap(reasons)
    }
  }

  func isTrue(_ expression: Expression) -> Bool {
    switch expression {
    case .all(let parts): parts.allSatisfy(isTrue)
    case .any(let parts): parts.contains(where: isTrue)
    case .not(let part): !isTrue(part)
    case .condition(let condition):
      set.bit(ofKnown: condition).map { bits[$0 >> 6] >> UInt64($0 & 63) & 1 != 0 } ?? false
    }
  }

  /// What the person's tracker for a condition holds.
  private func numbers(of condition: Condition) -> [Int64] {
    guard let bit = set.bit(ofKnown: condition),
      let test = set.trackerTests.first(where: { Int($0.bit) == bit })
    else { return [] }
    return Array(state.trackers.values[state.trackers.range(of: test.slot)])
  }
}
