import Journeys
import RoostCore
import Segments

/// What is known of everybody who goes a route, and what must hold for it to be gone: from it follows that some routes
/// cannot be gone at all.
struct Situation {
  let journey: JourneyDefinition
  let library: Library
  let now: Instant
  /// What is known besides of everybody who comes along.
  var facts: [Literal] = []

  var alternatives: Alternatives { Alternatives(segments: library.segments) }

  /// What the person must be for an arm of a branch to be taken.
  static func wishes(for stop: Route.Stop) -> [Wish] {
    if case .waitDate(let date) = stop.step.action, stop.isLeft {
      // Any date will do.
      let isDate = TraitCondition(trait: date.trait, tests: [.before(Instant(milliseconds: 4_102_444_800_000))])
      return [Wish(.condition(.trait(isDate)), true)]
    }
    guard case .branch(let cases) = stop.step.action, let arm = stop.arm else { return [] }
    var wishes = cases[..<arm].compactMap { $0.condition.map { Wish($0, false) } }
    if arm < cases.count, let condition = cases[arm].condition { wishes.append(Wish(condition, true)) }
    return wishes
  }

  /// The condition under which a segment starts the journey.
  var entryWishes: [Wish] {
    switch journey.entry {
    case .segment(let key), .schedule(_, let key?): [Wish(.condition(.segment(key: key)), true)]
    case .event, .schedule, .api: []
    }
  }

  /// Whether nobody can ever enter.
  var isEntryImpossible: Bool {
    if case .event(let pattern) = journey.entry, pattern.isImpossible(at: now) { return true }
    let wishes = entryWishes + exitSegmentWishes
    return !wishes.isEmpty && Contradiction.isIn(alternatives.of(wishes), at: now)
  }

  /// Nobody who is inside is in a segment of an exit rule.
  fileprivate var exitSegmentWishes: [Wish] {
    journey.exits.compactMap { rule in
      guard case .segment(let key) = rule else { return nil }
      return Wish(.condition(.segment(key: key)), false)
    }
  }

  /// Events that take people out.
  var endingPatterns: [EventPattern] {
    let exits = journey.exits.compactMap { rule -> EventPattern? in
      if case .event(let pattern) = rule { pattern } else { nil }
    }
    guard let goal = journey.goal, goal.window == nil else { return exits }
    return exits + [goal.pattern]
  }

  /// The first stop of a route that is proved never to be left this way; `nil` if none is.
  func firstImpossibleStop(of route: Route, until end: Int) -> Int? {
    var moment = Moment(situation: self)
    if moment.isImpossible { return 0 }
    for (index, stop) in route.stops.prefix(end).enumerated() {
      switch stop.step.action {
      case .wait(let span): moment.pass(atLeast: span)
      case .waitDate:
        moment.wish(Self.wishes(for: stop))
        if moment.isImpossible { return index }
        moment.pass(atLeast: TimeSpan(milliseconds: 0))
      case .waitUntil, .waitBestHour: moment.pass(atLeast: TimeSpan(milliseconds: 0))
      case .waitFor(let awaited, _, _):
        if stop.arm == 0 {
          if isNeverAwaited(awaited) { return index }
          moment.pass(atLeast: TimeSpan(milliseconds: 0))
        } else {
          guard let window = awaited.window else { return index }
          moment.pass(atLeast: window)
          if awaited.of == nil, awaited.matches.isEmpty { moment.note(silence: awaited.pattern, window) }
        }
      case .set(let trait, let value): moment.note(trait, is: value)
      case .branch:
        moment.wish(Self.wishes(for: stop))
        if moment.isImpossible { return index }
      case .send, .webhook, .split, .exit: break
      }
    }
    return nil
  }

  /// Whether what is waited for cannot come, or would end the run before it is seen.
  func isNeverAwaited(_ awaited: JourneyDefinition.EventWait) -> Bool {
    awaited.pattern.isImpossible(at: now)
      || endingPatterns.contains { awaited.pattern.implies($0, at: now) }
  }

  /// What holds of everybody inside, whenever.
  fileprivate var lastingFacts: [Literal] {
    var facts = facts + [Literal(condition: .journey(key: journey.key, state: .running), holds: true)]
    if case .event(let pattern) = journey.entry, !pattern.filters.isEmpty {
      facts.append(Literal(condition: .trigger(pattern.filters), holds: true))
    }
    return facts
  }

  /// Alternatives that could be: without an entering event nothing holds of it.
  fileprivate func possible(_ all: [[Literal]]?) -> [[Literal]]? {
    guard !journey.entry.hasTrigger else { return all }
    return all?.filter { literals in
      !literals.contains { literal in
        if case .trigger = literal.condition { literal.holds } else { false }
      }
    }
  }
}

/// One moment in which a run acts, and what is known of it.
private struct Moment {
  let situation: Situation
  /// What was wished, written out; `nil`: too much to say anything.
  private var all: [[Literal]]?
  private var facts: [Literal]
  private var fixed: [String: Literal] = [:]
  /// Since the person entered, at least.
  private var elapsed = TimeSpan(milliseconds: 0)

  init(situation: Situation) {
    self.situation = situation
    all = [[]]
    facts = situation.lastingFacts
    wish(situation.entryWishes + situation.exitSegmentWishes)
  }

  mutating func wish(_ wishes: [Wish]) {
    guard !wishes.isEmpty, let present = all else { return }
    guard let more = situation.possible(situation.alternatives.of(wishes)),
      present.count * more.count <= Alternatives.most
    else {
      all = nil
      return
    }
    all = present.flatMap { left in more.map { left + $0 } }
  }

  /// Time passes; all that may change meanwhile is forgotten.
  mutating func pass(atLeast span: TimeSpan) {
    let (sum, overflow) = elapsed.milliseconds.addingReportingOverflow(span.milliseconds)
    elapsed = TimeSpan(milliseconds: overflow ? .max : sum)
    // What was said of the entering event stays true.
    all = all.map { all in
      all.reduce(into: []) { kept, literals in
        let lasting = literals.filter(\.isDecidedAtEntry)
        if !kept.contains(lasting) { kept.append(lasting) }
      }
    }
    facts = situation.lastingFacts
    fixed = [:]
    wish(situation.exitSegmentWishes)
    guard elapsed.milliseconds > 0 else { return }
    for pattern in situation.endingPatterns { note(silence: pattern, elapsed) }
  }

  /// No such event came in so long a time.
  mutating func note(silence pattern: EventPattern, _ window: TimeSpan) {
    let none = EventCondition(pattern: pattern, count: CountRange(least: 0, most: 0), window: window)
    facts.append(Literal(condition: .event(none), holds: true))
  }

  /// A step set a trait: what was said of it before is about the old value.
  mutating func note(_ trait: String, is value: Value) {
    all = all?.map { $0.filter { !$0.isAbout(trait) } }
    let test: ValueTest =
      switch value {
      case .null: .exists(false)
      case .bool(let flag): .oneOf([.bool(flag)])
      case .number(let number): .oneOf([.number(number)])
      case .string(let text), .json(let text): .oneOf([.text(text)])
      }
    fixed[trait] = Literal(condition: .trait(.init(trait: trait, tests: [test])), holds: true)
  }

  var isImpossible: Bool {
    let known = facts + Array(fixed.values)
    return Contradiction.isIn(all.map { $0.map { $0 + known } }, at: situation.now)
  }
}

extension Literal {
  fileprivate func isAbout(_ trait: String) -> Bool {
    if case .trait(let condition) = self.condition { condition.trait == trait } else { false }
  }
}
