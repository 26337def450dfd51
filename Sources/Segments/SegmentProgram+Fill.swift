import Events
import Profiles
import RoostCore

extension SegmentProgram {
  /// Computes the person's trackers anew from the whole history, in any order. Trackers that no condition needs any
  /// more vanish. Memberships are brought up to date by the next `evaluate`.
  public func fill(_ state: inout PersonState, from history: some Sequence<EventView>) {
    beginFill(&state)
    for event in history { record(event, in: &state) }
    finishFill(&state)
  }

  /// For histories that come piece by piece: `beginFill`, `record` for every event, `finishFill`.
  public func beginFill(_ state: inout PersonState) { state.trackers = Trackers() }

  public func finishFill(_ state: inout PersonState) { state.trackersEpoch = max(state.trackersEpoch, epoch) }

  /// Whether somebody must be filled before every segment is exact for them.
  public func needsFill(_ state: PersonState) -> Bool { state.trackersEpoch < epoch }

  /// Adds what the segments remember of `source`, a person that is merged into `state`: the same as recording the
  /// events of both. Where one of them was not filled yet, the result is not either.
  public func absorb(_ source: PersonState, into state: inout PersonState) {
    for need in set.needs { merge(need, source.trackers, into: &state.trackers) }
    state.trackersEpoch = min(state.trackersEpoch, source.trackersEpoch)
  }

  private func merge(_ need: TrackerNeed, _ source: Trackers, into trackers: inout Trackers) {
    let numbers = source.values[source.range(of: need.slot)]
    guard !numbers.isEmpty else { return }
    switch need.kind {
    case .count, .total: CountTracker.add(numbers[numbers.startIndex], to: need.slot, in: &trackers)
    case .first: FirstTracker.add(numbers[numbers.startIndex], to: need.slot, in: &trackers)
    case .times:
      for time in numbers { RecentTracker.add(time, to: need.slot, capacity: Int(need.capacity), in: &trackers) }
    case .amounts:
      for index in stride(from: numbers.startIndex, to: numbers.endIndex, by: 2) {
        AmountTracker.add(numbers[index], numbers[index + 1], to: need.slot, in: &trackers)
      }
    case .sequence(let sequence):
      SequenceTracker.merge(numbers, into: need.slot, SequenceSearch(sequence), in: &trackers)
    }
  }
}
