import Profiles
import RoostCore

extension JourneyProgram {
  /// Takes people of earlier versions to where later ones send them, one version after another. Acts in paused journeys
  /// too.
  func migrate(_ state: inout PersonState, now: Instant, effects: inout [JourneyEffect]) {
    for place in state.runs.indices where state.runs[place].phase == .running {
      while let (old, new) = step(of: state.runs[place]) {
        var walk = JourneyWalk(version: old, run: state.runs[place], now: now, surroundings)
        switch new.inside {
        case .migrate(let table): walk.migrate(to: new, table, state, effects: &effects)
        case .exit, .pin, nil: walk.leave(.exited, reason: .edited, state, effects: &effects)
        }
        state.runs[place] = walk.run
      }
    }
  }

  /// The version a run is in and the one it has to go to.
  private func step(of run: JourneyRun) -> (old: CompiledJourney, new: CompiledJourney)? {
    guard run.phase == .running, let index = index(of: run.journey) else { return nil }
    let journey = journeys[index]
    guard journey.published.map({ journey.versions[$0].version }) != run.version,
      let old = journey.versions.firstIndex(where: { $0.version == run.version }),
      let new = journey.successors[old]
    else { return nil }
    return (journey.versions[old], journey.versions[new])
  }
}

extension JourneyWalk {
  /// Goes on in another version: at the step with the same id, or where the table says.
  ///
  /// Who waits in a step of the same kind goes on waiting, as long as the new one says, counted from when they began. All
  /// others begin the step that they come to.
  mutating func migrate(
    to new: CompiledJourney, _ table: [String: JourneyDefinition.Place], _ state: PersonState,
    effects: inout [JourneyEffect]
  ) {
    var run = run
    run.keepNaming(of: state.id)
    guard let place = version.place(ofRunAt: run.step) else {
      run.version = new.version
      return self = JourneyWalk(version: new, run: run, now: now, surroundings)
    }
    let id = version.places[Int(place)].id
    guard case .step(let target) = table[id] ?? .step(id),
      let reached = new.places.firstIndex(where: { $0.id == target })
    else { return leave(.exited, reason: .edited, state, effects: &effects) }
    let start = new.places[reached].start
    let stays = wait(continuedBy: new.instructions[start].operation, isSameStep: target == id)
    if stays == nil {
      withdraw(state, effects: &effects)
      run.heldSince = nil
    }
    run.version = new.version
    run.step = UInt32(start + 1)
    switch stays {
    case .until(let moment)?: run.dueAt = moment
    case .answered?:
      run.step += 1
      run.dueAt = now
    case nil:
      run.isAtBeginning = true
      run.dueAt = now
    }
    effects.append(.moved(JourneyMove(run, from: nil, to: UInt32(reached), reason: .edited)))
    self = JourneyWalk(version: new, run: run, now: now, surroundings)
  }

  private enum Stay {
    case until(Instant)
    /// What the run waited for has come; it has not gone on yet.
    case answered
  }

  /// How a wait goes on as another one; `nil` if it does not.
  private func wait(continuedBy new: CompiledJourney.Operation, isSameStep: Bool) -> Stay? {
    guard !run.isAtBeginning else { return nil }
    switch (version.instructions[Int(run.step) - 1].operation, new) {
    case (.wait(let old), .wait(let span)): return .until(run.dueAt - old + span)
    case (.waitUntil(let old), .waitUntil(let time)): return old == time ? .until(run.dueAt) : nil
    case (.waitDate(let old), .waitDate(let date)): return old == date ? .until(run.dueAt) : nil
    case (.waitBestHour(let old), .waitBestHour(let within)): return old == within ? .until(run.dueAt) : nil
    case (.answered, .waitFor): return .answered
    case (.waitFor(let old, _), .waitFor(let awaited, _)):
      switch (old.window, awaited.window) {
      case (let before?, let after?): return .until(run.dueAt - before + after)
      case (_, nil): return .until(.distantFuture)
      case (nil, _): return nil
      }
    // A message that is held is asked about again, as the new version has it.
    case (.send, .send), (.webhook, .webhook): return isSameStep ? .until(now) : nil
    default: return nil
    }
  }
}
