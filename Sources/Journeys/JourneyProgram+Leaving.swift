import Events
import Profiles
import RoostCore
import Segments

extension JourneyProgram {
  /// Takes the person out of every journey whose rules say so, at whatever step. Acts in paused journeys too.
  func leave(_ state: inout PersonState, cause: JourneyCause, now: Instant, effects: inout [JourneyEffect]) {
    for index in state.runs.indices where state.runs[index].phase == .running {
      let run = state.runs[index]
      guard let version = version(run.version, of: run.journey), let journey = self.index(of: run.journey) else {
        state.runs[index] = withoutVersion(run, now: now, effects: &effects)
        continue
      }
      let reason: ExitReason? =
        journeys[journey].status == .archived
        ? .archived : rule(of: version, for: run, state, cause: cause).map { .rule($0) }
      guard let reason else { continue }
      var walk = JourneyWalk(version: version, run: run, now: now)
      walk.leave(.exited, from: version.place(ofRunAt: run.step), reason: reason, effects: &effects)
      state.runs[index] = walk.run
    }
  }

  /// The first exit rule that takes a run out.
  private func rule(
    of version: CompiledJourney, for run: JourneyRun, _ state: PersonState, cause: JourneyCause
  ) -> Int? {
    let bySegment = version.exitSegments.first { state.isMember($0.slot) }?.rule
    guard case .event(let event) = cause, !event.isHistorical, !isBefore(event, triggerOf: run) else {
      return bySegment
    }
    let byEvent = version.exitEvents.first { $0.match.matches(event) }?.rule
    return [byEvent, bySegment].compactMap { $0 }.min()
  }

  /// An event that arrives late but happened before the one that started the run is no answer to it.
  private func isBefore(_ event: EventView, triggerOf run: JourneyRun) -> Bool {
    !run.trigger.isEmpty
      && run.trigger.withUnsafeBytes { event.timestamp < EventView(trusted: $0).timestamp }
  }

  private func withoutVersion(_ run: JourneyRun, now: Instant, effects: inout [JourneyEffect]) -> JourneyRun {
    var run = run
    run.phase = .exited
    run.changedAt = now
    run.dueAt = .distantFuture
    run.trigger = []
    effects.append(
      .moved(
        JourneyMove(
          journey: run.journey, version: run.version, entry: run.entries, from: nil, to: nil, phase: .exited,
          reason: .versionGone)))
    return run
  }
}
