import Events
import Profiles
import RoostCore
import Segments

/// A branch's condition with its names resolved.
indirect enum BranchCondition: Sendable {
  case trait(Symbol, [ValueTest])
  case segment(slot: Int)
  case all([BranchCondition])
  case any([BranchCondition])
  case not(BranchCondition)

  init(_ expression: Expression, segments: [String: Int], symbols: SymbolTable, pointer: String) throws(Problem) {
    switch expression {
    case .all(let parts):
      self = .all([])
      var list: [BranchCondition] = []
      for part in parts {
        list.append(try BranchCondition(part, segments: segments, symbols: symbols, pointer: pointer))
      }
      self = .all(list)
    case .any(let parts):
      var list: [BranchCondition] = []
      for part in parts {
        list.append(try BranchCondition(part, segments: segments, symbols: symbols, pointer: pointer))
      }
      self = .any(list)
    case .not(let part):
      self = .not(try BranchCondition(part, segments: segments, symbols: symbols, pointer: pointer))
    case .condition(.trait(let condition)):
      guard let symbol = symbols.intern(condition.trait) else { throw .invalid(pointer, "too many names") }
      self = .trait(symbol, condition.tests)
    case .condition(.segment(let key)):
      guard let slot = segments[key] else { throw .invalid(pointer, "there is no segment \"\(key)\"") }
      self = .segment(slot: slot)
    case .condition:
      throw .invalid(pointer, "not supported yet: this condition at a branch")
    }
  }

  func holds(for state: PersonState) -> Bool {
    switch self {
    case .trait(let symbol, let tests):
      let value = state.traits.first { $0.symbol == symbol }?.value
      return tests.allSatisfy { test in
        if case .oneOf(let literals) = test, case .string(let text)? = value { return literals.contains(.text(text)) }
        return false
      }
    case .segment(let slot): return state.isMember(ofSegment: slot)
    case .all(let parts): return parts.allSatisfy { $0.holds(for: state) }
    case .any(let parts): return parts.contains { $0.holds(for: state) }
    case .not(let part): return !part.holds(for: state)
    }
  }
}

extension PersonState {
  func isMember(ofSegment slot: Int) -> Bool {
    slot >> 6 < memberships.count && memberships[slot >> 6] & (1 << UInt64(slot & 63)) != 0
  }
}
