import Journeys
import Profiles
import RoostCore
import Segments

/// How somebody gets into the journey, in a way that lets them go on as wished.
extension Explorer {
  /// Alternatives tried for entering.
  private static let alternativesMax = 12

  /// What must hold in the moment of entering: the entry's own condition, the branches before the first wait, and
  /// whatever any branch of the route says of the entering event.
  ///
  /// - Parameter isEarly: what later branches want to have happened is to have happened before already.
  func entryAlternatives(_ route: Route, isEarly: Bool) -> [[Literal]] {
    var wishes = situation.entryWishes
    var later: [[Literal]] = [[]]
    var isFirst = true
    for stop in route.stops {
      let own = Situation.wishes(for: stop)
      let isBeforeWaits = isFirst
      if stop.step.action.isWait { isFirst = false }
      guard !own.isEmpty else { continue }
      if isBeforeWaits {
        wishes += own
      } else {
        let some = (situation.alternatives.of(own) ?? []).map {
          $0.filter { $0.isDecidedAtEntry || (isEarly && $0.isPast) }
        }
        guard !some.isEmpty, later.count * some.count <= Alternatives.most else { continue }
        later = later.flatMap { left in some.map { left + $0 } }
      }
    }
    if isEarly, !later.contains(where: { $0.contains(where: \.isPast) }) { return [] }
    let first = situation.alternatives.of(wishes) ?? []
    var all = first.flatMap { left in later.map { left + $0 } }
    all.removeAll { Contradiction.isIn($0.filter { !$0.isPast || !isEarly }, at: library.start) }
    return Array(all.prefix(Self.alternativesMax))
  }

  /// Lets somebody enter; `nil` if these literals do not lead there.
  func enter(_ literals: [Literal], _ route: Route, by person: StoryPerson) -> Telling? {
    guard var stage = prelude(literals, by: person) else { return nil }
    let told = stage.entries(into: journey.key).count
    if told == 0 {
      let moment = moment(for: literals, after: stage)
      guard let calls = calls(literals, route, stage, at: moment) else { return nil }
      guard stage.make(begin(stage, calls, at: moment), budget: budget),
        stage.advance(to: moment, budget: budget)
      else { return nil }
      if case .schedule = journey.entry, !awaitSchedule(&stage) { return nil }
    }
    guard let entry = stage.entries(into: journey.key).last, !isSpoilt(stage, before: entry.at) else { return nil }
    return Telling(stage: stage, journey: journey.key, entry: entry.number, route: route)
  }

  /// Steps of other journeys that were to be avoided and were not.
  private func isSpoilt(_ stage: Stage, before moment: Instant) -> Bool {
    guard !avoiding.isEmpty else { return false }
    return stage.messages.contains { avoiding.contains("\($0.journey)/\($0.step)") }
  }

  /// Late enough for everything that must lie a certain time back.
  private func moment(for literals: [Literal], after stage: Stage) -> Instant {
    let windows = literals.map(\.longestWindow).max() ?? 0
    let latest = literals.compactMap(\.latestDate).max() ?? .distantPast
    let usual = max(library.start, stage.now) + TimeSpan(milliseconds: windows) + .hours(2)
    return max(usual, latest + .hours(2))
  }

  private func calls(
    _ literals: [Literal], _ route: Route, _ stage: Stage, at moment: Instant
  ) -> [StoryInput]? {
    var planner = Planner(
      moment: moment, earliest: stage.inputs.isEmpty ? .distantPast : stage.now, inputs: stage.inputs,
      trait: { stage.trait($0) }, ownedTraits: ownedTraits)
    guard let pattern = journey.entryPattern else { return planner.calls(for: literals) }
    var traits: [String: [ValueClaim]] = [:]
    var claims: [String: [ValueClaim]] = [:]
    for literal in literals { literal.collect(traits: &traits, trigger: &claims) }
    for property in properties(neededOn: route) {
      claims[property, default: []] += [
        .init(test: .exists(true), holds: true), .init(test: .noneOf([.bool(true), .bool(false)]), holds: true),
      ]
    }
    guard let properties = pattern.witness(claims, at: moment) else { return nil }
    planner.trigger = (pattern.event, properties)
    return planner.calls(for: literals).map { $0 + [.track(pattern.event, properties, at: moment)] }
  }

  /// Properties of the entering event that steps compare with, or that tell one run from another.
  private func properties(neededOn route: Route) -> [String] {
    var all = journey.per.map { [$0] } ?? []
    for stop in route.stops {
      if case .waitFor(let wait, _, _) = stop.step.action { all += wait.matches.map(\.trigger) }
    }
    return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The person's first call, with the traits that the story needs from its beginning on.
  private func begin(_ stage: Stage, _ calls: [StoryInput], at moment: Instant) -> [StoryInput] {
    guard stage.inputs.isEmpty else { return calls }
    var calls = calls
    let person = stage.person
    var traits = [StoryInput.Field("email", .string(person.email))]
    if library.hasPhoneChannels { traits.append(.init("phone", .string(StoryPerson.phone))) }
    var consents = [StoryInput.Answer(purpose: "marketing", isGranted: true)]
    let first = (calls.first?.at ?? moment) - .hours(1)
    if let call = calls.first, case .identify(let more, let answers) = call.call {
      traits = traits.filter { own in !more.contains { $0.name == own.name } } + more
      consents = consents.filter { own in !answers.contains { $0.purpose == own.purpose } } + answers
      calls.removeFirst()
    }
    return [.identify(traits, consents: consents, at: first)] + calls
  }

  /// Lets time pass until the schedule comes round.
  private func awaitSchedule(_ stage: inout Stage) -> Bool {
    let end = stage.now + .days(4 * 366)
    while stage.entries(into: journey.key).isEmpty {
      guard stage.state.dueAt <= end, !budget.isUsedUp else { return false }
      stage.wake(budget: budget)
    }
    return true
  }

  /// What other journeys must have come to, or have set, before: their stories are told first.
  private func prelude(_ literals: [Literal], by person: StoryPerson) -> Stage? {
    var stage = Stage(world, person: person, at: library.start)
    for literal in literals {
      guard let (other, aim) = aim(of: literal) else { continue }
      if stage.inputs.isEmpty {
        guard depth < 2 else { return nil }
        var explorer = Explorer(library: library, world: world, outline: Outline(other), budget: budget)
        explorer.depth = depth + 1
        explorer.avoiding = avoiding
        explorer.ownedTraits = ownedTraits
        guard let told = explorer.tell(comingTo: aim, by: person) else { return nil }
        stage = told
      }
    }
    return stage
  }

  /// What another journey must do for a literal to hold; `nil` if none has to.
  private func aim(of literal: Literal) -> (JourneyDefinition, Aim)? {
    switch literal.condition {
    case .journey(let key, let state):
      guard key != journey.key, let other = world.journeys[key] else { return nil }
      if literal.holds { return state == .never ? nil : (other, .state(state)) }
      return state == .never ? (other, .state(.entered)) : nil
    case .trait(let trait):
      guard ownedTraits.contains(trait.trait), literal.holds else { return nil }
      for (key, other) in world.journeys.sorted(by: { $0.key < $1.key }) where key != journey.key {
        for (id, step) in Outline(other).steps.sorted(by: { $0.key < $1.key }) {
          if case .set(trait.trait, let value) = step.action,
            trait.tests.allSatisfy({ $0.passes(value, at: library.start) })
          {
            return (other, .step(id))
          }
        }
      }
      return nil
    default: return nil
    }
  }

  private enum Aim: Equatable {
    case state(JourneyState)
    case step(String)
  }

  /// The person's story in this journey up to what another one needs of it.
  private func tell(comingTo aim: Aim, by person: StoryPerson) -> Stage? {
    // Who only has to come in need not pass anything.
    let isInside = aim == .state(.entered) || aim == .state(.running)
    let own = Set(
      isInside
        ? [] : avoiding.filter { $0.hasPrefix(journey.key + "/") }.map { String($0.dropFirst(journey.key.count + 1)) })
    var through: String?
    if case .step(let id) = aim { through = id }
    var finder = RouteFinder(outline, through: through, avoiding: own)
    for _ in 0..<24 {
      guard let whole = finder.next() else { return nil }
      var route = whole
      if let through, let place = route.stops.firstIndex(where: { $0.step.id == through }) {
        route.stops.removeSubrange((place + 1)...)
      }
      for alternative in entryAlternatives(route, isEarly: false) {
        guard let telling = enter(alternative, route, by: person) else { continue }
        if let stage = goOn(telling, to: aim) { return stage }
      }
      finder.turnAway(at: route.stops.count - 1, of: whole)
    }
    return nil
  }

  private func goOn(_ telling: Telling, to aim: Aim) -> Stage? {
    switch aim {
    case .state(.entered), .state(.running): return telling.stage
    case .state(let state):
      guard let stage = finish(telling) else { return nil }
      let phase = stage.lastPhase(of: journey.key)
      return (state == .finished ? phase == .finished : phase == .exited) ? stage : nil
    case .step(let id):
      guard case .told(let told) = go(telling, until: id), told.hasPassed(id) else { return nil }
      return told.stage
    }
  }

  /// Goes the route, and on to the end of the journey.
  private func finish(_ telling: Telling) -> Stage? {
    guard case .told(let told) = go(telling, until: nil) else { return nil }
    var end = told
    for _ in 0..<64 where end.end == nil {
      guard end.stage.state.dueAt < library.horizon, !budget.isUsedUp else { return nil }
      end.stage.wake(budget: budget)
    }
    return end.end == nil ? nil : end.stage
  }
}

extension JourneyDefinition {
  /// The event that starts it; `nil` where something else does.
  var entryPattern: EventPattern? {
    switch entry {
    case .event(let pattern): pattern
    case .api:
      EventPattern(
        event: "Journey Requested", filters: [.init(property: "journey", tests: [.oneOf([.text(key)])])])
    case .segment, .schedule: nil
    }
  }
}

extension Literal {
  /// About the entering event, which is the same from beginning to end.
  var isDecidedAtEntry: Bool {
    if case .trigger = condition { true } else { false }
  }

  /// Something that happened, and may have happened long before.
  var isPast: Bool {
    switch condition {
    case .event(let event): holds && event.count.least > 0
    case .sequence, .orders, .sum, .occurrence: holds
    case .trait, .journey, .segment, .consent, .trigger: false
    }
  }

  /// Milliseconds.
  fileprivate var longestWindow: Int64 {
    switch condition {
    case .event(let event): event.window?.milliseconds ?? 0
    case .occurrence(let occurrence): occurrence.window?.milliseconds ?? 0
    case .sum(let sum): sum.window?.milliseconds ?? 0
    case .sequence(let sequence): sequence.window?.milliseconds ?? 0
    case .trait, .journey, .segment, .consent, .orders, .trigger: 0
    }
  }

  fileprivate var latestDate: Instant? {
    if case .occurrence(let occurrence) = condition, holds { occurrence.after } else { nil }
  }
}

extension Stage {
  fileprivate func lastPhase(of journey: String) -> JourneyRun.Phase? {
    for event in events.reversed() { if case .move(journey, let move) = event.what { return move.phase } }
    return nil
  }
}
