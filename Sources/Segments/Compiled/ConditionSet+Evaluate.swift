import Events
import Profiles
import RoostCore

extension ConditionSet {
  /// Evaluates every condition at `now` into `bits` (`wordCount` of them); when the first may change by itself.
  func evaluate(
    _ state: borrowing PersonState, trigger: EventView? = nil, now: Instant, bits: UnsafeMutableBufferPointer<UInt64>
  ) -> Instant {
    var flip = Int64.max
    evaluateTrackers(state.trackers, now: now.milliseconds, bits: bits, flip: &flip)
    evaluateState(state, trigger: trigger, now: now, bits: bits, flip: &flip)
    return Instant(milliseconds: flip)
  }

  /// Sets the bits of conditions on the state, which must be clear.
  func evaluateState(
    _ state: borrowing PersonState, trigger: EventView?, now: Instant, bits: UnsafeMutableBufferPointer<UInt64>,
    flip: inout Int64
  ) {
    for index in stateTests.indices where stateTests[index].evaluate(state, trigger: trigger, now: now, flip: &flip) {
      bits[Int(stateTests[index].bit >> 6)] |= 1 &<< UInt64(stateTests[index].bit & 63)
    }
  }

  /// Sets the bits of conditions on trackers, and clears all others.
  func evaluateTrackers(
    _ trackers: Trackers, now: Int64, bits: UnsafeMutableBufferPointer<UInt64>, flip: inout Int64
  ) {
    for word in 0..<emptyBits.count { bits[word] = emptyBits[word] }
    trackers.values.withUnsafeBufferPointer { values in
      trackers.rows.withUnsafeBufferPointer { rows in evaluate(rows, values, now: now, bits: bits, flip: &flip) }
    }
  }

  /// One pass over the person's rows; conditions on trackers that the person lacks keep their bits as they are.
  private func evaluate(
    _ rows: UnsafeBufferPointer<Trackers.Row>, _ values: UnsafeBufferPointer<Int64>, now: Int64,
    bits: UnsafeMutableBufferPointer<UInt64>, flip: inout Int64
  ) {
    trackerTests.withUnsafeBufferPointer { tests in
      testStarts.withUnsafeBufferPointer { starts in
        var start = 0
        for row in rows {
          let end = start &+ Int(row.count)
          defer { start = end }
          let slot = Int(row.slot)
          guard slot &+ 1 < starts.count else { return }
          let numbers = UnsafeBufferPointer(rebasing: values[start..<end])
          for index in Int(starts[slot])..<Int(starts[slot &+ 1]) {
            let (outcome, next) = tests[index].evaluate(numbers, now: now)
            let word = Int(tests[index].bit >> 6)
            let mask: UInt64 = 1 &<< UInt64(tests[index].bit & 63)
            bits[word] = outcome ? bits[word] | mask : bits[word] & ~mask
            flip = min(flip, next)
          }
        }
      }
    }
  }

  /// Follows an expression's way over the bits.
  @inline(__always)
  func decide(_ root: Int32, _ bits: UnsafeMutableBufferPointer<UInt64>, _ nodes: UnsafeBufferPointer<Node>) -> Bool {
    var place = root
    while place >= 0 {
      let node = nodes[Int(place)]
      let isTrue = bits[Int(node.bit >> 6)] &>> UInt64(node.bit & 63) & 1 != 0
      place = isTrue ? node.ifTrue : node.ifFalse
    }
    return place == Node.yes
  }

  /// Evaluates one expression; its outcome, and when any condition may next change by itself.
  func outcome(
    _ root: Int32, _ state: borrowing PersonState, trigger: EventView?, now: Instant
  ) -> (isTrue: Bool, until: Instant) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, wordCount)) { bits in
      let until = evaluate(state, trigger: trigger, now: now, bits: bits)
      return (nodes.withUnsafeBufferPointer { decide(root, bits, $0) }, until)
    }
  }
}
