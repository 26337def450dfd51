import Delivery
import Engine
import Journeys
import RoostCore

/// Journeys that compete for the places of a cap.
extension Together {
  /// Messages that were sent alone are swallowed or held when all journeys run side by side.
  mutating func inspectCaps() {
    guard library.hasCaps, inspections.count + library.journeys.count > 1 else { return }
    budget.renew()
    let keys = Set(library.journeys.keys)
    guard let crowd = tell(keys) else { return }
    for message in crowd.capped {
      guard inspections[message.journey] != nil, passesAlone(message) else { continue }
      guard !findings.contains(where: { $0.code == .capShared && $0.journey == message.journey }) else { continue }
      budget.renew()
      inspect(message, crowd)
    }
  }

  private func passesAlone(_ message: MessageRecord) -> Bool {
    inspections[message.journey]?.tellings.contains { telling in
      telling.messages.contains { $0.step == message.step && $0.isMeantToGoOut }
    } ?? false
  }

  /// As few of the journeys as make it happen: those that sent last before, one after another.
  private mutating func inspect(_ message: MessageRecord, _ crowd: Stage) {
    let before = crowd.messages.filter { $0.isMeantToGoOut && $0.createdAt <= message.createdAt }
      .sorted { $0.createdAt > $1.createdAt }.map(\.journey).filter { $0 != message.journey }
    var keys: Set<String> = [message.journey]
    for other in before where keys.insert(other).inserted {
      guard keys.count <= 12 else { return }
      guard let stage = tell(keys) else { return }
      let isCapped = stage.capped.contains { $0.journey == message.journey && $0.step == message.step }
      guard isCapped else { continue }
      let others = keys.subtracting([message.journey]).sorted().map { "\"\($0)\"" }.joined(separator: ", ")
      let what = message.status == .held ? "waits" : "is not sent"
      return report(
        LintFinding(
          code: .capShared, journey: message.journey,
          pointer: inspections[message.journey]?.pointer(message.step) ?? "",
          message:
            "\"\(message.step)\" \(what) where \(others) \(keys.count == 2 ? "has" : "have") taken the places of a frequency cap: one person may be "
            + "in all of them at once. Give the one that matters a higher priority, let it wait (over: hold), or keep "
            + "people out of one while they are in another.",
          story: Story(stage, journeys: keys)))
    }
  }

  /// People tried, since some are held out of some of the journeys.
  private static let peopleMax = 4

  /// One person does what starts each of the journeys, all in the same week.
  private mutating func tell(_ keys: Set<String>) -> Stage? {
    let world: World
    do throws(Problem) { world = try World(library, journeys: keys) } catch { return nil }
    let chosen = keys.sorted().compactMap { talkative(of: $0) }
    let inputs = chosen.flatMap(\.stage.inputs).sorted { $0.at < $1.at }
    var best: (stage: Stage, count: Int)?
    for number in 1...Self.peopleMax {
      var stage = Stage(world, person: StoryPerson(number: number), at: library.start)
      guard stage.make(inputs.map { $0.addressed(to: stage.person) }, budget: budget) else { break }
      _ = stage.advance(to: stage.now + .days(90), budget: budget)
      let count = Set(stage.messages.map(\.journey)).count
      if count > best?.count ?? -1 { best = (stage, count) }
      if count == chosen.count { break }
    }
    return best?.stage
  }

  /// The story of a journey alone in which it sends most; `nil` if it sends nothing.
  private mutating func talkative(of key: String) -> Telling? {
    let counted = tellings(of: key).map { ($0, $0.messages.count(where: \.isMeantToGoOut)) }
    guard let best = counted.max(by: { $0.1 < $1.1 }), best.1 > 0 else { return nil }
    return best.0
  }
}

extension Stage {
  /// Messages as they were when a cap swallowed or held them.
  fileprivate var capped: [MessageRecord] {
    events.compactMap { event in
      if case .message(let message) = event.what, message.reason == .frequencyCap { message } else { nil }
    }
  }
}

extension StoryInput {
  /// The same call by another person of stories.
  func addressed(to person: StoryPerson) -> StoryInput {
    guard case .identify(var traits, let consents) = call,
      let email = traits.firstIndex(where: { $0.name == "email" })
    else { return self }
    traits[email].value = .string(person.email)
    return .identify(traits, consents: consents, at: at)
  }
}

extension Library {
  /// Whether messages are capped at all.
  var hasCaps: Bool {
    all(.policies).contains { $0.body["caps"]?.array?.isEmpty == false }
  }
}
