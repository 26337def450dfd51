import Profiles
import RoostCore
import Segments

extension JourneyProgram {
  /// The journeys whose time came for a person after `last` and up to `now`: indexes for `JourneyCause.scheduled`. However
  /// often it came, a journey is named once.
  ///
  /// To be asked before the person's memberships are brought up to `now`: those of the moments in question count.
  /// - Parameter last: when the person was handled last.
  public func scheduledEntries(of state: PersonState, after last: Instant, now: Instant) -> [Int] {
    startedBySchedule.filter { next($0, of: state, after: last) <= now }
  }

  /// Whether an entry by schedule came since the person was handled.
  public func mustEnterBySchedule(_ state: PersonState, now: Instant) -> Bool {
    !startedBySchedule.isEmpty && state.handledAt < now && nextScheduledEntry(of: state, after: state.handledAt) <= now
  }

  /// Whether people may have to be looked at who are in no journey.
  public var concernsEverybody: Bool { !startedBySchedule.isEmpty }

  /// When the next entry by schedule comes for a person, as they are.
  func nextScheduledEntry(of state: PersonState, after moment: Instant) -> Instant {
    guard !startedBySchedule.isEmpty else { return .distantFuture }
    return startedBySchedule.reduce(.distantFuture) { min($0, next($1, of: state, after: moment)) }
  }

  /// `.distantFuture` for people who could not enter.
  private func next(_ index: Int, of state: PersonState, after moment: Instant) -> Instant {
    guard let version = published(index), case .schedule(let schedule, let slot) = version.entry,
      slot.map({ state.isMember($0) }) ?? true
    else { return .distantFuture }
    var after = max(journeys[index].since, moment == .distantFuture ? .distantPast : moment)
    if let run = state.runs.first(where: { $0.journey == version.journey }) {
      guard run.phase != .running else { return .distantFuture }
      switch version.again {
      case .never: return .distantFuture
      case .always: break
      case .after(let span): after = max(after, run.enteredAt + span - TimeSpan(milliseconds: 1))
      }
    }
    return schedule.next(after: after, in: surroundings.zone(version.zone, state))
  }
}
