import Events
import Profiles
import RoostCore
import Segments

extension JourneyProgram {
  /// Takes the person out of every journey whose goal is reached or whose rules say so, at whatever step. Acts in paused
  /// journeys too.
  func leave(_ state: inout PersonState, cause: JourneyCause, now: Instant, effects: inout [JourneyEffect]) {
    for index in state.runs.indices where state.runs[index].phase == .running {
      let run = state.runs[index]
      guard let version = version(run.version, of: run.journey), let journey = self.index(of: run.journey) else {
        state.runs[index].end(.exited, at: now)
        effects.append(.moved(JourneyMove(state.runs[index], from: nil, to: nil, reason: .versionGone)))
        continue
      }
      guard let reason = reason(journeys[journey].status, version, for: run, state, cause: cause) else { continue }
      var walk = JourneyWalk(version: version, run: run, now: now, surroundings)
      walk.leave(.exited, reason: reason, state, effects: &effects)
      state.runs[index] = walk.run
    }
  }

  private func reason(
    _ status: Status, _ version: CompiledJourney, for run: JourneyRun, _ state: PersonState, cause: JourneyCause
  ) -> ExitReason? {
    if status == .archived { return .archived }
    if case .event(let event) = cause, isReached(version, by: event, run) { return .goal }
    return rule(of: version, for: run, state, cause: cause).map { .rule($0) }
  }

  /// Whether an event is what the journey is for. When it happened decides, not when it came.
  private func isReached(_ version: CompiledJourney, by event: EventView, _ run: JourneyRun) -> Bool {
    guard let goal = version.goal, !event.isHistorical, goal.match.matches(event), event.timestamp >= run.began else {
      return false
    }
    return goal.window.map { event.timestamp <= run.enteredAt + $0 } ?? true
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
    !run.trigger.isEmpty && event.timestamp < run.began
  }
}
