import Journeys
import RoostCore

/// One draft under inspection, in a world with what its conditions name: the stories told so far and the findings.
final class Inspection {
  let library: Library
  let world: World
  let outline: Outline
  let budget: Budget
  private(set) var findings: [LintFinding] = []
  /// Stories that reached every step that anybody reaches.
  private(set) var tellings: [Telling] = []
  private(set) var reached: Set<String> = []

  var journey: JourneyDefinition { outline.journey }
  var situation: Situation { Situation(journey: journey, library: library, now: library.start) }
  var explorer: Explorer { Explorer(library: library, world: world, outline: outline, budget: budget) }

  init(_ journey: JourneyDefinition, library: Library, budget: Budget) throws(Problem) {
    self.library = library
    self.budget = budget
    outline = Outline(journey)
    world = try World(library, journeys: [journey.key])
  }

  func report(_ code: LintCode, _ pointer: String, _ message: String, story: Story? = nil) {
    findings.append(LintFinding(code: code, journey: journey.key, pointer: pointer, message: message, story: story))
  }

  func keep(_ telling: Telling) {
    let visited = Set(telling.visited)
    guard !visited.isSubset(of: reached) || tellings.isEmpty else { return }
    reached.formUnion(visited)
    tellings.append(telling)
  }

  /// What became of a search for a story.
  enum Search {
    case told(Telling)
    /// Proved: there is none.
    case impossible
    case gaveUp
  }

  /// Routes tried on the engine for one question.
  private static let triesMax = 24

  /// Looks for a story that reaches a step, not passing others before.
  ///
  /// - Parameter isGood: what else the story must show.
  func search(
    through step: String, avoiding: Set<String> = [], by explorer: Explorer? = nil,
    where isGood: (Telling) -> Bool = { _ in true }
  ) -> Search {
    budget.renew()
    let explorer = explorer ?? self.explorer
    var finder = RouteFinder(outline, through: step, avoiding: avoiding)
    var isProved = true
    var tries = 0
    while let route = finder.next() {
      let place = route.stops.firstIndex { $0.step.id == step } ?? 0
      if let stop = explorer.situation.firstImpossibleStop(of: route, until: place) {
        finder.turnAway(at: stop, of: route)
        continue
      }
      tries += 1
      guard tries <= Self.triesMax else { return .gaveUp }
      switch tell(route, place, by: explorer, where: isGood) {
      case .told(let telling): return .told(telling)
      case .gaveUp: return .gaveUp
      case .failed(let stop, _):
        isProved = false
        finder.turnAway(at: min(stop, place), of: route)
      }
    }
    return isProved ? .impossible : .gaveUp
  }

  /// The whole route if it can be gone, else as far as the step at `place`.
  private func tell(
    _ route: Route, _ place: Int, by explorer: Explorer, where isGood: (Telling) -> Bool
  ) -> Explorer.Answer {
    let step = route.stops[place].step.id
    var short = route
    short.stops.removeSubrange((place + 1)...)
    short.stops[place].arm = nil
    short.stops[place].isLeft = false
    var failure = place
    for route in [route, short] {
      switch explorer.tell(route, until: step) {
      case .gaveUp: return .gaveUp
      case .failed(let stop, _): failure = min(failure, stop)
      case .told(let telling):
        if telling.hasPassed(step), isGood(telling) { return .told(telling) }
      }
    }
    return .failed(at: failure)
  }

  /// A story as it is shown, about this journey only.
  func story(_ telling: Telling, steps: [String] = []) -> Story {
    Story(telling.stage, journeys: [journey.key], steps: Set(steps.map { "\(journey.key)/\($0)" }))
  }

  /// A step's pointer into the document.
  func pointer(_ step: String) -> String { outline.steps[step]?.pointer ?? "" }
}
