import Events
import Profiles
import RoostCore

extension JourneyProgram {
  /// Takes one person's journeys on: to other versions where these say so, then goals and exits, then answers to those who
  /// wait, then entries, then whatever is due.
  ///
  /// The profile and the segment memberships of `state` must be those of `now`. What a step finds due late runs at `now`;
  /// a wait counts from the moment in which its step was really reached. Of what is due the longest due goes first; of
  /// several at the same instant the one of the highest priority, then the journey whose key is first.
  ///
  /// - Parameters:
  ///   - seed: for decisions by lot that need not be the same again.
  ///   - effects: what happened is appended, in order.
  /// - Returns: when to be asked again with `.due` if nothing happens before; `now` if the budget of instructions was
  ///   used up, `.distantFuture` if never.
  public func handle(
    _ state: inout PersonState, cause: JourneyCause, now: Instant, seed: UInt64, effects: inout [JourneyEffect]
  ) -> Instant {
    if !state.runs.isEmpty {
      if mayMigrate { migrate(&state, now: now, effects: &effects) }
      if mayEnd(by: cause) { leave(&state, cause: cause, now: now, effects: &effects) }
      if case .event(let event) = cause { answer(&state, event, now: now) }
    }
    switch cause {
    case .event(let event): enter(&state, event: event, now: now, effects: &effects)
    case .entered(let slot, let byHistory):
      if !byHistory { enter(&state, segment: slot, now: now, effects: &effects) }
    case .scheduled(let entries): enter(&state, scheduled: entries, now: now, effects: &effects)
    case .broadcast(let journey): enter(&state, broadcast: journey, now: now, effects: &effects)
    case .left, .due: break
    }
    let next = state.runs.isEmpty ? .distantFuture : goOn(&state, now: now, effects: &effects)
    return min(next, nextScheduledEntry(of: state, after: now))
  }

  /// When a person must be looked at next: at once (`.distantPast`) if a journey of theirs was archived, deleted or edited
  /// so that they have to leave or move; people in paused journeys wait without a time. For telling, after a change of
  /// definitions, whom it concerns.
  public func nextDue(of state: PersonState) -> Instant {
    let next = nextScheduledEntry(of: state, after: state.handledAt)
    return state.runs.isEmpty ? next : min(next, look(state, now: .distantPast).next)
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

  /// The run that goes on first, and when the first of all is due.
  private func look(_ state: PersonState, now: Instant) -> (due: Int?, next: Instant) {
    state.withRuns { runs in
      var due: Int?
      var dueRank = Rank(index: 0, priority: 0, instance: 0)
      var next = Instant.distantFuture
      for place in runs.indices where runs[place].phase == .running {
        let moment = runs[place].dueAt
        guard case .inForce(let index, let status) = standing(of: runs[place].journey, runs[place].version) else {
          next = .distantPast
          continue
        }
        guard status != .paused else { continue }
        next = min(next, moment)
        guard moment <= now else { continue }
        let rank = Rank(index: index, priority: published(index)?.priority ?? 0, instance: runs[place].instance)
        if let other = due, (runs[other].dueAt, dueRank) <= (moment, rank) { continue }
        due = place
        dueRank = rank
      }
      return (due, next)
    }
  }

  /// Which of two runs due at the same instant goes first: the lesser.
  private struct Rank: Comparable {
    var index: Int
    var priority: Int
    var instance: UInt64

    static func < (a: Rank, b: Rank) -> Bool {
      (b.priority, a.index, a.instance) < (a.priority, b.index, b.instance)
    }
  }

  /// Executes a run's instructions until it waits or ends.
  private func advance(
    _ state: inout PersonState, run index: Int, now: Instant, budget: inout Int, effects: inout [JourneyEffect]
  ) {
    let run = state.runs[index]
    guard let version = version(run.version, of: run.journey) else {
      preconditionFailure("a run in a version that is gone was not taken out before")
    }
    var walk = JourneyWalk(version: version, run: run, now: now, surroundings)
    budget -= walk.proceed(&state, effects: &effects)
    state.runs[index] = walk.run
  }
}
