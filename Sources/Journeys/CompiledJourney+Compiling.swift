import RoostCore
import Segments

extension CompiledJourney {
  /// Resolves a definition's names.
  ///
  /// What its conditions need to be remembered of people (`JourneyDefinition.conditions`), the workspace's
  /// `SegmentProgram` must watch.
  ///
  /// - Parameters:
  ///   - segments: all of the workspace.
  /// - Throws: a problem that names each segment there is none of, and conditions beyond the limits.
  public init(
    _ definition: JourneyDefinition, version: UInt32, segments: [SegmentSource], trackers: inout TrackerRegistry,
    symbols: SymbolTable
  ) throws(Problem) {
    var compiler = Compiler(segments: segments, trackers: trackers, symbols: symbols)
    let journey = compiler.symbol(definition.key, at: "/journey")
    var entry: Entry?
    switch definition.entry {
    case .event(let pattern): entry = compiler.match(pattern, at: "/enter").map { .event($0) }
    case .segment(let key): entry = .segment(slot: compiler.slot(key, at: "/enter/segment"))
    }
    var exitEvents: [(rule: Int, match: EventMatcher)] = []
    var exitSegments: [(rule: Int, slot: Int)] = []
    for (rule, exit) in definition.exits.enumerated() {
      switch exit {
      case .event(let pattern):
        if let match = compiler.match(pattern, at: "/exit/\(rule)") { exitEvents.append((rule, match)) }
      case .segment(let key): exitSegments.append((rule, compiler.slot(key, at: "/exit/\(rule)/segment")))
      }
    }
    compiler.lay(definition.steps)
    compiler.instructions.append(Instruction(operation: .end, place: nil))
    guard let entry, compiler.findings.isEmpty else {
      throw Problem(.invalid, "the journey names what does not exist", findings: compiler.findings)
    }
    trackers = compiler.trackers
    self.journey = journey
    key = definition.key
    self.version = version
    messageClass = definition.messageClass
    again = definition.again
    self.entry = entry
    self.exitEvents = exitEvents
    self.exitSegments = exitSegments
    places = compiler.places
    instructions = compiler.instructions
  }

  private struct Compiler {
    let slots: [String: Int]
    let expressions: [String: Expression]
    let symbols: SymbolTable
    var trackers: TrackerRegistry
    var findings: [Problem.Finding] = []
    var places: [Place] = []
    var instructions: [Instruction] = []

    init(segments: [SegmentSource], trackers: TrackerRegistry, symbols: SymbolTable) {
      slots = Dictionary(segments.map { ($0.key, $0.slot) }) { $1 }
      expressions = Dictionary(segments.map { ($0.key, $0.expression) }) { $1 }
      self.trackers = trackers
      self.symbols = symbols
    }

    mutating func symbol(_ name: String, at pointer: String) -> Symbol {
      if let symbol = symbols.intern(name) { return symbol }
      let detail = "\"\(name)\" cannot be taken in: longer than \(SymbolTable.nameBytesMax) bytes, or too many names"
      findings.append(Problem.Finding(pointer: pointer, detail: detail))
      return .none
    }

    mutating func slot(_ key: String, at pointer: String) -> Int {
      if let slot = slots[key] { return slot }
      findings.append(Problem.Finding(pointer: pointer, detail: "there is no segment \"\(key)\""))
      return 0
    }

    mutating func match(_ pattern: EventPattern, at pointer: String) -> EventMatcher? {
      do throws(Problem) { return try EventMatcher(pattern, symbols: symbols) } catch {
        findings.append(Problem.Finding(pointer: pointer, detail: error.message))
        return nil
      }
    }

    mutating func condition(_ expression: Expression, at pointer: String) -> CompiledCondition? {
      do throws(Problem) {
        return try CompiledCondition(expression, segments: expressions, trackers: &trackers, symbols: symbols)
      } catch {
        let found = error.findings.isEmpty ? [Problem.Finding(pointer: "", detail: error.message)] : error.findings
        findings += found.map { Problem.Finding(pointer: pointer + $0.pointer, detail: $0.detail) }
        return nil
      }
    }

    mutating func lay(_ steps: [JourneyDefinition.Step]) {
      for step in steps {
        let place = places.count
        places.append(Place(id: step.id, pointer: step.pointer, kind: step.action.kind))
        switch step.action {
        case .wait(let span): add(.wait(span), place)
        case .waitUntil(let time): add(.waitUntil(time), place)
        case .send(let channel, let template): add(.send(channel: channel, template: template), place)
        case .set(let trait, let value): add(.set(symbol(trait, at: step.pointer + "/set/trait"), value), place)
        case .exit: add(.exit, place)
        case .branch(let cases): lay(cases, place)
        }
      }
    }

    private mutating func add(_ operation: Operation, _ place: Int?) {
      instructions.append(Instruction(operation: operation, place: place))
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
  }
}

extension JourneyDefinition.Action {
  /// The word it is written with.
  public var kind: String {
    switch self {
    case .wait, .waitUntil: "wait"
    case .send: "send"
    case .branch: "branch"
    case .set: "set"
    case .exit: "exit"
    }
  }
}
