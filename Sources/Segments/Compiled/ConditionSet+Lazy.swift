import Profiles
import RoostCore

extension ConditionSet {
  /// Bits that are found out one by one, as a decision asks for them.
  struct LazyBits {
    var bits: UnsafeMutableBufferPointer<UInt64>
    var known: UnsafeMutableBufferPointer<UInt64>

    @inline(__always)
    func set(_ bit: Int32, _ outcome: Bool) {
      let mask: UInt64 = 1 &<< UInt64(bit & 63)
      known[Int(bit >> 6)] |= mask
      if outcome { bits[Int(bit >> 6)] |= mask }
    }
  }

  /// Evaluates the tests of some slots; when the first of them may change by itself.
  func evaluate(_ slots: [UInt32], _ state: borrowing PersonState, now: Int64, into lazy: LazyBits) -> Int64 {
    var flip = Int64.max
    for slot in slots {
      state.withTracker(slot) { numbers in
        for index in Int(testStarts[Int(slot)])..<Int(testStarts[Int(slot) &+ 1]) {
          let test = trackerTests[index]
          let (outcome, next) = numbers.isEmpty ? (test.isTrueWhenEmpty, .max) : test.evaluate(numbers, now: now)
          lazy.set(test.bit, outcome)
          flip = min(flip, next)
        }
      }
    }
    return flip
  }

  /// Follows an expression's way, evaluating what is not known yet.
  func decide(
    _ root: Int32, _ state: borrowing PersonState, now: Instant, _ lazy: LazyBits
  ) -> Bool {
    var place = root
    while place >= 0 {
      let node = nodes[Int(place)]
      let word = Int(node.bit >> 6)
      let shift = UInt64(node.bit & 63)
      if lazy.known[word] &>> shift & 1 == 0 { lazy.set(node.bit, outcome(of: node.bit, state, now: now)) }
      place = lazy.bits[word] &>> shift & 1 != 0 ? node.ifTrue : node.ifFalse
    }
    return place == Node.yes
  }

  @inline(never)
  private func outcome(of bit: Int32, _ state: borrowing PersonState, now: Instant) -> Bool {
    let index = Int(testOfBit[Int(bit)])
    if index < 0 {
      var flip = Int64.max
      return stateTests[~index].evaluate(state, trigger: nil, now: now, flip: &flip)
    }
    let test = trackerTests[index]
    return state.withTracker(test.slot) { numbers in
      numbers.isEmpty ? test.isTrueWhenEmpty : test.evaluate(numbers, now: now.milliseconds).0
    }
  }

  /// The bits that an expression may look at.
  func bits(reachedFrom root: Int32) -> Set<Int32> {
    var bits: Set<Int32> = []
    var visited: Set<Int32> = []
    var pending = [root]
    while let place = pending.popLast() {
      guard place >= 0, visited.insert(place).inserted else { continue }
      let node = nodes[Int(place)]
      bits.insert(node.bit)
      pending += [node.ifTrue, node.ifFalse]
    }
    return bits
  }
}
