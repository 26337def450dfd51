import RoostCore
import Segments

extension CompiledJourney {
  /// Lays a definition flat and resolves its names, gathering what does not exist.
  struct Compiler {
    let slots: [String: Int]
    let expressions: [String: Expression]
    let symbols: SymbolTable
    let zone: JourneyDefinition.Zone
    var trackers: TrackerRegistry
    var findings: [Problem.Finding] = []
    var places: [Place] = []
    var instructions: [Instruction] = []

    init(
      _ zone: JourneyDefinition.Zone, segments: [SegmentSource], trackers: TrackerRegistry, symbols: SymbolTable
    ) {
      self.zone = zone
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
        case .waitUntil(let time):
          guard case .named(let zone) = zone, let offset = ClockTime.offsetMinutes(ofFixedZone: zone) else {
            refuse(step.pointer + "/wait/until", "a time of day in this zone; write timezone: UTC, or Etc/GMT-2")
            continue
          }
          add(.waitUntil(time, offsetMinutes: offset), place)
        case .send(let send): add(.send(channel: send.channel, template: send.template), place)
        case .set(let trait, let value): add(.set(symbol(trait, at: step.pointer + "/set/trait"), value), place)
        case .exit: add(.exit, place)
        case .branch(let cases): lay(cases, place)
        case .waitDate, .waitFor, .webhook, .split:
          refuse("\(step.pointer)/\(step.action.kind)", "this step")
        }
      }
    }

    /// What is read and not acted on yet is named, never ignored.
    mutating func refuse(_ pointer: String, _ what: String) {
      findings.append(Problem.Finding(pointer: pointer, detail: "not supported yet: \(what)"))
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
