import Profiles
import RoostCore

extension JourneyProgram {
  /// Gives the journeys of a person who turned out to be the same one to the survivor.
  ///
  /// Of two runs of one journey the one that began first counts; the other stays only if the rule for entering again
  /// would have let it begin after that one. Entries add up, so that no message of either is ever named again.
  public func mergeRuns(
    of source: PersonState, into target: inout PersonState, now: Instant, effects: inout [JourneyEffect]
  ) {
    for run in source.runs {
      let place = target.runs.firstIndex { $0.journey >= run.journey } ?? target.runs.count
      guard place < target.runs.count, target.runs[place].journey == run.journey else {
        target.runs.insert(run, at: place)
        continue
      }
      target.runs[place] = merged(target.runs[place], run, now: now, effects: &effects)
    }
  }

  private func merged(
    _ a: JourneyRun, _ b: JourneyRun, now: Instant, effects: inout [JourneyEffect]
  ) -> JourneyRun {
    let (first, second) = a.enteredAt <= b.enteredAt ? (a, b) : (b, a)
    var kept = mayFollow(second, first) ? second : first
    var dropped = kept == second ? first : second
    if dropped.phase == .running {
      let place = version(dropped.version, of: dropped.journey)?.place(ofRunAt: dropped.step)
      dropped.phase = .exited
      effects.append(
        .moved(
          JourneyMove(
            journey: dropped.journey, version: dropped.version, entry: dropped.entries, from: place, to: nil,
            phase: .exited, reason: .merged)))
    }
    kept.entries = a.entries + b.entries
    return kept
  }

  /// Whether the second run could have begun if both had been one person's all along.
  private func mayFollow(_ second: JourneyRun, _ first: JourneyRun) -> Bool {
    guard let version = version(second.version, of: second.journey) else { return false }
    let firstWasOver = first.phase != .running && first.changedAt <= second.enteredAt
    return firstWasOver && version.again.allows(after: first.enteredAt, now: second.enteredAt)
  }
}
