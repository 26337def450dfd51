import Delivery
import Journeys
import RoostCore

/// A story as far as it was told: a person in a world, and one entry of theirs into the journey that is looked at.
struct Telling {
  var stage: Stage
  let journey: String
  let entry: UInt32
  var route: Route

  /// The steps that this entry has reached, in order.
  var visited: [String] { stage.visited(journey, entry: entry) }

  var enteredAt: Instant {
    stage.events.first { event in
      if case .move(journey, let move) = event.what {
        move.entry == entry && move.to == nil && move.from == nil
      } else {
        false
      }
    }?
    .at ?? stage.now
  }

  /// How the entry ended; `nil` while it goes on.
  var end: JourneyMove? {
    for event in stage.events {
      if case .move(journey, let move) = event.what, move.entry == entry, move.phase != .running { return move }
    }
    return nil
  }

  /// What the entry decided about messages, held ones not counted.
  var messages: [MessageRecord] {
    stage.messages.filter { $0.journey == journey && isOfEntry($0) }
  }

  /// Messages do not carry the number of the entry; the id does.
  private func isOfEntry(_ message: MessageRecord) -> Bool {
    message.id
      == IntentID(
        workspace: message.workspace, person: message.person, journey: message.journey, version: message.version,
        step: message.step, entry: entry)
  }

  /// Whether the lot fell on the person to be left alone.
  var isHeldOut: Bool { end?.phase == .heldOut }

  /// Whether a step has been reached, and its message, if it has one, decided.
  func hasPassed(_ step: String) -> Bool { visited.contains(step) }
}

extension Stage {
  func visited(_ journey: String, entry: UInt32) -> [String] {
    guard let places = world.places[journey] else { return [] }
    return events.compactMap { event in
      guard case .move(journey, let move) = event.what, move.entry == entry, let place = move.to,
        Int(place) < places.count
      else { return nil }
      return places[Int(place)]
    }
  }

  /// All messages decided, the last word on each.
  var messages: [MessageRecord] {
    var all: [MessageRecord] = []
    for event in events {
      guard case .message(let message) = event.what else { continue }
      if let known = all.firstIndex(where: { $0.id == message.id }) {
        all[known] = message
      } else {
        all.append(message)
      }
    }
    return all
  }

  /// The numbers of the entries into a journey, in order; those of people who are held out too.
  func entries(into journey: String) -> [(number: UInt32, at: Instant)] {
    events.compactMap { event in
      guard case .move(journey, let move) = event.what, move.from == nil, move.to == nil,
        move.phase == .running || move.phase == .heldOut
      else { return nil }
      return (move.entry, event.at)
    }
  }
}

extension MessageRecord {
  /// Whether it goes out, or would if the person had an address of this kind: what a journey is responsible for.
  var isMeantToGoOut: Bool { status != .held && (reason == nil || reason == .noAddress) }

  var isSwallowed: Bool { reason == .frequencyCap || reason == .quietHours }
}

/// Which of the things that happened belong into the story that is shown.
extension Story {
  /// - Parameters:
  ///   - journeys: of these it is told who enters and leaves and what is sent.
  ///   - steps: of these steps besides it is told when they are reached, as `journey/step`.
  init(_ stage: Stage, journeys: Set<String>, steps: Set<String> = [], inputs: Int? = nil) {
    person = stage.person
    self.journeys = journeys
    self.steps = steps
    toldUntil = stage.now
    self.inputs = Array(stage.inputs.prefix(inputs ?? .max))
    var outcomes: [Outcome] = []
    for event in stage.events {
      switch event.what {
      case .membership: continue
      case .move(let key, let move):
        guard journeys.contains(key) else { continue }
        if move.phase != .running {
          outcomes.append(.init(at: event.at, what: .leaves(journey: key, why: move.why)))
        } else if let place = move.to.map({ Int($0) }) {
          let step = stage.world.places[key]?[place] ?? ""
          if steps.contains("\(key)/\(step)") {
            outcomes.append(.init(at: event.at, what: .reaches(journey: key, step: step)))
          }
        } else {
          outcomes.append(.init(at: event.at, what: .enters(journey: key)))
        }
      case .message(let message):
        guard journeys.contains(message.journey) else { continue }
        outcomes.append(
          .init(
            at: event.at,
            what: .message(
              journey: message.journey, step: message.step, template: message.template,
              status: message.status.rawValue, reason: message.reason?.rawValue)))
      }
    }
    // A long tail says nothing more.
    self.outcomes = Array(outcomes.prefix(Self.outcomesMax))
  }

  private static let outcomesMax = 60

  /// Tells the story anew, in a world of its own, and says whether all happens as it says.
  public func isTrue(in input: LintInput) -> Bool {
    let library = Library(input)
    let budget = Budget(total: 100_000, part: 100_000)
    guard let world = try? World(library, journeys: journeys) else { return false }
    var stage = Stage(world, person: person, at: library.start)
    guard stage.make(inputs, budget: budget), stage.advance(to: toldUntil, budget: budget) else { return false }
    return Story(stage, journeys: journeys, steps: steps).outcomes == outcomes
  }
}

extension JourneyMove {
  fileprivate var why: String {
    switch phase {
    case .finished: "finished"
    default: reason?.text ?? "held out"
    }
  }
}

extension JourneyMove {
  /// Whether the journey came to what it is for.
  var isGoal: Bool { reason == .goal }
}
