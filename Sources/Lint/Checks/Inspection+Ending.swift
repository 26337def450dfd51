import Journeys
import RoostCore
import Segments

/// Exits, goals, and waits that nothing ends.
extension Inspection {
  func inspectEndings() {
    inspectExits()
    inspectGoal()
    for id in outline.order where reached.contains(id) {
      guard let step = outline.steps[id] else { continue }
      switch step.action {
      case .waitFor(let wait, _, _): inspectEndless(step, wait)
      case .waitDate(let date): inspectStuck(step, date)
      default: continue
      }
    }
  }

  /// Whether time passes between entering and leaving. Caps and quiet hours may hold any message.
  private var takesTime: Bool {
    outline.steps.values.contains { $0.action.isWait } || library.document(.policies, "policies") != nil
  }

  // MARK: Exits

  private func inspectExits() {
    guard !journey.exits.isEmpty else { return }
    guard takesTime else {
      return report(
        .exitDead, "/exit",
        "the journey is over in the moment in which it begins, so that no rule can take anybody out. Put a wait between "
          + "its steps, or leave the rules out.",
        story: tellings.first.map { story($0) })
    }
    for (index, rule) in journey.exits.enumerated() {
      guard let why = whyDead(rule, index) else { continue }
      report(
        .exitDead, "/exit/\(index)", "this rule never takes anybody out: \(why)",
        story: tellings.first.map { story($0) })
    }
  }

  private func whyDead(_ rule: JourneyDefinition.ExitRule, _ index: Int) -> String? {
    switch rule {
    case .event(let pattern):
      if pattern.isImpossible(at: library.start) { return "no event can pass its test" }
      for (earlier, other) in journey.exits[..<index].enumerated() {
        if case .event(let other) = other, pattern.implies(other, at: library.start) {
          return "rule \(earlier + 1) has acted on every such event before"
        }
      }
      return nil
    case .segment(let key):
      let inside = Wish(.condition(.segment(key: key)), true)
      if Contradiction.isIn(situation.alternatives.of([inside]), at: library.start) {
        return "nobody can be in the segment \"\(key)\""
      }
      let isEarlier = journey.exits[..<index].contains { $0 == .segment(key) }
      return isEarlier ? "the same rule stands before it" : nil
    }
  }

  // MARK: Goals

  private func inspectGoal() {
    guard let goal = journey.goal else { return }
    if goal.pattern.isImpossible(at: library.start) {
      return report(
        .goalDead, "/goal", "nobody can reach this goal: no event can pass its test",
        story: tellings.first.map { story($0) })
    }
    guard takesTime else {
      return report(
        .goalDead, "/goal",
        "the journey is over in the moment in which it begins, so that nobody is inside when the goal is reached. Put a "
          + "wait behind its last message.",
        story: tellings.first.map { story($0) })
    }
    inspectSatisfied(goal)
  }

  /// What starts the journey is what it is for. With a window its author says that another one is meant.
  private func inspectSatisfied(_ goal: JourneyDefinition.Goal) {
    guard goal.window == nil, let entry = journey.entryPattern ?? recentEvent,
      entry.implies(goal.pattern, at: library.start),
      let telling = tellings.first(where: { $0.end?.isGoal != true && $0.hasSeen(goal.pattern) })
    else { return }
    report(
      .goalSatisfied, "/goal",
      "whoever enters has just done what is the goal, \"\(goal.pattern.event)\": only another one counts. Name what the "
        + "journey is to bring about, or say by when another one is meant, such as within: 30d.",
      story: story(telling))
  }

  /// An event that everybody in the entry's segment did a short while ago.
  private var recentEvent: EventPattern? {
    guard let all = situation.alternatives.of(situation.entryWishes), let first = all.first else { return nil }
    return first.lazy.compactMap(\.recentEvent).first { pattern in
      all.allSatisfy { $0.contains { $0.recentEvent == pattern } }
    }
  }

  // MARK: Waits

  private func inspectEndless(_ step: JourneyDefinition.Step, _ wait: JourneyDefinition.EventWait) {
    guard wait.window == nil, situation.isNeverAwaited(wait), let telling = waiting(at: step) else { return }
    report(
      .waitEndless, step.pointer + "/waitFor",
      "this wait never ends: what it waits for cannot come, or takes people out of the journey when it comes. Give it "
        + "a time with within.",
      story: story(telling, steps: telling.visited))
  }
}

extension Inspection {
  /// Somebody who comes to a wait, and still stands there a year later; `nil` if it lets everybody go.
  private func waiting(at step: JourneyDefinition.Step) -> Telling? {
    budget.renew()
    var finder = RouteFinder(outline, through: step.id)
    for _ in 0..<8 {
      guard let whole = finder.next(), let place = whole.stops.firstIndex(where: { $0.step.id == step.id }) else {
        return nil
      }
      var route = whole
      route.stops.removeSubrange((place + 1)...)
      route.stops[place].arm = nil
      route.stops[place].isLeft = false
      if case .told(var telling) = explorer.tell(route) {
        let year = telling.stage.now + .days(366)
        guard telling.stage.advance(to: year, budget: budget) else { return nil }
        if telling.end == nil, telling.visited.last == step.id { return telling }
      }
      finder.turnAway(at: place, of: whole)
    }
    return nil
  }

  private func inspectStuck(_ step: JourneyDefinition.Step, _ date: JourneyDefinition.PersonalDate) {
    guard let telling = waiting(at: step), telling.stage.trait(date.trait) == nil else { return }
    report(
      .waitStuck, step.pointer + "/wait/days",
      "whoever has no \"\(date.trait)\" waits here for ever: nobody on this way needs to have told it. Let in only those "
        + "who have, with {trait: \(date.trait), exists: true}, or branch on it.",
      story: story(telling, steps: telling.visited))
  }
}

extension Literal {
  /// An event that happened within some window.
  fileprivate var recentEvent: EventPattern? {
    if case .event(let event) = condition, holds, event.window != nil, event.count.least > 0 {
      event.pattern
    } else {
      nil
    }
  }
}

extension Telling {
  /// Whether the person did such a thing before or in the moment of entering.
  fileprivate func hasSeen(_ pattern: EventPattern) -> Bool {
    stage.inputs.contains { input in
      guard case .track(let event, let properties) = input.call, input.at <= enteredAt else { return false }
      return pattern.matches(event, properties, at: input.at)
    }
  }
}
