import Delivery
import Events
import Profiles
import RoostCore
import Segments

/// One run on its way from where it stands to its next wait or its end.
struct JourneyWalk {
  let version: CompiledJourney
  private(set) var run: JourneyRun
  let now: Instant
  let surroundings: JourneySurroundings

  init(version: CompiledJourney, run: JourneyRun, now: Instant, _ surroundings: JourneySurroundings) {
    self.version = version
    self.run = run
    self.now = now
    self.surroundings = surroundings
  }

  /// How many instructions were executed; at most as many as the version has, since all jumps lead forward.
  mutating func proceed(_ state: inout PersonState, effects: inout [JourneyEffect]) -> Int {
    var count = 0
    var place: UInt32? = version.place(ofRunAt: run.step)
    var next = resumption
    run.isAtBeginning = false
    while run.phase == .running {
      precondition(next < version.instructions.count, "a run stands behind its journey's end")
      let instruction = version.instructions[next]
      count += 1
      if let reached = instruction.place.map({ UInt32($0) }), reached != place {
        effects.append(.moved(JourneyMove(run, from: place, to: reached)))
        place = reached
      }
      next += 1
      run.step = UInt32(next)
      switch instruction.operation {
      case .wait, .waitUntil, .waitDate, .waitBestHour, .waitFor:
        run.bestHour = nil
        run.dueAt = end(of: instruction.operation, state)
        // What waits for an event waits for the next one, however short.
        if run.dueAt > now { return count }
      case .answered: break
      case .send, .webhook:
        if let until = send(instruction, &state, effects: &effects) {
          run.dueAt = until
          return count
        }
      case .set(let trait, let value): set(trait, to: value, in: &state, effects: &effects)
      case .test(let condition, let other):
        if !holds(condition, state) { next = other }
      case .split(let ways): next = way(ways, instruction, state)
      case .jump(let target): next = target
      case .exit: leave(.exited, reason: .step, state, effects: &effects)
      case .end: leave(.finished, reason: nil, state, effects: &effects, from: place)
      }
    }
    return count
  }

  /// The instruction with which a run goes on that is due. One that waited for an event waited in vain; a message that was
  /// held is asked about again.
  private var resumption: Int {
    let step = Int(run.step)
    guard step > 0 else { return 0 }
    if run.isAtBeginning { return step - 1 }
    switch version.instructions[step - 1].operation {
    case .waitFor(_, let other): return other
    case .send, .webhook: return step - 1
    default: return step
    }
  }

  /// When a wait that begins now is over.
  private mutating func end(of operation: CompiledJourney.Operation, _ state: PersonState) -> Instant {
    switch operation {
    case .waitBestHour(let within): return bestHour(within: within, state)
    case .wait(let span): return now + span
    case .waitUntil(let time):
      return zone(of: state).next(
        minuteOfDay: time.minuteOfDay, weekday: time.weekday.map { $0 + 1 }, notBefore: now)
    case .waitDate(let date):
      return date.next(of: state.trait(date.trait), notBefore: now, in: zone(of: state)) ?? .distantFuture
    case .waitFor(let awaited, _): return awaited.window.map { now + $0 } ?? .distantFuture
    default: preconditionFailure("no wait")
    }
  }

  /// When the person is likeliest to be there; the run remembers how that was told, for the messages that follow.
  private mutating func bestHour(within span: TimeSpan, _ state: PersonState) -> Instant {
    let quiet = version.messageClass == .marketing ? surroundings.gate.policies.quietHours : nil
    let choice = surroundings.activity.hours(segment: version.audience).best(
      for: state.delivery.hours, from: now, within: span, in: zone(of: state), quiet: quiet)
    run.bestHour = choice.kept
    return choice.at
  }

  private func zone(of state: PersonState) -> ZoneRules { surroundings.zone(version.zone, state) }

  /// Ends the run; a message that is held is withdrawn with it. What started the run is forgotten: it was needed for
  /// templates and conditions only.
  ///
  /// - Parameter from: `nil`: the step it stands at.
  mutating func leave(
    _ phase: JourneyRun.Phase, reason: ExitReason?, _ state: PersonState, effects: inout [JourneyEffect],
    from: UInt32? = nil
  ) {
    let isStopped = version.isBroadcast && reason == .archived
    withdraw(state, because: isStopped ? .broadcastStopped : .journeyExit, effects: &effects)
    let place = from ?? version.place(ofRunAt: run.step)
    run.end(phase, at: now)
    effects.append(.moved(JourneyMove(run, from: place, to: nil, reason: reason)))
  }

  private func holds(_ condition: CompiledCondition?, _ state: PersonState) -> Bool {
    guard let condition else { return true }
    guard !run.trigger.isEmpty else { return condition.holds(for: state, now: now) }
    return run.trigger.withUnsafeBytes {
      condition.holds(for: state, now: now, trigger: EventView(trusted: $0))
    }
  }

  private func way(
    _ ways: [(below: Int, target: Int)], _ instruction: CompiledJourney.Instruction, _ state: PersonState
  ) -> Int {
    let step = version.places[instruction.place ?? 0].id
    let lot = Lot(
      split: step, of: version.key, workspace: state.workspace, person: run.naming?.person ?? state.id,
      entry: run.naming?.entry ?? run.entries)
    guard let way = ways.first(where: { lot.hundredths < $0.below }) else {
      preconditionFailure("the shares of a split do not make a whole")
    }
    return way.target
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
}

extension JourneyWalk {
  /// Asks whether the message of a step may go out, and says so.
  ///
  /// - Returns: until when it is held, and the run with it; `nil` if it is decided.
  private mutating func send(
    _ instruction: CompiledJourney.Instruction, _ state: inout PersonState, effects: inout [JourneyEffect]
  ) -> Instant? {
    var intent = intent(of: instruction, state)
    intent.decision = decide(instruction.operation, &intent, &state)
    effects.append(.send(intent))
    guard case .hold(let until, _, _) = intent.decision else {
      run.heldSince = nil
      return nil
    }
    run.heldSince = intent.createdAt
    return max(until, now + TimeSpan(milliseconds: 1))
  }

  private func decide(
    _ operation: CompiledJourney.Operation, _ intent: inout SendIntent, _ state: inout PersonState
  ) -> GateDecision {
    if case .send(let send) = operation, send.channel == JourneyDefinition.Send.best {
      return decideBest(send, &intent, &state)
    }
    guard let kind = surroundings.templates[intent.template] else { return .suppress(.noTemplate, GateEvidence()) }
    switch operation {
    case .webhook(let url, let template):
      guard kind == .webhook else { return .suppress(.noTemplate, GateEvidence()) }
      // It tells a machine, not the person: no consent is asked for, and no cap counts it.
      return .deliver(Passage(to: url, channel: intent.channel, kind: .webhook, template: template), GateEvidence())
    case .send(let send):
      guard kind == surroundings.gate.kind(of: send.channel) else { return .suppress(.noTemplate, GateEvidence()) }
      return surroundings.gate.decide(request(send, intent), &state, now: now)
    default: preconditionFailure("no message")
    }
  }

  private func request(_ send: JourneyDefinition.Send, _ intent: SendIntent) -> SendRequest {
    SendRequest(
      id: intent.id, messageClass: intent.messageClass, channel: intent.channel, template: intent.template,
      journey: version.journey, labels: version.labels, quiet: send.quiet?.overRule, over: send.over?.overRule)
  }

  /// Takes the usable channel by which the person is likeliest to answer. If none is usable the first one says why.
  private func decideBest(
    _ send: JourneyDefinition.Send, _ intent: inout SendIntent, _ state: inout PersonState
  ) -> GateDecision {
    let model = surroundings.activity.channels(segment: version.audience)
    var evidence = BestChannel(candidates: [])
    var best: (choice: JourneyDefinition.Send.Choice, rate: Double)?
    for choice in surroundings.choices(of: send) {
      let kind = surroundings.gate.kind(of: choice.channel)
      (intent.channel, intent.template) = (choice.channel, choice.template)
      let objection =
        surroundings.templates[choice.template] == kind
        ? surroundings.gate.objection(to: request(send, intent), state, now: now) : .noTemplate
      let expected = model.expected(kind, of: state.delivery.answers)
      evidence.candidates.append(.init(choice.channel, objection, expected))
      if objection == nil, best.map({ expected.rate > $0.rate }) ?? true { best = (choice, expected.rate) }
    }
    guard let choice = best?.choice ?? surroundings.choices(of: send).first else {
      return .suppress(.noTemplate, GateEvidence())
    }
    (intent.channel, intent.template) = (choice.channel, choice.template)
    guard surroundings.templates[choice.template] == surroundings.gate.kind(of: choice.channel) else {
      return .suppress(.noTemplate, GateEvidence())
    }
    return surroundings.gate.decide(request(send, intent), &state, now: now).chosen(evidence)
  }

  /// Takes back the message that is held, if there is one: its run ends, or goes elsewhere.
  mutating func withdraw(
    _ state: PersonState, because reason: SuppressionReason = .journeyExit, effects: inout [JourneyEffect]
  ) {
    guard run.heldSince != nil, run.step > 0 else { return }
    var intent = intent(of: version.instructions[Int(run.step) - 1], state)
    intent.decision = .suppress(reason, GateEvidence())
    effects.append(.send(intent))
    run.heldSince = nil
  }

  /// As it is if nothing is decided about it: withdrawn.
  private func intent(of instruction: CompiledJourney.Instruction, _ state: PersonState) -> SendIntent {
    let (channel, template) =
      switch instruction.operation {
      case .send(let send):
        surroundings.choices(of: send).first.map { ($0.channel, $0.template) } ?? (send.channel, send.template)
      case .webhook(_, let template): (ChannelKind.webhook.rawValue, template)
      default: preconditionFailure("no message")
      }
    let index = instruction.place ?? 0
    let step = version.places[index].id
    return SendIntent(
      id: run.intentID(of: step, journey: version.key, person: state), journey: run.journey, version: run.version,
      step: step, stepIndex: UInt32(index), channel: channel, template: template, messageClass: version.messageClass,
      entry: run.entries, enteredAt: run.enteredAt, trigger: run.trigger, createdAt: run.heldSince ?? now,
      decision: .suppress(.journeyExit, GateEvidence()), bestHour: run.bestHour)
  }
}

extension JourneySurroundings {
  /// By what a message may go: what the step names, or what there is to choose from.
  fileprivate func choices(of send: JourneyDefinition.Send) -> [JourneyDefinition.Send.Choice] {
    guard send.channel == JourneyDefinition.Send.best, send.choices.isEmpty else { return send.choices }
    return templates[send.template].map { [.init(channel: $0.rawValue, template: send.template)] } ?? []
  }
}

extension BestChannel.Candidate {
  fileprivate init(_ channel: String, _ objection: SuppressionReason?, _ expected: ChannelModel.Choice) {
    self.init(
      channel: channel, objection: objection, basis: expected.basis,
      permille: UInt16(clamping: Int((expected.rate * 1_000).rounded())), sent: UInt32(clamping: expected.sent),
      answered: UInt32(clamping: expected.answered))
  }
}

extension GateDecision {
  /// The decision with how its channel was chosen.
  fileprivate func chosen(_ channel: BestChannel) -> GateDecision {
    var evidence = evidence
    evidence.bestChannel = channel
    return switch self {
    case .deliver(let passage, _): .deliver(passage, evidence)
    case .hold(let until, let reason, _): .hold(until: until, reason, evidence)
    case .suppress(let reason, _): .suppress(reason, evidence)
    }
  }
}

extension JourneyDefinition.HoldOrSkip {
  package var overRule: OverRule {
    switch self {
    case .hold: .hold
    case .skip: .skip
    }
  }
}

extension JourneyDefinition.CapAnswer {
  package var overRule: OverRule {
    switch self {
    case .hold: .hold
    case .skip: .skip
    case .instead(let channel, let template): .replace(channel: channel, template: template)
    }
  }
}
