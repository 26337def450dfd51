import Delivery
import Engine
import Events
import Journeys
import Profiles
import RoostCore
import Segments

/// Leads one person after another through the period, by the engine that leads them in truth. One per thread.
///
/// What happens to a person happens in the order in which it did: events as they were handled, between them whatever
/// became due, on a clock that belongs to the person alone. Nothing is sent and nothing outside changes.
public final class Rehearser {
  let plan: RehearsalPlan
  public var figures: RehearsalFigures
  /// Messages of the people since they were last taken out, by person and time.
  public var messages: [RehearsedMessage] = []

  var lives: [Life] = []
  var notes = PersonNotes()
  private var effects = PersonEffects()
  private var order: [Place] = []
  var identities = LocalIdentities()
  private var patched: [UInt8] = []
  private var writer = EventWriter()
  /// What is told about the person, if it is asked for.
  var trace: RehearsalTrace?

  /// An event's place in the order of handling.
  private struct Place {
    var at: Int64
    var arrival: UInt64
    var index: Int
  }

  /// Wake-ups of one person before it is given up: far beyond what any journey needs.
  static let wakeupsMax = 200_000

  public init(_ plan: RehearsalPlan) {
    self.plan = plan
    figures = RehearsalFigures(plan)
  }

  /// Rehearses one person.
  ///
  /// - Parameters:
  ///   - events: all of the person's, those of people merged into it included, in any order.
  ///   - foreign: keys of identifiers that the events name and other people have (`identifierKeys(of:)`).
  public func rehearse(_ person: PersonID, _ events: ArraySlice<RecordedEvent>, foreign: [IdentifierKey] = []) {
    notes.clear()
    lives.removeAll(keepingCapacity: true)
    identities.begin(workspace: plan.workspace, foreign: foreign)
    sort(events)
    var next = 0
    var hasBegun = false
    while next < order.count {
      let at = order[next].at
      if !hasBegun, at >= plan.from.milliseconds {
        guard begin() else { return }
        hasBegun = true
      }
      let first = next
      while next < order.count, order[next].at == at, first == next || isOfOneCall(events, next) { next += 1 }
      handle(person, events, first..<next, at: Instant(milliseconds: at))
    }
    guard hasBegun || begin() else { return }
    for place in lives.indices where !lives[place].isGone { advance(place, to: plan.to, isIncluded: false) }
    figures.noteEvents(order.count)
    close(person)
  }

  /// Puts the events of the time before `to` in the order in which they are handled: live ones as they arrived, at the
  /// time of receipt; imported ones as the plan says.
  private func sort(_ events: ArraySlice<RecordedEvent>) {
    order.removeAll(keepingCapacity: true)
    let end = plan.to.milliseconds
    var isSorted = true
    for index in events.indices {
      let event = events[index]
      let view = EventView(trusted: event.record)
      let actsThen = view.isHistorical && plan.imports == .act
      let at = (actsThen ? view.timestamp : view.receivedAt).milliseconds
      guard at < end else { continue }
      if let last = order.last, (at, event.arrival) < (last.at, last.arrival) { isSorted = false }
      order.append(Place(at: at, arrival: event.arrival, index: index))
    }
    guard !isSorted else { return }
    // Receipts of two threads at the door may change places on the way to the committer, whose clock never goes back.
    if plan.imports == .asRecorded || !events.contains(where: { EventView(trusted: $0.record).isHistorical }) {
      order.sort { $0.arrival < $1.arrival }
      for place in order.indices.dropFirst() { order[place].at = max(order[place].at, order[place - 1].at) }
    } else {
      order.sort { ($0.at, $0.arrival) < ($1.at, $1.arrival) }
    }
  }

  /// Whether an event may have come by the same call as the one before it, of the same moment. What names nobody was
  /// said about a person through the management interface, by a call of its own.
  private func isOfOneCall(_ events: ArraySlice<RecordedEvent>, _ next: Int) -> Bool {
    [next - 1, next].allSatisfy { EventView(trusted: events[order[$0].index].record).identifierCount > 0 }
  }

  /// Handles what came at one moment as one call would bring it: first whose it is, then person by person.
  private func handle(
    _ person: PersonID, _ events: ArraySlice<RecordedEvent>, _ range: Range<Int>, at moment: Instant
  ) {
    for place in lives.indices where !lives[place].isGone { advance(place, to: moment, isIncluded: true) }
    identities.beginBatch()
    for number in range {
      let view = EventView(trusted: events[order[number].index].record)
      identities.resolve(view, of: person, &lives)
    }
    for merge in identities.merges { absorb(merge, at: moment) }
    for input in identities.inputs.indices {
      let record = events[order[range.lowerBound + input].index].record
      take(record, identities.inputs[input], at: moment)
    }
  }

  private func absorb(_ merge: LocalIdentities.Merge, at moment: Instant) {
    let source = lives[merge.source]
    lives[merge.source].isGone = true
    guard !merge.isFresh else { return }
    if merge.isTargetFresh { catchUp(merge.target, at: moment) }
    engine(of: lives[merge.target]).absorb(
      source.state, into: &lives[merge.target].state, now: moment, seed: plan.seed, effects: &effects)
    lives[merge.target].now = moment
    lives[merge.target].assumed = (lives[merge.target].assumed + source.assumed).sorted { $0.at < $1.at }
    for place in notes.positions.indices where notes.positions[place].life == merge.source {
      notes.positions[place].life = merge.target
    }
    trace?.merged(source.state.id, into: lives[merge.target].state.id, at: moment)
    keep(merge.target, at: moment)
  }

  /// Somebody new lives under the definitions of the moment.
  private func catchUp(_ life: Int, at moment: Instant) {
    while let next = nextPhase(of: lives[life]), plan.phases[next].from <= moment { lives[life].phase = next }
  }

  private func take(_ record: UnsafeRawBufferPointer, _ input: LocalIdentities.Input, at moment: Instant) {
    let view = EventView(trusted: record)
    if input.isFresh { catchUp(input.life, at: moment) }
    guard moment < plan.from || !isLeftOut(view, input.life) else {
      figures.noteLeftOut()
      return
    }
    lives[input.life].now = max(lives[input.life].now, moment)
    guard lives[input.life].phase != nil else {
      // Nothing acts yet: what is remembered is all that matters.
      _ = lives[input.life].state.apply(view, rules: plan.base.definitions.rules, refused: input.refused)
      plan.base.definitions.segments.record(view, in: &lives[input.life].state)
      return
    }
    if view.isHistorical, plan.imports == .act {
      patched.removeAll(keepingCapacity: true)
      patched.append(contentsOf: record)
      patched[5] &= ~1
      patched.patch(at: EventView.receivedAtOffset, word: moment.milliseconds)
      patched.withUnsafeBytes { handle(EventView(trusted: $0), input, at: moment) }
    } else {
      handle(view, input, at: moment)
    }
  }

  private func handle(_ event: EventView, _ input: LocalIdentities.Input, at moment: Instant) {
    trace?.event(event, at: moment, plan.symbols)
    let engine = engine(of: lives[input.life])
    _ = engine.handle(
      event, &lives[input.life].state, refused: input.refused, now: moment, seed: plan.seed, effects: &effects)
    keep(input.life, at: moment)
  }

  /// A recorded event about a message that has the name of a rehearsed one says nothing about that one.
  private func isLeftOut(_ event: EventView, _ life: Int) -> Bool {
    guard plan.assumption != .recorded, event.kind == .track, plan.engagement.all.contains(event.name) else {
      return false
    }
    if let id = text(event, plan.engagement.messageID).flatMap({ IntentID(text: $0) }) {
      if let message = notes.messages.first(where: { $0.id == id }) {
        return plan.journeys[Int(message.journey)].isDraft
      }
    }
    guard let key = text(event, plan.engagement.journey) else { return false }
    return plan.journeys.contains { $0.isDraft && $0.key == key }
  }

  private func text(_ event: EventView, _ name: Symbol) -> String? {
    if case .string(let text)? = event.field(.property, name)?.value { return text }
    return nil
  }

  private func engine(of life: Life) -> Engine { life.phase.map { plan.phases[$0].engine } ?? plan.base }

  private func nextPhase(of life: Life) -> Int? {
    let next = life.phase.map { $0 + 1 } ?? 0
    return next < plan.phases.count ? next : nil
  }

  /// Lets time pass for a person: what is due, changes of definitions, what is assumed, each at its own moment.
  private func advance(_ life: Int, to moment: Instant, isIncluded: Bool) {
    var wakeups = 0
    while true {
      let due = lives[life].phase == nil ? .distantFuture : lives[life].state.dueAt
      let phase = nextPhase(of: lives[life]).map { plan.phases[$0].from } ?? .distantFuture
      let act = lives[life].assumed.first?.at ?? .distantFuture
      let next = min(due, phase, act)
      guard isIncluded ? next <= moment : next < moment, next != .distantFuture else { return }
      wakeups += 1
      guard wakeups <= Self.wakeupsMax else {
        lives[life].state.dueAt = .distantFuture
        figures.noteAbandoned()
        continue
      }
      let now = max(lives[life].now, next)
      lives[life].now = now
      if due == next {
        trace?.woke(at: now)
        engine(of: lives[life]).handleDue(&lives[life].state, now: now, seed: plan.seed, effects: &effects)
        keep(life, at: now)
      } else if phase == next {
        enterPhase(life, at: phase)
      } else {
        enact(life, at: now)
      }
    }
  }

  private func enterPhase(_ life: Int, at moment: Instant) {
    let isFirst = lives[life].phase == nil
    let next = isFirst ? 0 : lives[life].phase! + 1
    lives[life].phase = next
    let engine = plan.phases[next].engine
    if isFirst {
      // Memberships as of now, at which nobody enters anything.
      engine.fill(&lives[life].state, trackers: nil, now: moment, seed: plan.seed, effects: &effects)
      effects.removeAll()
    } else {
      lives[life].state.dueAt = min(engine.definitions.journeys.nextDue(of: lives[life].state), lives[life].state.dueAt)
    }
    if plan.phases[next].isStart, plan.dropsRuns { dropRuns(life) }
  }

  /// The period begins for whoever was there before; `false` if it is not about this person.
  private func begin() -> Bool {
    for place in lives.indices where !lives[place].isGone { advance(place, to: plan.from, isIncluded: true) }
    if let slot = plan.peopleSlot {
      guard lives.contains(where: { !$0.isGone && $0.state.isMember(slot) }) else { return false }
    }
    for place in lives.indices where !lives[place].isGone { noteInside(place) }
    return true
  }

  private func noteInside(_ life: Int) {
    for run in lives[life].state.runs where run.phase == .running {
      guard let journey = plan.index(of: run.journey) else { continue }
      figures.noteInside(journey)
      let position = notes.positions.first {
        $0.life == life && $0.journey == journey && $0.entry == run.entries
      }
      if let step = position?.step { figures.arrive(journey, step, at: plan.from) }
    }
  }

  private func dropRuns(_ life: Int) {
    lives[life].state.runs.removeAll { $0.phase == .running }
    notes.positions.removeAll { $0.life == life }
  }

  private func enact(_ life: Int, at moment: Instant) {
    let act = lives[life].assumed.removeFirst()
    let names = plan.engagement
    writer.removeAll()
    let id = "assumed:\(act.message.text):\(act.name.number)"
    Array(id.utf8).withUnsafeBytes {
      writer.begin(
        .track, name: act.name, timestamp: moment, receivedAt: moment, isHistorical: false, messageID: $0)
    }
    writer.beginFields()
    for (symbol, text) in [(names.messageID, act.message.text), (names.journey, act.journey), (names.step, act.step)] {
      writer.value(.property, symbol, .string(text))
    }
    writer.end()
    writer.bytes.withUnsafeBytes { bytes in
      trace?.assumed(EventView(trusted: bytes), at: moment, plan.symbols)
      _ = engine(of: lives[life]).handle(
        EventView(trusted: bytes), &lives[life].state, refused: [], now: moment, seed: plan.seed, effects: &effects)
    }
    keep(life, at: moment)
  }

  /// Counts what a handling led to.
  private func keep(_ life: Int, at now: Instant) {
    let counts = now >= plan.from
    for move in effects.moves { note(move, life, at: now, counts: counts) }
    if counts { for message in effects.messages { note(message, life, at: now) } }
    trace?.effects(effects, at: now, counts: counts, plan)
    effects.removeAll()
  }
}

extension Rehearser {
  /// Rehearses one person and tells how it went.
  public func tell(
    _ person: PersonID, _ events: ArraySlice<RecordedEvent>, foreign: [IdentifierKey] = []
  ) -> RehearsalTrace {
    let trace = RehearsalTrace(from: plan.from)
    self.trace = trace
    rehearse(person, events, foreign: foreign)
    self.trace = nil
    return trace
  }
}
