import Events
import Profiles
import RoostCore
import Segments

extension JourneyProgram {
  /// Starts the journeys that an event starts. History starts nothing.
  func enter(_ state: inout PersonState, event: EventView, now: Instant, effects: inout [JourneyEffect]) {
    guard event.kind == .track, !event.isHistorical else { return }
    for index in journeys(startedBy: event.name) {
      guard let version = published(index), case .event(let match) = version.entry, match.matches(event) else {
        continue
      }
      enter(&state, version, trigger: event, now: now, effects: &effects)
    }
  }

  /// Starts the journeys of a segment into which the person came.
  func enter(_ state: inout PersonState, segment slot: Int, now: Instant, effects: inout [JourneyEffect]) {
    for index in journeys(startedBySegment: slot) {
      guard let version = published(index) else { continue }
      enter(&state, version, trigger: nil, now: now, effects: &effects)
    }
  }

  private func published(_ index: Int) -> CompiledJourney? {
    journeys[index].published.map { journeys[index].versions[$0] }
  }

  private func enter(
    _ state: inout PersonState, _ version: CompiledJourney, trigger: EventView?, now: Instant,
    effects: inout [JourneyEffect]
  ) {
    // Whoever would have to leave at once does not come in.
    guard !version.exitSegments.contains(where: { state.isMember($0.slot) }) else { return }
    let place = state.runs.firstIndex { $0.journey >= version.journey } ?? state.runs.count
    let earlier = place < state.runs.count && state.runs[place].journey == version.journey ? state.runs[place] : nil
    if let earlier {
      guard earlier.phase != .running, version.again.allows(after: earlier.enteredAt, now: now) else { return }
    }
    let run = JourneyRun(
      journey: version.journey, version: version.version, phase: .running, step: 0,
      entries: (earlier?.entries ?? 0) + 1, enteredAt: now, changedAt: now, dueAt: now,
      trigger: trigger.map { Array($0.bytes) } ?? [])
    if earlier == nil { state.runs.insert(run, at: place) } else { state.runs[place] = run }
    effects.append(
      .moved(
        JourneyMove(
          journey: run.journey, version: run.version, entry: run.entries, from: nil, to: nil, phase: .running,
          reason: nil)))
  }
}

extension JourneyDefinition.Again {
  /// Whether somebody who entered at `last` may enter again.
  func allows(after last: Instant, now: Instant) -> Bool {
    switch self {
    case .never: false
    case .always: true
    case .after(let span): now - last >= span
    }
  }
}
