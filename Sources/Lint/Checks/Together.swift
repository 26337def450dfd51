import Delivery
import Journeys
import RoostCore

/// Several journeys at once: those that start each other, and those that compete for a cap.
struct Together {
  let library: Library
  /// Of the drafts.
  let inspections: [String: Inspection]
  /// Of published journeys, as far as something asked for them.
  private var others: [String: Inspection] = [:]
  let budget: Budget
  private(set) var findings: [LintFinding] = []

  init(_ library: Library, _ inspections: [Inspection], budget: Budget) {
    self.library = library
    self.inspections = Dictionary(inspections.map { ($0.journey.key, $0) }) { $1 }
    self.budget = budget
  }

  /// Stories of a journey alone, draft or not; none if nobody is known to enter.
  mutating func tellings(of key: String) -> [Telling] {
    if let inspection = inspections[key] ?? others[key] { return inspection.tellings }
    guard let journey = library.journeys[key] else { return [] }
    do throws(Problem) {
      let inspection = try Inspection(journey, library: library, budget: budget)
      if inspection.inspectEntry() { inspection.inspectSteps() }
      others[key] = inspection
      return inspection.tellings
    } catch { return [] }
  }

  /// Tells in another world what was told of one journey alone, and lets time pass.
  func retell(_ telling: Telling, in world: World, for span: TimeSpan, wakes: Int) -> Stage? {
    var stage = Stage(world, person: telling.stage.person, at: library.start)
    guard stage.make(telling.stage.inputs, budget: budget) else { return nil }
    let end = stage.now + span
    for _ in 0..<wakes {
      guard stage.state.dueAt <= end, !budget.isUsedUp else { break }
      stage.wake(budget: budget)
    }
    return stage
  }

  mutating func report(_ finding: LintFinding) { findings.append(finding) }

  // MARK: Loops

  /// Entries after the last thing that anybody did, from which on it counts as a loop.
  private static let rounds = 3

  mutating func inspectLoops(_ connections: Connections) {
    for circle in connections.circles {
      guard let draft = circle.first(where: { inspections[$0] != nil }) else { continue }
      budget.renew()
      let world: World
      do throws(Problem) { world = try World(library, journeys: Set(circle)) } catch { continue }
      inspectLoop(circle, draft, connections, world)
    }
  }

  private mutating func inspectLoop(
    _ circle: [String], _ draft: String, _ connections: Connections, _ world: World
  ) {
    for key in circle {
      for telling in tellings(of: key) {
        guard let stage = retell(telling, in: world, for: .days(10 * 366), wakes: 400),
          let last = telling.stage.inputs.last?.at
        else { continue }
        let again = circle.filter { key in stage.entries(into: key).count { $0.at > last } >= Self.rounds }
        guard !again.isEmpty else { continue }
        let causes = connections.links.filter { circle.contains($0.from) && circle.contains($0.to) }
          .map { "\"\($0.from)\" \($0.cause), on which \"\($0.to)\" enters" }.joined(separator: "; ")
        return report(
          LintFinding(
            code: .loopEndless, journey: draft, pointer: "/enter",
            message:
              "people go round for ever without doing anything: \(causes). Break it: again: never in one of them, "
              + "or an entry that what they set does not bring about.",
            story: Story(stage, journeys: Set(circle))))
      }
    }
  }

  // MARK: Overtaking

  mutating func inspectOvertaking(_ connections: Connections) {
    var known: Set<[String]> = []
    for link in connections.links where link.from != link.to && known.insert([link.from, link.to]).inserted {
      guard inspections[link.to] != nil || inspections[link.from] != nil else { continue }
      budget.renew()
      inspectOvertaking(link)
    }
  }

  private mutating func inspectOvertaking(_ link: Connections.Link) {
    guard library.journeys[link.from] != nil else { return }
    let isStarted = inspections[link.to] != nil && (link.step == nil || inspections[link.from] == nil)
    let place = isStarted ? "/enter" : link.step.flatMap { inspections[link.from]?.pointer($0) } ?? ""
    let world: World
    do throws(Problem) { world = try World(library, journeys: [link.from, link.to]) } catch { return }
    for telling in tellings(of: link.from) {
      guard let stage = retell(telling, in: world, for: .days(2 * 366), wakes: 200) else { continue }
      guard let (early, late) = overtaking(stage, link) else { continue }
      return report(
        LintFinding(
          code: .orderOvertaken, journey: isStarted ? link.to : link.from, pointer: place,
          message: "\"\(link.from)\" \(link.cause) and so starts \"\(link.to)\" while it has still something to send: "
            + "\"\(link.to)/\(early.step)\" reaches people before \"\(link.from)/\(late.step)\". Set it at the end of "
            + "\"\(link.from)\", enter on {journey: \(link.from), state: finished}, or say exit in \"\(link.from)\".",
          story: Story(stage, journeys: [link.from, link.to])))
    }
  }

  /// A message of the started journey that goes out before one of the journey that started it.
  private func overtaking(_ stage: Stage, _ link: Connections.Link) -> (MessageRecord, MessageRecord)? {
    guard let cause = stage.entries(into: link.from).first?.at, let started = stage.entries(into: link.to).first?.at,
      cause <= started
    else { return nil }
    let sent = stage.messages.filter { $0.isMeantToGoOut && $0.createdAt >= started }
    guard let early = sent.first(where: { $0.journey == link.to }),
      let late = sent.first(where: { $0.journey == link.from && $0.createdAt > early.createdAt })
    else { return nil }
    return (early, late)
  }
}
