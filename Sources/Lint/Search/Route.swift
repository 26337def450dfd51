import Journeys

/// A way through a journey: its steps in the order in which somebody who goes it reaches them.
struct Route {
  struct Stop {
    var step: JourneyDefinition.Step
    /// Which of `Action.arms` is taken; `nil` where there is nothing to take.
    var arm: Int?
    /// How many choices had been made when this stop was left.
    var choices: Int
    /// Whether the route goes on behind it.
    var isLeft = true
  }
  var stops: [Stop] = []

  func contains(_ id: String) -> Bool { stops.contains { $0.step.id == id } }
}

extension JourneyDefinition.Action {
  /// The ways on from a step that has several, in the order in which they are tried. A branch without `else` may also go
  /// straight on.
  var arms: [[JourneyDefinition.Step]] {
    if case .branch(let cases) = self, cases.last?.condition != nil { return children + [[]] }
    return children
  }

  /// Whether a person may stand here while time passes. A message may be held, so it is no wait.
  var isWait: Bool {
    switch self {
    case .wait, .waitUntil, .waitDate, .waitBestHour, .waitFor: true
    case .send, .webhook, .branch, .split, .set, .exit: false
    }
  }
}

/// Choices on the way through a journey, counted up like an odometer: each setting is one route.
struct Choices {
  private var made: [(pick: Int, count: Int)] = []
  private(set) var place = 0

  mutating func restart() { place = 0 }

  /// The pick among `count` ways, 0 where none was set before.
  mutating func pick(_ count: Int) -> Int {
    if place == made.count { made.append((0, count)) }
    place += 1
    return made[place - 1].pick
  }

  /// The next setting that differs within the first `count` choices; `false` if there is none.
  mutating func advance(within count: Int) -> Bool {
    made.removeSubrange(min(count, made.count)...)
    while let last = made.last {
      if last.pick + 1 < last.count {
        made[made.count - 1].pick += 1
        return true
      }
      made.removeLast()
    }
    return false
  }
}

/// The steps of a journey by id, and what lies above each.
struct Outline {
  let journey: JourneyDefinition
  private(set) var steps: [String: JourneyDefinition.Step] = [:]
  /// In the order of the document.
  private(set) var order: [String] = []
  /// Of each step: which arm leads to it at each step above it.
  private(set) var above: [String: [String: Int]] = [:]

  init(_ journey: JourneyDefinition) {
    self.journey = journey
    add(journey.steps, above: [:])
  }

  private mutating func add(_ list: [JourneyDefinition.Step], above: [String: Int]) {
    for step in list {
      steps[step.id] = step
      order.append(step.id)
      self.above[step.id] = above
      for (arm, children) in step.action.children.enumerated() {
        add(children, above: above.merging([step.id: arm]) { $1 })
      }
    }
  }

  /// Whether some step of an arm is one of these.
  func arm(_ arm: [JourneyDefinition.Step], containsAny ids: Set<String>) -> Bool {
    guard !ids.isEmpty else { return false }
    return arm.contains { step in
      ids.contains(step.id) || step.action.children.contains { self.arm($0, containsAny: ids) }
    }
  }
}

/// Finds routes through a step, one after another.
struct RouteFinder {
  let outline: Outline
  /// Routes must pass here.
  let through: String?
  /// Routes must not pass here before `through` is reached; not at all if there is none.
  let avoiding: Set<String>
  private var choices = Choices()
  private var isDone = false

  init(_ outline: Outline, through: String?, avoiding: Set<String> = []) {
    self.outline = outline
    self.through = through
    self.avoiding = avoiding
  }

  /// The next route; `nil` if there is none any more. Settings that lead nowhere are passed over, at most `tries` of them.
  mutating func next(tries: Int = 256) -> Route? {
    for _ in 0..<tries {
      guard !isDone else { return nil }
      var route = Route()
      choices.restart()
      var walk = Walk(isPast: through == nil)
      step(through: outline.journey.steps, &route, &walk)
      if walk.isPast, !walk.isSpoilt { return route }
      turn(within: choices.place)
    }
    return nil
  }

  /// What comes next must differ in a choice made at or before this stop of the route.
  mutating func turnAway(at stop: Int, of route: Route) {
    guard !route.stops.isEmpty else { return turn(within: 0) }
    turn(within: route.stops[min(stop, route.stops.count - 1)].choices)
  }

  private mutating func turn(within count: Int) {
    if !choices.advance(within: count) { isDone = true }
  }

  private struct Walk {
    var isPast: Bool
    var isSpoilt = false
    var isOver = false
  }

  private mutating func step(through list: [JourneyDefinition.Step], _ route: inout Route, _ walk: inout Walk) {
    for step in list {
      guard !walk.isOver, !walk.isSpoilt else { return }
      if step.id == through { walk.isPast = true }
      if through == nil || !walk.isPast, avoiding.contains(step.id) {
        walk.isSpoilt = true
        return
      }
      let arm = arm(of: step, walk)
      route.stops.append(.init(step: step, arm: arm, choices: choices.place))
      if case .exit = step.action {
        walk.isOver = true
        return
      }
      if let arm { self.step(through: step.action.arms[arm], &route, &walk) }
    }
  }

  /// Forced where the target lies below, else chosen; arms without what is to be avoided first.
  private mutating func arm(of step: JourneyDefinition.Step, _ walk: Walk) -> Int? {
    let arms = step.action.arms
    guard !arms.isEmpty else { return nil }
    if !walk.isPast, let through, let forced = outline.above[through]?[step.id] { return forced }
    let (clean, others) = arms.indices.reduce(into: ([Int](), [Int]())) { lists, index in
      if through == nil || !walk.isPast, outline.arm(arms[index], containsAny: avoiding) {
        lists.1.append(index)
      } else {
        lists.0.append(index)
      }
    }
    return (clean + others)[choices.pick(arms.count)]
  }
}
