import Profiles
import RoostCore

extension JourneyProgram {
  /// Gives the journeys of a person who turned out to be the same one to the survivor.
  ///
  /// Of two runs of one journey (and of one value, where there is a run for each) the one that began first counts; the
  /// other stays only if the rule for entering again would have let it begin after that one. Entries add up, and running
  /// ones keep the names of their messages, so that no message of either is ever named again, and one that is held keeps
  /// its name. A run that waits for an event goes on waiting: for what comes to the one person from now on.
  public func mergeRuns(
    of source: PersonState, into target: inout PersonState, now: Instant, effects: inout [JourneyEffect]
  ) {
    for run in source.runs {
      var run = run
      run.keepNaming(of: source.id)
      let place = target.runs.firstIndex { $0.journey == run.journey && $0.instance == run.instance }
      guard let place else {
        target.runs.insert(run)
        continue
      }
      target.runs[place].keepNaming(of: target.id)
      target.runs[place] = merged(target.runs[place], run, of: target, now: now, effects: &effects)
    }
  }

  private func merged(
    _ a: JourneyRun, _ b: JourneyRun, of target: PersonState, now: Instant, effects: inout [JourneyEffect]
  ) -> JourneyRun {
    let (first, second) = a.enteredAt <= b.enteredAt ? (a, b) : (b, a)
    let followed = mayFollow(second, first)
    var kept = followed ? second : first
    let dropped = followed ? first : second
    if dropped.phase == .running { drop(dropped, of: target, now: now, effects: &effects) }
    kept.entries = a.entries + b.entries
    return kept
  }

  private func drop(
    _ run: JourneyRun, of target: PersonState, now: Instant, effects: inout [JourneyEffect]
  ) {
    guard let version = version(run.version, of: run.journey) else {
      var run = run
      run.end(.exited, at: now)
      return effects.append(.moved(JourneyMove(run, from: nil, to: nil, reason: .merged)))
    }
    var walk = JourneyWalk(version: version, run: run, now: now, surroundings)
    walk.leave(.exited, reason: .merged, target, effects: &effects)
  }

  /// Whether the second run could have begun if both had been one person's all along.
  private func mayFollow(_ second: JourneyRun, _ first: JourneyRun) -> Bool {
    guard let version = version(second.version, of: second.journey) else { return false }
    let firstWasOver = first.phase != .running && first.changedAt <= second.enteredAt
    return firstWasOver && version.again.allows(after: first.enteredAt, now: second.enteredAt)
  }
}

extension JourneyRun {
  /// From now on the run's messages are named as they were.
  mutating func keepNaming(of person: PersonID) {
    guard phase == .running, naming == nil else { return }
    naming = Naming(person: person, version: version, entry: entries)
  }
}
