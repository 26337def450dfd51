import Journeys
import RoostCore
import Segments

/// Steps that must have come before others.
extension Inspection {
  func inspectOrder() {
    for id in outline.order where reached.contains(id) {
      guard let step = outline.steps[id] else { continue }
      for (index, other) in step.after.enumerated() {
        let pointer = "\(step.pointer)/after/\(index)"
        if let place = StepPlace(other) {
          inspect(step, after: place, at: pointer)
        } else {
          inspect(step, after: other, at: pointer)
        }
      }
      if case .waitFor(let wait, _, _) = step.action, let other = wait.of { inspectWait(step, about: other) }
    }
  }

  private func inspect(_ step: JourneyDefinition.Step, after other: String, at pointer: String) {
    switch search(through: step.id, avoiding: [other], where: { self.acts(step, in: $0) }) {
    case .impossible: return
    case .gaveUp: reportOpen(pointer, "that \"\(step.id)\" comes after \"\(other)\"")
    case .told(let telling):
      report(
        .orderAfter, pointer,
        "\"\(step.id)\" happens without \"\(other)\", after which it must come: there is a way past it. Put "
          + "\"\(other)\" where every way to \"\(step.id)\" passes, or branch on it.",
        story: story(telling, steps: telling.visited))
    }
  }

  /// Whether the step does what it is for: a message that is suppressed reaches nobody.
  private func acts(_ step: JourneyDefinition.Step, in telling: Telling) -> Bool {
    guard case .send = step.action else { return true }
    return telling.messages.contains { $0.step == step.id && $0.isMeantToGoOut }
  }

  private func inspectWait(_ step: JourneyDefinition.Step, about other: String) {
    let pointer = step.pointer + "/waitFor/of"
    switch search(through: step.id, avoiding: [other]) {
    case .impossible: return
    case .gaveUp: reportOpen(pointer, "that \"\(other)\" is sent before \"\(step.id)\" waits for an answer to it")
    case .told(let telling):
      report(
        .waitForUnsent, pointer,
        "\"\(step.id)\" waits for an answer to \"\(other)\", which was not sent on this way: the answer cannot come. "
          + "Send it before, or wait inside the case that sends it.",
        story: story(telling, steps: telling.visited))
    }
  }

  func reportOpen(_ pointer: String, _ what: String) {
    report(.searchBounded, pointer, "the search gave up; it is not proved \(what)")
  }

  // MARK: Other journeys

  private func inspect(_ step: JourneyDefinition.Step, after place: StepPlace, at pointer: String) {
    guard let other = library.journeys[place.journey], Outline(other).steps[place.step] != nil else {
      return report(
        .referenceMissing, pointer, "there is no journey \"\(place.journey)\" with a step \"\(place.step)\"")
    }
    let both: World
    do throws(Problem) { both = try World(library, journeys: [journey.key, place.journey]) } catch { return }
    var explorer = Explorer(library: library, world: both, outline: outline, budget: budget)
    explorer.avoiding = [place.text]
    explorer.ownedTraits = other.traitsSet
    explorer.facts = facts(without: place, of: other)
    let result = search(through: step.id, by: explorer) { telling in
      self.acts(step, in: telling)
        && !telling.stage.messages.contains { $0.journey == place.journey && $0.step == place.step }
    }
    switch result {
    case .impossible: return
    case .gaveUp: reportOpen(pointer, "that \"\(step.id)\" comes after \(place.text)")
    case .told(let telling):
      report(
        .orderAfter, pointer,
        "\"\(step.id)\" reaches people before \(place.text), after which it must come: nothing makes this journey wait "
          + "for it. Enter on a segment with {journey: \(place.journey), state: finished}, or on what it sets after that "
          + "step.",
        story: Story(
          telling.stage, journeys: [journey.key, place.journey],
          steps: Set(telling.visited.map { "\(journey.key)/\($0)" })))
    }
  }

  /// Who did not pass a step through which every way to the other journey's end leads, did not finish that journey; who
  /// did not pass it before a trait is set that nobody else sets, has no such trait.
  private func facts(without place: StepPlace, of other: JourneyDefinition) -> [Literal] {
    let outline = Outline(other)
    var facts: [Literal] = []
    if !hasWay(outline, to: nil, past: place.step) {
      facts.append(Literal(condition: .journey(key: other.key, state: .finished), holds: false))
    }
    for id in outline.order {
      guard case .set(let trait, let value) = outline.steps[id]?.action, let literal = value.literal,
        !isSet(trait, besides: id, of: other), !hasWay(outline, to: id, past: place.step)
      else { continue }
      let test = TraitCondition(trait: trait, tests: [.oneOf([literal])])
      facts.append(Literal(condition: .trait(test), holds: false))
    }
    return facts
  }

  private func isSet(_ trait: String, besides id: String, of journey: JourneyDefinition) -> Bool {
    library.journeys.values.contains { other in
      var isFound = false
      other.forEachStep { step in
        if case .set(trait, _) = step.action, other.key != journey.key || step.id != id { isFound = true }
      }
      return isFound
    }
  }

  /// Whether one can get to a step, or to the end, without passing another.
  private func hasWay(_ outline: Outline, to step: String?, past other: String) -> Bool {
    var finder = RouteFinder(outline, through: step, avoiding: [other])
    while let route = finder.next() {
      // Who leaves by an exit step has not finished.
      if step != nil || route.stops.last.map({ $0.step.action != .exit }) ?? true { return true }
      finder.turnAway(at: route.stops.count - 1, of: route)
    }
    return false
  }
}

/// A step of another journey, written `JOURNEY/STEP` in an `after`.
struct StepPlace: Hashable {
  var journey: String
  var step: String

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    (journey, step) = (String(parts[0]), String(parts[1]))
  }

  var text: String { "\(journey)/\(step)" }
}

extension JourneyDefinition {
  /// The traits that its steps set.
  var traitsSet: Set<String> {
    var traits: Set<String> = []
    forEachStep { step in
      if case .set(let trait, _) = step.action { traits.insert(trait) }
    }
    return traits
  }
}
