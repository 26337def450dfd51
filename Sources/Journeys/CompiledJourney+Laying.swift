import RoostCore
import Segments

extension CompiledJourney.Compiler {
  /// The order of instructions is durable: runs are kept by it.
  mutating func lay(_ steps: [JourneyDefinition.Step]) {
    for step in steps {
      let place = places.count
      places.append(
        .init(id: step.id, pointer: step.pointer, kind: step.action.kind, start: instructions.count))
      switch step.action {
      case .wait(let span): add(.wait(span), place)
      case .waitUntil(let time): add(.waitUntil(time), place)
      case .waitDate(let date):
        let trait = symbol(date.trait, at: step.pointer + "/wait/days/trait")
        add(
          .waitDate(DateWait(trait: trait, minuteOfDay: date.minuteOfDay, daysBefore: date.daysBefore)), place)
      case .waitBestHour(let within): add(.waitBestHour(within: within), place)
      case .waitFor(let wait, let then, let other): lay(wait, then, other, step, place)
      case .send(let send): add(.send(send), place)
      case .webhook(let url, let template): add(.webhook(url: url, template: template), place)
      case .set(let trait, let value): add(.set(symbol(trait, at: step.pointer + "/set/trait"), value), place)
      case .exit: add(.exit, place)
      case .branch(let cases): lay(cases, place)
      case .split(let ways): lay(ways, place)
      }
    }
  }

  private mutating func add(_ operation: CompiledJourney.Operation, _ place: Int?) {
    instructions.append(.init(operation: operation, place: place))
  }

  /// The wait, where its answer puts the run, `then`, a jump behind it all, `else`.
  private mutating func lay(
    _ wait: JourneyDefinition.EventWait, _ then: [JourneyDefinition.Step], _ other: [JourneyDefinition.Step],
    _ step: JourneyDefinition.Step, _ place: Int
  ) {
    guard let awaited = awaited(wait, at: step.pointer + "/waitFor") else { return }
    let start = instructions.count
    add(.waitFor(awaited, orElse: 0), place)
    add(.answered, place)
    lay(then)
    let end = instructions.count
    add(.jump(0), nil)
    instructions[start].operation = .waitFor(awaited, orElse: instructions.count)
    lay(other)
    instructions[end].operation = .jump(instructions.count)
  }

  private mutating func awaited(_ wait: JourneyDefinition.EventWait, at pointer: String) -> AwaitedEvent? {
    let names = AwaitedEvent.Names(
      messageID: symbol("message_id", at: pointer), journey: symbol("journey", at: pointer),
      step: symbol("step", at: pointer))
    let correlations = wait.matches.map { match in
      AwaitedEvent.Correlation(
        property: symbol(match.property, at: pointer + "/match"), trigger: symbol(match.trigger, at: pointer + "/match")
      )
    }
    guard let match = match(wait.pattern, at: pointer) else { return nil }
    return AwaitedEvent(
      match: match, of: wait.of, correlations: correlations, window: wait.window, names: names)
  }

  /// Each case: test, or else to the next case; its steps; a jump behind the branch.
  private mutating func lay(_ cases: [JourneyDefinition.Case], _ place: Int) {
    var ends: [Int] = []
    for branchCase in cases {
      let test = instructions.count
      let condition = branchCase.condition.flatMap { self.condition($0, at: branchCase.pointer + "/if") }
      add(.test(condition, orElse: test + 1), place)
      lay(branchCase.steps)
      ends.append(instructions.count)
      add(.jump(0), nil)
      instructions[test].operation = .test(condition, orElse: instructions.count)
    }
    for end in ends { instructions[end].operation = .jump(instructions.count) }
  }

  /// The lot, then each way with a jump behind the split.
  private mutating func lay(_ ways: [JourneyDefinition.Way], _ place: Int) {
    let split = instructions.count
    add(.split([]), place)
    var targets: [(below: Int, target: Int)] = []
    var ends: [Int] = []
    var below = 0
    for way in ways {
      below += way.share.hundredths
      targets.append((below, instructions.count))
      lay(way.steps)
      ends.append(instructions.count)
      add(.jump(0), nil)
    }
    instructions[split].operation = .split(targets)
    for end in ends { instructions[end].operation = .jump(instructions.count) }
  }
}
