import Events
import Profiles
import RoostCore

extension JourneyProgram {
  /// Takes one person's journeys on: exits first, then entries, then whatever is due, the longest due first.
  ///
  /// The profile and the segment memberships of `state` must be those of `now`. What a step finds due late runs at `now`;
  /// a wait counts from the moment in which its step was really reached.
  ///
  /// - Parameters:
  ///   - seed: for decisions by lot.
  ///   - effects: what happened is appended, in order.
  /// - Returns: when to be asked again with `.due` if nothing happens before; `now` if the budget of instructions was
  ///   used up, `.distantFuture` if never.
  public func handle(
    _ state: inout PersonState, cause: JourneyCause, now: Instant, seed: UInt64, effects: inout [JourneyEffect]
  ) -> Instant {
    if !state.runs.isEmpty, mayEnd(by: cause) {
      leave(&state, cause: cause, now: now, effects: &effects)
    }
    switch cause {
    case .event(let event): enter(&state, event: event, now: now, effects: &effects)
    case .entered(let slot, let byHistory):
      if !byHistory { enter(&state, segment: slot, now: now, effects: &effects) }
    case .left, .due: break
    }
    guard !state.runs.isEmpty else { return .distantFuture }
    return goOn(&state, now: now, effects: &effects)
  }

  /// When a person must be looked at next: at once (`.distantPast`) if a journey of theirs was archived or deleted;
  /// people in paused journeys wait without a time. For telling, after a change of definitions, whom it concerns.
  public func nextDue(of state: PersonState) -> Instant {
    look(state, now: .distantPast).next
  }

  private func goOn(_ state: inout PersonState, now: Instant, effects: inout [JourneyEffect]) -> Instant {
    var budget = Self.instructionsMax
    while true {
      let (due, next) = look(state, now: now)
      guard let due else { return next }
      guard budget > 0 else { return now }
      advance(&state, run: due, now: now, budget: &budget, effects: &effects)
    }
  }

  /// The run that is longest due, of several the one whose journey is first; and when the first of all is.
  private func look(_ state: PersonState, now: Instant) -> (due: Int?, next: Instant) {
    var due: Int?
    var next = Instant.distantFuture
    for place in state.runs.indices where state.runs[place].phase == .running {
      let moment = state.runs[place].dueAt
      switch status(of: state.runs[place].journey, version: state.runs[place].version) {
      case .archived, nil: next = .distantPast
      case .paused: continue
      case .draft, .live:
        if moment <= now, due.map({ moment < state.runs[$0].dueAt }) ?? true { due = place }
        next = min(next, moment)
      }
    }
    return (due, next)
  }

  /// Executes a run's instructions until it waits or ends.
  private func advance(
    _ state: inout PersonState, run index: Int, now: Instant, budget: inout Int, effects: inout [JourneyEffect]
  ) {
    let run = state.runs[index]
    guard let version = version(run.version, of: run.journey) else {
      preconditionFailure("a run in a version that is gone was not taken out before")
    }
    var walk = JourneyWalk(version: version, run: run, now: now)
    budget -= walk.proceed(&state, effects: &effects)
    state.runs[index] = walk.run
  }
}
