import Events
import RoostCore

/// Conditions compiled together: each distinct one is evaluated once, to a bit; expressions walk over the bits.
struct ConditionSet: Sendable {
  /// The distinct conditions; their positions are the bits.
  private(set) var conditions: [Condition] = []
  /// Tests on trackers, sorted by slot.
  private(set) var trackerTests: [TrackerTest] = []
  /// By slot: where its tests begin in `trackerTests`; one more at the end.
  private(set) var testStarts: [Int32] = [0]
  /// Tests on the rest of the state.
  private(set) var stateTests: [StateTest] = []
  /// What the bits are for somebody without any tracker.
  private(set) var emptyBits: [UInt64] = []
  /// By bit: the position in `trackerTests`, or the complement of that in `stateTests`.
  private(set) var testOfBit: [Int32] = []
  private(set) var nodes: [Node] = []
  /// What must be remembered for the tests, each slot once.
  private(set) var needs: [TrackerNeed] = []

  /// One look at a bit on the way to a decision: which node comes next. `Node.yes` and `Node.no` end the way.
  struct Node: Sendable {
    static let yes: Int32 = -1
    static let no: Int32 = -2
    var bit: Int32
    var ifTrue: Int32
    var ifFalse: Int32
  }

  private var bitOfCondition: [Condition: Int32] = [:]

  /// Compiles expressions without references to segments. `roots` gets where each one's way begins. `watched` ones are
  /// not evaluated, but their trackers are needed too.
  init(
    _ expressions: [Expression], alsoNeeding watched: [Expression] = [], roots: inout [Int32],
    trackers: inout TrackerRegistry, symbols: SymbolTable
  ) throws(Problem) {
    for expression in expressions { roots.append(compile(expression, ifTrue: Node.yes, ifFalse: Node.no)) }
    emptyBits = Array(repeating: 0, count: (conditions.count + 63) / 64)
    try compileConditions(alsoNeeding: watched, trackers: &trackers, symbols: symbols)
    trackerTests.sort { ($0.slot, $0.bit) < ($1.slot, $1.bit) }
    for test in trackerTests where test.isTrueWhenEmpty { emptyBits[Int(test.bit >> 6)] |= 1 << UInt64(test.bit & 63) }
    indexTests()
  }

  var wordCount: Int { emptyBits.count }

  /// Builds the way backwards: the last part's outcomes are known, each earlier one leads there or on.
  private mutating func compile(_ expression: Expression, ifTrue: Int32, ifFalse: Int32) -> Int32 {
    switch expression {
    case .not(let part): return compile(part, ifTrue: ifFalse, ifFalse: ifTrue)
    case .all(let parts):
      return parts.reversed().reduce(ifTrue) { compile($1, ifTrue: $0, ifFalse: ifFalse) }
    case .any(let parts):
      return parts.reversed().reduce(ifFalse) { compile($1, ifTrue: ifTrue, ifFalse: $0) }
    case .condition(let condition):
      nodes.append(Node(bit: bit(of: condition), ifTrue: ifTrue, ifFalse: ifFalse))
      return Int32(nodes.count - 1)
    }
  }

  private mutating func bit(of condition: Condition) -> Int32 {
    if let bit = bitOfCondition[condition] { return bit }
    let bit = Int32(conditions.count)
    bitOfCondition[condition] = bit
    conditions.append(condition)
    return bit
  }

  func bit(ofKnown condition: Condition) -> Int? { bitOfCondition[condition].map(Int.init) }

  /// Trackers that must remember most come first, so that lesser conditions of the same meaning find them.
  private mutating func compileConditions(
    alsoNeeding watched: [Expression], trackers: inout TrackerRegistry, symbols: SymbolTable
  ) throws(Problem) {
    let all = conditions + watched.flatMap(\.conditions)
    let needed = all.map(TrackerNeed.init)
    let order = all.indices.sorted { a, b in
      (needed[b]?.capacity ?? 0, a) < (needed[a]?.capacity ?? 0, b)
    }
    for index in order {
      guard var need = needed[index] else {
        if index < conditions.count {
          stateTests.append(try StateTest(all[index], bit: Int32(index), symbols: symbols))
        }
        continue
      }
      need.slot = trackers.slot(need.meaning, capacity: need.capacity)
      need.capacity = trackers.capacity(need.slot)
      if index < conditions.count {
        trackerTests.append(TrackerTest(all[index], bit: Int32(index), slot: need.slot))
      }
      if !needs.contains(where: { $0.slot == need.slot }) { needs.append(need) }
    }
    stateTests.sort { $0.bit < $1.bit }
    needs.sort { $0.slot < $1.slot }
  }

  private mutating func indexTests() {
    testOfBit = Array(repeating: 0, count: conditions.count)
    for (index, test) in trackerTests.enumerated() { testOfBit[Int(test.bit)] = Int32(index) }
    for (index, test) in stateTests.enumerated() { testOfBit[Int(test.bit)] = ~Int32(index) }
    let slots = Int(trackerTests.last?.slot ?? 0) + 1
    testStarts = [0]
    var index = 0
    for slot in 0..<slots {
      while index < trackerTests.count, Int(trackerTests[index].slot) == slot { index += 1 }
      testStarts.append(Int32(index))
    }
  }
}
