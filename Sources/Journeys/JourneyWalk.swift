import Events
import Profiles
import RoostCore
import Segments

/// One run on its way from where it stands to its next wait or its end.
struct JourneyWalk {
  let version: CompiledJourney
  private(set) var run: JourneyRun
  let now: Instant

  init(version: CompiledJourney, run: JourneyRun, now: Instant) {
    self.version = version
    self.run = run
    self.now = now
  }

  /// How many instructions were executed; at most as many as the version has, since all jumps lead forward.
  mutating func proceed(_ state: inout PersonState, effects: inout [JourneyEffect]) -> Int {
    var count = 0
    var place: UInt32? = version.place(ofRunAt: run.step)
    var next = Int(run.step)
    while run.phase == .running {
      precondition(next < version.instructions.count, "a run stands behind its journey's end")
      let instruction = version.instructions[next]
      count += 1
      if let reached = instruction.place.map({ UInt32($0) }), reached != place {
        effects.append(.moved(move(from: place, to: reached)))
        place = reached
      }
      next += 1
      switch instruction.operation {
      case .wait(let span):
        wait(until: now + span, then: next)
        return count
      case .waitUntil(let time, let offset):
        let moment = time.next(notBefore: now, offsetMinutes: offset)
        if moment > now {
          wait(until: moment, then: next)
          return count
        }
      case .send(let channel, let template):
        effects.append(.send(intent(of: instruction, channel, template, state)))
      case .set(let trait, let value): set(trait, to: value, in: &state, effects: &effects)
      case .test(let condition, let other):
        if !holds(condition, state) { next = other }
      case .jump(let target): next = target
      case .exit: leave(.exited, from: place, reason: .step, effects: &effects)
      case .end: leave(.finished, from: place, reason: nil, effects: &effects)
      }
    }
    return count
  }

  /// Ends the run. What started it is forgotten: it was needed for templates and conditions only.
  mutating func leave(
    _ phase: JourneyRun.Phase, from place: UInt32?, reason: ExitReason?, effects: inout [JourneyEffect]
  ) {
    run.phase = phase
    run.changedAt = now
    run.dueAt = .distantFuture
    run.trigger = []
    var move = move(from: place, to: nil)
    move.reason = reason
    effects.append(.moved(move))
  }

  private mutating func wait(until moment: Instant, then next: Int) {
    run.step = UInt32(next)
    run.dueAt = moment
  }

  private func holds(_ condition: CompiledCondition?, _ state: PersonState) -> Bool {
    guard let condition else { return true }
    guard !run.trigger.isEmpty else { return condition.holds(for: state, now: now) }
    return run.trigger.withUnsafeBytes {
      condition.holds(for: state, now: now, trigger: EventView(trusted: $0))
    }
  }

  private func set(
    _ trait: Symbol, to value: Value, in state: inout PersonState, effects: inout [JourneyEffect]
  ) {
    let previous = state.trait(trait)
    guard previous ?? .null != value else { return }
    // Of two values of the same millisecond the greater one counts; the journey answers to what came before it, so it
    // is the later one.
    if !state.setTrait(trait, value, at: now) {
      _ = state.setTrait(trait, value, at: now + TimeSpan(milliseconds: 1))
    }
    effects.append(.setTrait(trait, value, previous: previous))
  }

  private func move(from: UInt32?, to: UInt32?) -> JourneyMove {
    JourneyMove(
      journey: run.journey, version: run.version, entry: run.entries, from: from, to: to, phase: run.phase,
      reason: nil)
  }

  private func intent(
    of instruction: CompiledJourney.Instruction, _ channel: String, _ template: String, _ state: PersonState
  ) -> SendIntent {
    let index = instruction.place ?? 0
    let step = version.places[index].id
    let id = IntentID(
      workspace: state.workspace, person: state.id, journey: version.key, version: run.version, step: step,
      entry: run.entries)
    return SendIntent(
      id: id, journey: run.journey, version: run.version, step: step, stepIndex: UInt32(index), channel: channel,
      template: template, messageClass: version.messageClass, entry: run.entries, enteredAt: run.enteredAt,
      trigger: run.trigger)
  }
}
