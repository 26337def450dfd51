import Events
import Journeys
import Profiles
import RoostCore
import Segments

/// The only place where the pure modules meet: one person's input goes through profile, segments and journeys, and comes
/// out as the next state and the effects.
///
/// Every function is pure: what it is given decides what it returns. `now` and `seed` come from outside.
public final class Engine: Sendable {
  public let definitions: WorkspaceDefinitions

  /// Definitions may chain (a journey sets a trait, which lets the person into a segment, which starts a journey…); after
  /// so many rounds the rest waits for the next input.
  public static let roundsMax = 16

  public init(_ definitions: WorkspaceDefinitions) { self.definitions = definitions }

  /// Handles an event. `false`: its messageId was known; nothing changed.
  ///
  /// - Parameter refused: places of identifiers that stay with somebody else.
  public func handle(
    _ event: EventView, _ state: inout PersonState, refused: [Int], now: Instant, seed: UInt64,
    effects: inout PersonEffects
  ) -> Bool {
    guard !state.isRepeated(event) else { return false }
    state.loadRuns()
    state.loadSegments()
    // What was due before happens before.
    if state.dueAt <= now || definitions.journeys.mustEnterBySchedule(state, now: now) {
      settle(&state, cause: .due, byHistory: false, now: now, seed: seed, effects: &effects)
    }
    let wereAsked = definitions.consentsToConfirm(state)
    let change = state.apply(event, rules: definitions.rules, refused: refused)
    if change.contains(.devices) { effects.noteDevices(of: event) }
    if definitions.observes { definitions.observe(event, &state) }
    if event.kind == .suppression { definitions.applySuppression(event, &state) }
    definitions.segments.record(event, in: &state)
    settle(
      &state, cause: event.isHistorical ? nil : .event(event),
      only: change.isDisjoint(with: [.traits, .consents]) ? event : nil, byHistory: event.isHistorical, now: now,
      seed: seed, effects: &effects)
    if !definitions.policies.doubleOptIn.isEmpty, !event.isHistorical,
      !change.isDisjoint(with: [.traits, .consents, .identifiers])
    {
      definitions.askToConfirm(
        &state, before: wereAsked, isRequest: event.kind == .consent, now: now, seed: seed, effects: &effects)
    }
    return true
  }

  /// The person's time has come, or definitions changed.
  public func handleDue(_ state: inout PersonState, now: Instant, seed: UInt64, effects: inout PersonEffects) {
    settle(&state, cause: .due, byHistory: false, now: now, seed: seed, effects: &effects)
  }

  /// The person has their turn in a broadcast; nothing happens to somebody who had it.
  public func broadcast(
    _ journey: Symbol, to state: inout PersonState, now: Instant, seed: UInt64, effects: inout PersonEffects
  ) {
    settle(&state, cause: .broadcast(journey), byHistory: false, now: now, seed: seed, effects: &effects)
  }

  /// Takes in another person, who is this one.
  public func absorb(
    _ source: PersonState, into state: inout PersonState, now: Instant, seed: UInt64, effects: inout PersonEffects
  ) {
    definitions.segments.absorb(source, into: &state)
    effects.journeyEffects.removeAll(keepingCapacity: true)
    definitions.journeys.mergeRuns(of: source, into: &state, now: now, effects: &effects.journeyEffects)
    let runs = state.runs
    state.absorb(source)
    effects.gainedDevices += source.devices.map(\.address)
    state.runs = runs
    keepEffects(&state, now: now, seed: seed, effects: &effects)
    settle(&state, cause: .due, byHistory: true, now: now, seed: seed, effects: &effects)
  }

  /// Brings the person up to a change of segments: new trackers come from `history` where they are needed.
  public func fill(
    _ state: inout PersonState, trackers: Trackers?, now: Instant, seed: UInt64, effects: inout PersonEffects
  ) {
    if let trackers { state.trackers = trackers }
    state.trackersEpoch = max(state.trackersEpoch, definitions.epoch)
    settle(&state, cause: .due, byHistory: true, now: now, seed: seed, effects: &effects)
  }

  /// Evaluates and acts until nothing more follows, then notes when to look again.
  ///
  /// - Parameter only: an event besides which nothing has changed that segments look at.
  private func settle(
    _ state: inout PersonState, cause: JourneyCause?, only: EventView? = nil, byHistory: Bool, now: Instant,
    seed: UInt64,
    effects: inout PersonEffects
  ) {
    var cause = cause
    if case .due = cause {
      let entries = definitions.journeys.scheduledEntries(of: state, after: state.handledAt, now: now)
      if !entries.isEmpty { cause = .scheduled(entries) }
    }
    // A person who is new begins with this handling.
    state.handledAt = state.handledAt == .distantFuture ? now : max(state.handledAt, now)
    var segmentsDue = Instant.distantFuture
    for round in 0..<Self.roundsMax {
      effects.beginRound()
      if let only, round == 0 {
        segmentsDue = definitions.segments.evaluate(
          &state, after: only, now: now, until: state.dueAt, changes: &effects.changes)
      } else {
        segmentsDue = definitions.segments.evaluate(&state, now: now, changes: &effects.changes)
      }
      if !effects.changes.isEmpty { effects.memberships.append(contentsOf: effects.changes) }
      actOnJourneys(&state, cause: cause, byHistory: byHistory, now: now, seed: seed, effects: &effects)
      cause = nil
      guard keepEffects(&state, now: now, seed: seed, effects: &effects) else { break }
      if round == Self.roundsMax - 1 { segmentsDue = now + TimeSpan(milliseconds: 1) }
    }
    state.dueAt = min(segmentsDue, definitions.journeys.nextDue(of: state))
  }

  private func actOnJourneys(
    _ state: inout PersonState, cause: JourneyCause?, byHistory: Bool, now: Instant, seed: UInt64,
    effects: inout PersonEffects
  ) {
    let journeys = definitions.journeys
    if let cause {
      _ = journeys.handle(&state, cause: cause, now: now, seed: seed, effects: &effects.journeyEffects)
    }
    for change in effects.changes where definitions.liveSegments.contains(change.slot) {
      let cause: JourneyCause =
        change.isMember ? .entered(segment: change.slot, byHistory: byHistory) : .left(segment: change.slot)
      _ = journeys.handle(&state, cause: cause, now: now, seed: seed, effects: &effects.journeyEffects)
    }
  }

  /// Turns the journeys' wishes into effects; whether a trait was set, so that segments have to be looked at again.
  @discardableResult
  private func keepEffects(
    _ state: inout PersonState, now: Instant, seed: UInt64, effects: inout PersonEffects
  ) -> Bool {
    var isChanged = false
    for (place, effect) in effects.journeyEffects.enumerated() {
      switch effect {
      case .moved(let move):
        effects.moves.append(move)
        isChanged = isChanged || definitions.segmentsLookAtJourneys
      case .setTrait: isChanged = true
      case .send(let intent):
        let message = definitions.message(
          intent, state, place, of: effects.journeyEffects, refused: effects.recordedRefusals, now: now, seed: seed)
        if intent.messageClass == .marketing, case .deliver(let passage, _) = intent.decision {
          if message.reason == .missingValues {
            definitions.gate.giveBack(passage, journey: intent.journey, &state, now: now)
          } else if definitions.observes {
            state.delivery.count(channelKind: passage.kind.number, sent: 1, answered: 0)
          }
        }
        effects.messages.append(message)
      }
    }
    return isChanged
  }
}
