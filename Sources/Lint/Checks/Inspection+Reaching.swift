import Journeys
import RoostCore

/// Who gets in, and where one can get to.
extension Inspection {
  /// `false`: nobody is known to get in, and there is nothing more to look at.
  func inspectEntry() -> Bool {
    guard !situation.isEntryImpossible else {
      report(
        .entryImpossible, "/enter",
        "nobody can ever enter: \(entryWords) asks for what excludes itself. Loosen it.")
      return false
    }
    guard let first = journey.steps.first else { return false }
    guard case .told(let telling) = search(through: first.id) else {
      report(
        .searchBounded, "/enter",
        "no story was found in which somebody enters, and none that shows that nobody can; nothing of this journey is "
          + "proved")
      return false
    }
    keep(telling)
    return true
  }

  private var entryWords: String {
    switch journey.entry {
    case .event(let pattern): "the test on \"\(pattern.event)\""
    case .segment(let key), .schedule(_, let key?): "the segment \"\(key)\""
    case .schedule: "the schedule"
    case .api: "the call"
    }
  }

  /// Reaches every step, or says of the first of a list that nobody does.
  func inspectSteps() {
    var unknown: [String] = []
    walk(journey.steps, parent: nil, unknown: &unknown)
    guard !unknown.isEmpty else { return }
    let names = unknown.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
    report(
      .searchBounded, pointer(unknown[0]),
      "no story was found that reaches \(names)\(unknown.count > 8 ? " and others" : ""), and no proof that nobody gets "
        + "there")
  }

  private func walk(_ list: [JourneyDefinition.Step], parent: JourneyDefinition.Step?, unknown: inout [String]) {
    var before = parent
    for step in list {
      if !reached.contains(step.id) {
        switch search(through: step.id) {
        case .told(let telling): keep(telling)
        case .impossible:
          reportUnreachable(step, after: before)
          return
        case .gaveUp:
          unknown.append(step.id)
          return
        }
      }
      for children in step.action.children { walk(children, parent: step, unknown: &unknown) }
      before = step
    }
  }

  private func reportUnreachable(_ step: JourneyDefinition.Step, after before: JourneyDefinition.Step?) {
    let telling = before.flatMap { before in tellings.last { $0.hasPassed(before.id) } } ?? tellings.last
    let place = before.map { " after \"\($0.id)\"" } ?? ""
    report(
      .stepUnreachable, step.pointer,
      "nobody reaches the step \"\(step.id)\"\(place): whatever happens, people go another way or have left before. "
        + "Mend the condition before it, or take the step out.",
      story: telling.map { story($0, steps: $0.visited) })
  }
}
