import Journeys
import RoostCore

/// What becomes of people inside a journey when its next version is published, or when it is paused or archived.
struct InsideFate {
  private enum Fate {
    case leave
    case wait
    case stay
    /// `nil`: the new version does not say.
    case version(JourneyDefinition.Inside?, number: UInt32, steps: Set<String>)
  }
  private let fate: Fate

  /// - Parameter definition: the version that is published; `nil` where none is.
  init(_ change: DefinitionPlan.Change, _ definition: JourneyDefinition?) {
    if let definition {
      fate = .version(definition.inside, number: change.version, steps: Self.ids(of: definition.steps))
    } else {
      fate = ["archive": .leave, "pause": .wait][change.action ?? ""] ?? .stay
    }
  }

  /// What people at a step of an older version do.
  func words(_ step: String, version: UInt32) -> String {
    switch fate {
    case .leave, .version(.exit, _, _): return "leave"
    case .wait: return "wait until it is resumed"
    case .stay: return "go on"
    case .version(_, let number, _) where number == version: return "go on"
    case .version(.pin, _, _): return "finish version \(version)"
    case .version(nil, _, _): return "have nowhere to go"
    case .version(.migrate(let table), let number, let steps):
      switch table[step] {
      case .exit: return "leave"
      case .step(let id): return "go on at \(id) of version \(number)"
      case nil: return steps.contains(step) ? "go on at \(step) of version \(number)" : "have nowhere to go"
      }
    }
  }

  /// What somebody has to write before people of these steps know where to go.
  func decision(of groups: [DefinitionPlan.Group], at pointer: String) -> Problem.Finding? {
    guard case .version(let inside, let number, let steps) = fate else { return nil }
    let older = groups.filter { $0.version != number }
    guard !older.isEmpty else { return nil }
    guard let inside else {
      let people = older.reduce(0) { $0 + $1.people }
      return .init(
        pointer: pointer + "/inside",
        detail:
          "\(people) \(people == 1 ? "person is" : "people are") inside an earlier version; say what becomes of them: "
          + "inside: pin (they finish it), inside: exit, or inside: {migrate: {old-step: new-step}}")
    }
    guard case .migrate(let table) = inside else { return nil }
    var lost: [String] = []
    for group in older {
      guard let step = group.step, table[step] == nil, !steps.contains(step), !lost.contains(step) else { continue }
      lost.append(step)
    }
    guard !lost.isEmpty else { return nil }
    return .init(
      pointer: pointer + "/inside/migrate",
      detail:
        "people wait at \(lost.joined(separator: ", ")), which the new version has not; say where they go, such as "
        + "{\(lost[0]): another-step}, or {\(lost[0]): exit}")
  }

  private static func ids(of steps: [JourneyDefinition.Step]) -> Set<String> {
    var ids: Set<String> = []
    for step in steps {
      ids.insert(step.id)
      switch step.action {
      case .branch(let cases): for branchCase in cases { ids.formUnion(Self.ids(of: branchCase.steps)) }
      case .split(let ways): for way in ways { ids.formUnion(Self.ids(of: way.steps)) }
      case .waitFor(_, let then, let other): ids.formUnion(Self.ids(of: then + other))
      default: break
      }
    }
    return ids
  }
}
