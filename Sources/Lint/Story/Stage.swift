import Delivery
import Engine
import Events
import Journeys
import Profiles
import RoostCore

/// How much may still be tried: a search that has used it up gives up instead of going on for ever.
final class Budget {
  private(set) var left: Int
  private let part: Int
  private var partLeft: Int

  /// - Parameters:
  ///   - total: handlings of the engine in all.
  ///   - part: handlings for one question.
  init(total: Int, part: Int) {
    left = total
    self.part = part
    partLeft = part
  }

  var isUsedUp: Bool { left <= 0 || partLeft <= 0 }

  func spend() {
    left -= 1
    partLeft -= 1
  }

  /// The next question begins.
  func renew() { partLeft = part }
}

/// One person in a world, on virtual time: inputs go through the production engine, and what follows is noted.
///
/// A value: a copy is a place to come back to.
struct Stage {
  let world: World
  let person: StoryPerson
  private(set) var state: PersonState
  private(set) var now: Instant
  private(set) var inputs: [StoryInput] = []
  private(set) var events: [StageEvent] = []

  /// What happened to the person.
  struct StageEvent {
    enum What {
      case move(journey: String, JourneyMove)
      case message(MessageRecord)
      case membership(segment: String, isMember: Bool)
    }
    var at: Instant
    var what: What
    /// How many inputs had been made by then.
    var inputCount: Int
  }

  init(_ world: World, person: StoryPerson, at start: Instant) {
    self.world = world
    self.person = person
    let workspace = world.engine.definitions.workspace.id
    state = PersonState(
      workspace: workspace, id: PersonID(firstNamedBy: .user, person.userID, in: workspace), createdAt: start)
    state.trackersEpoch = world.epoch
    now = start
  }

  /// Makes a call at its time, which must not be past; whatever is due before happens before.
  mutating func make(_ input: StoryInput, budget: Budget) -> Bool {
    guard advance(to: input.at, budget: budget),
      let record = input.record(by: person, number: inputs.count, symbols: world.symbols)
    else { return false }
    inputs.append(input)
    budget.spend()
    var effects = PersonEffects()
    record.withUnsafeBytes {
      _ = world.engine.handle(
        EventView(trusted: $0), &state, refused: [], now: now, seed: 1, effects: &effects)
    }
    note(effects)
    return true
  }

  mutating func make(_ inputs: [StoryInput], budget: Budget) -> Bool {
    for input in inputs { guard make(input, budget: budget) else { return false } }
    return true
  }

  /// Lets time pass; whatever is due by then happens at its time. `false`: the budget is used up.
  mutating func advance(to end: Instant, budget: Budget) -> Bool {
    while state.dueAt <= end {
      guard !budget.isUsedUp else { return false }
      wake(budget: budget)
    }
    if end > now { now = end }
    return true
  }

  /// Lets the next thing that is due happen.
  mutating func wake(budget: Budget) {
    budget.spend()
    now = max(now, state.dueAt)
    var effects = PersonEffects()
    world.engine.handleDue(&state, now: now, seed: 1, effects: &effects)
    note(effects)
  }

  private mutating func note(_ effects: PersonEffects) {
    func add(_ what: StageEvent.What) { events.append(StageEvent(at: now, what: what, inputCount: inputs.count)) }
    for change in effects.memberships {
      guard let key = world.engine.definitions.segmentKeys[change.slot] else { continue }
      add(.membership(segment: key, isMember: change.isMember))
    }
    // A message stands behind the step that sent it.
    var messages = effects.messages[...]
    for move in effects.moves {
      let journey = world.symbols.name(move.journey)
      while let message = messages.first, move.from != nil || move.to != nil, message.journey == journey,
        move.from.map({ world.places[journey]?[Int($0)] }) == message.step
      {
        add(.message(message))
        messages.removeFirst()
      }
      add(.move(journey: journey, move))
    }
    for message in messages { add(.message(message)) }
  }
}
