import Events
import Profiles
import RoostCore

extension SegmentProgram {
  /// What one event name can touch.
  struct Reach: Sendable {
    var slots: [UInt32]
    /// Positions in `members` of the segments with a condition on one of the slots.
    var members: [Int32]
  }

  static func reaches(_ set: ConditionSet, _ plans: EventPlans, _ members: [Member]) -> [Reach] {
    let bitsOfMember = members.map { set.bits(reachedFrom: $0.root) }
    return plans.plans.indices.map { plan in
      let slots = Set(plans.slots(of: plan)).filter { Int($0) + 1 < set.testStarts.count }.sorted()
      var bits: Set<Int32> = []
      for slot in slots {
        for index in set.testStarts[Int(slot)]..<set.testStarts[Int(slot) + 1] {
          bits.insert(set.trackerTests[Int(index)].bit)
        }
      }
      let touched = members.indices.filter { !bitsOfMember[$0].isDisjoint(with: bits) }
      return Reach(slots: slots, members: touched.map(Int32.init))
    }
  }

  /// As `evaluate`, where nothing that segments look at has changed since the last evaluation except by recording this
  /// one event: no trait, consent or journey. Looks only at the segments that the event can touch.
  ///
  /// `until` is what the last evaluation returned, or anything earlier, such as `PersonState.dueAt`. Once it is reached,
  /// everything is evaluated.
  public func evaluate(
    _ state: inout PersonState, after event: EventView, now: Instant, until: Instant,
    changes: inout [MembershipChange]
  ) -> Instant {
    let isOrder = looksAtOrders && (event.name == .orderCompleted || event.name == .orderRefunded)
    guard now < until, !isOrder, state.memberships.count >= membershipWords else {
      return evaluate(&state, now: now, changes: &changes)
    }
    guard event.kind == .track, let plan = plans.index(of: event.name) else { return until }
    let words = max(1, set.wordCount)
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * words) { memory in
      memory.update(repeating: 0)
      let lazy = ConditionSet.LazyBits(
        bits: UnsafeMutableBufferPointer(rebasing: memory[0..<words]),
        known: UnsafeMutableBufferPointer(rebasing: memory[words...]))
      let flip = set.evaluate(reaches[plan].slots, state, now: now.milliseconds, into: lazy)
      decide(&state, reaches[plan].members, now: now, lazy, &changes)
      return min(until, Instant(milliseconds: flip))
    }
  }

  private func decide(
    _ state: inout PersonState, _ touched: [Int32], now: Instant, _ lazy: ConditionSet.LazyBits,
    _ changes: inout [MembershipChange]
  ) {
    for index in touched {
      let member = members[Int(index)]
      guard member.epoch <= state.trackersEpoch else { continue }
      let isMember = set.decide(member.root, state, now: now, lazy)
      if state.isMember(member.slot) != isMember {
        state.memberships[member.slot >> 6] ^= 1 &<< UInt64(member.slot & 63)
        changes.append(MembershipChange(slot: member.slot, isMember: isMember))
      }
    }
  }
}
