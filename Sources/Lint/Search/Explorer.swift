import Delivery
import Journeys
import Profiles
import RoostCore
import Segments

/// Looks for a story in which somebody goes a given route, by trying calls on the production engine.
struct Explorer {
  let library: Library
  let world: World
  let outline: Outline
  let budget: Budget
  /// Steps of other journeys that must not be reached before this one is entered, as `journey/step`.
  var avoiding: Set<String> = []
  /// Traits that only journeys set: nobody else is taken to know them.
  var ownedTraits: Set<String> = []
  /// What is known besides of everybody who comes along.
  var facts: [Literal] = []
  /// Awaited events come as late as they may, not as soon.
  var answersLate = false
  /// How many journeys had to be told before this one may be.
  var depth = 0

  var journey: JourneyDefinition { outline.journey }
  var situation: Situation {
    Situation(journey: journey, library: library, now: library.start, facts: facts)
  }

  enum Answer {
    case told(Telling)
    /// The first stop of the route that is not left as wished; whether by a lot that another person may draw.
    case failed(at: Int, isLot: Bool = false)
    case gaveUp
  }

  /// People tried before a lot (holdout, split) counts as one that nobody draws.
  private static let peopleMax = 60

  /// Tells the route; if it cannot be gone to its end, as far as `step` is enough.
  func tell(_ route: Route, until step: String? = nil) -> Answer {
    var failure = 0
    for number in 1...Self.peopleMax {
      let answer = tell(route, until: step, by: StoryPerson(number: number))
      guard case .failed(let stop, let isLot) = answer else { return answer }
      failure = max(failure, stop)
      guard isLot else { break }
    }
    return .failed(at: failure)
  }

  private func tell(_ route: Route, until step: String?, by person: StoryPerson) -> Answer {
    var failure = 0
    for isEarly in [false, true] {
      for alternative in entryAlternatives(route, isEarly: isEarly) {
        guard !budget.isUsedUp else { return .gaveUp }
        guard let telling = enter(alternative, route, by: person) else { continue }
        if telling.isHeldOut { return .failed(at: 0, isLot: true) }
        let answer = go(telling, until: step)
        guard case .failed(let stop, false) = answer else { return answer }
        failure = max(failure, stop)
      }
    }
    return .failed(at: failure)
  }

  // MARK: On the way

  private enum Standing {
    /// So many stops are reached, and the run waits at the last.
    case on(Int)
    /// The stop at which it went another way.
    case off(Int)
    case done
  }

  private func standing(_ telling: Telling) -> Standing {
    let visited = telling.visited
    let stops = telling.route.stops
    for (index, step) in visited.enumerated() where index < stops.count && stops[index].step.id != step {
      return .off(stops[..<index].lastIndex { $0.arm != nil } ?? index)
    }
    if visited.count >= stops.count { return .done }
    if telling.end != nil {
      return .off(stops[..<visited.count].lastIndex { $0.arm != nil } ?? max(0, visited.count - 1))
    }
    return .on(visited.count)
  }

  private func isLot(_ route: Route, _ stop: Int) -> Bool {
    if stop < route.stops.count, case .split = route.stops[stop].step.action { true } else { false }
  }

  private func run(of telling: Telling) -> JourneyRun? {
    guard let symbol = world.symbols.find(telling.journey) else { return nil }
    return telling.stage.state.runs.first {
      $0.journey == symbol && $0.phase == .running && $0.entries == telling.entry
    }
  }

  func go(_ start: Telling, until step: String?) -> Answer {
    var telling = start
    // Each round reaches another stop, or a later time at which a held message is asked about again.
    for _ in 0..<(2 * telling.route.stops.count + 64) {
      guard !budget.isUsedUp else { return .gaveUp }
      switch standing(telling) {
      case .done: return .told(telling)
      case .off(let stop):
        if let step, telling.hasPassed(step) { return .told(telling) }
        return .failed(at: stop, isLot: isLot(telling.route, stop))
      case .on(let count):
        var furthest = max(0, count - 1)
        guard let next = proceed(telling, reached: count, furthest: &furthest) else {
          if let step, telling.hasPassed(step) { return .told(telling) }
          return .failed(at: furthest, isLot: isLot(telling.route, furthest))
        }
        telling = next
      }
    }
    return .gaveUp
  }

  /// From one wait to the next: first by waiting only, then with calls that should make the wished arms come true.
  ///
  /// - Parameter furthest: the last stop that something went wrong at.
  private func proceed(_ telling: Telling, reached count: Int, furthest: inout Int) -> Telling? {
    guard let run = run(of: telling), count > 0 else { return nil }
    let stop = telling.route.stops[count - 1]
    var moment = run.dueAt
    var awaited: StoryInput?
    if case .waitFor(let wait, _, _) = stop.step.action, stop.arm == 0 {
      moment = answer(telling.stage.now, moment)
      guard let call = call(awaitedBy: wait, telling, at: moment) else { return nil }
      awaited = call
    }
    guard moment < library.horizon else { return nil }
    for calls in plans(telling, from: count, at: moment) {
      var next = telling
      guard next.stage.make(calls, budget: budget) else { continue }
      if let awaited, !next.stage.make(awaited, budget: budget) { continue }
      guard next.stage.advance(to: moment, budget: budget) else { return nil }
      if isFurther(next, than: count, run.dueAt) { return next }
      if case .off(let stop) = standing(next) { furthest = max(furthest, stop) }
    }
    return nil
  }

  /// When an awaited event comes.
  private func answer(_ now: Instant, _ end: Instant) -> Instant {
    guard end < .distantFuture else { return now + (answersLate ? .days(400) : .minutes(1)) }
    let gap = max(2, (end - now).milliseconds)
    let margin = min(60_000, gap / 2)
    return now + TimeSpan(milliseconds: answersLate ? gap - margin : margin)
  }

  private func isFurther(_ telling: Telling, than count: Int, _ dueAt: Instant) -> Bool {
    switch standing(telling) {
    case .done: return true
    case .off: return false
    case .on(let reached):
      if reached > count { return true }
      return run(of: telling).map { $0.dueAt > dueAt } ?? false
    }
  }

  private func plans(_ telling: Telling, from count: Int, at moment: Instant) -> [[StoryInput]] {
    let wishes = wishes(telling.route, from: count)
    guard !wishes.isEmpty else { return [[]] }
    let stage = telling.stage
    let planner = Planner(
      moment: moment, earliest: stage.now, inputs: stage.inputs, trait: { stage.trait($0) }, ownedTraits: ownedTraits)
    let alternatives = situation.alternatives.of(wishes) ?? []
    return [[]] + alternatives.prefix(8).compactMap { planner.calls(for: $0) }.filter { !$0.isEmpty }
  }

  /// What the branches from a stop on to the next wait need.
  private func wishes(_ route: Route, from count: Int) -> [Wish] {
    var wishes: [Wish] = []
    for stop in route.stops[count...] {
      wishes += Situation.wishes(for: stop)
      if stop.step.action.isWait { break }
    }
    return wishes
  }

  private func call(
    awaitedBy wait: JourneyDefinition.EventWait, _ telling: Telling, at moment: Instant
  ) -> StoryInput? {
    var claims: [String: [ValueClaim]] = [:]
    for match in wait.matches {
      guard let value = telling.stage.triggerProperty(match.trigger, telling.journey), let literal = value.literal
      else { return nil }
      claims[match.property, default: []].append(.init(test: .oneOf([literal]), holds: true))
    }
    if let step = wait.of {
      guard let message = telling.messages.last(where: { $0.step == step }) else { return nil }
      claims["message_id", default: []].append(.init(test: .oneOf([.text(message.id.text)]), holds: true))
    }
    return wait.pattern.witness(claims, at: moment).map { .track(wait.pattern.event, $0, at: moment) }
  }
}

extension Stage {
  func trait(_ name: String) -> Value? { world.symbols.find(name).flatMap { state.trait($0) } }

  /// A property of the event that started the journey last.
  func triggerProperty(_ name: String, _ journey: String) -> Value? {
    for event in events.reversed() {
      guard case .move(journey, let move) = event.what, move.from == nil, move.to == nil, event.inputCount > 0,
        case .track(_, let properties) = inputs[event.inputCount - 1].call
      else { continue }
      return properties.first { $0.name == name }?.value
    }
    return nil
  }
}

extension Value {
  var literal: ValueTest.Literal? {
    switch self {
    case .null: nil
    case .bool(let flag): .bool(flag)
    case .number(let number): .number(number)
    case .string(let text), .json(let text): .text(text)
    }
  }
}
