import Events
import Profiles
import RoostCore

extension JourneyProgram {
  /// Puts runs that wait for an event where it takes them, and those that wait for a date where it is now. They go on when
  /// the others that are due do; in a paused journey, when it is live again.
  ///
  /// An event counts if it comes while the run waits and happened after the run began; one that comes after the wait was
  /// over changes nothing, whenever it happened.
  func answer(_ state: inout PersonState, _ event: EventView, now: Instant) {
    let isAwaited = use(of: event.name).contains(.answers) && !event.isHistorical
    guard isAwaited || mayWaitForDates else { return }
    for place in state.runs.indices {
      let run = state.runs[place]
      guard run.phase == .running, run.step > 0, !run.isAtBeginning, run.dueAt > now,
        let version = version(run.version, of: run.journey)
      else { continue }
      switch version.instructions[Int(run.step) - 1].operation {
      case .waitFor(let awaited, _):
        guard isAwaited, awaited.isAnswered(by: event, run, of: state, journey: version.key) else { continue }
        state.runs[place].step += 1
        state.runs[place].dueAt = now
      case .waitDate(let date):
        let zone = surroundings.zone(version.zone, state)
        state.runs[place].dueAt = date.next(of: state.trait(date.trait), notBefore: now, in: zone) ?? .distantFuture
      default: continue
      }
    }
  }
}
