import RoostCore
import Segments

extension CompiledJourney {
  /// Lays a definition flat and resolves its names, gathering what does not exist.
  struct Compiler {
    private let slots: [String: Int]
    private let expressions: [String: Expression]
    private let symbols: SymbolTable
    var trackers: TrackerRegistry
    private(set) var findings: [Problem.Finding] = []
    var places: [Place] = []
    var instructions: [Instruction] = []

    init(segments: [SegmentSource], trackers: TrackerRegistry, symbols: SymbolTable) {
      slots = Dictionary(segments.map { ($0.key, $0.slot) }) { $1 }
      expressions = Dictionary(segments.map { ($0.key, $0.expression) }) { $1 }
      self.trackers = trackers
      self.symbols = symbols
    }

    private mutating func report(_ pointer: String, _ detail: String) {
      findings.append(Problem.Finding(pointer: pointer, detail: detail))
    }

    mutating func symbol(_ name: String, at pointer: String) -> Symbol {
      if let symbol = symbols.intern(name) { return symbol }
      report(
        pointer, "\"\(name)\" cannot be taken in: longer than \(SymbolTable.nameBytesMax) bytes, or too many names")
      return .none
    }

    mutating func slot(_ key: String, at pointer: String) -> Int {
      if let slot = slots[key] { return slot }
      report(pointer, "there is no segment \"\(key)\"")
      return 0
    }

    mutating func match(_ pattern: EventPattern, at pointer: String) -> EventMatcher? {
      do throws(Problem) { return try EventMatcher(pattern, symbols: symbols) } catch {
        report(pointer, error.message)
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

    mutating func entry(_ definition: JourneyDefinition) -> Entry? {
      switch definition.entry {
      case .event(let pattern): match(pattern, at: "/enter").map { .event($0) }
      case .segment(let key): .segment(slot: slot(key, at: "/enter/segment"))
      case .schedule(let schedule, let segment):
        .schedule(schedule, slot: segment.map { slot($0, at: "/enter/segment") })
      case .api: match(JourneyRequest.pattern(of: definition.key), at: "/enter").map { .event($0) }
      }
    }

    mutating func exits(
      _ rules: [JourneyDefinition.ExitRule]
    ) -> (events: [(rule: Int, match: EventMatcher)], segments: [(rule: Int, slot: Int)]) {
      var events: [(rule: Int, match: EventMatcher)] = []
      var segments: [(rule: Int, slot: Int)] = []
      for (rule, exit) in rules.enumerated() {
        switch exit {
        case .event(let pattern):
          if let match = match(pattern, at: "/exit/\(rule)") { events.append((rule, match)) }
        case .segment(let key): segments.append((rule, slot(key, at: "/exit/\(rule)/segment")))
        }
      }
      return (events, segments)
    }
  }
}

/// The event by which a journey with `enter: api` is entered.
public enum JourneyRequest {
  public static let event = "Journey Requested"
  /// Holds the journey's key.
  public static let journeyProperty = "journey"

  static func pattern(of key: String) -> EventPattern {
    EventPattern(event: event, filters: [PropertyTest(property: journeyProperty, tests: [.oneOf([.text(key)])])])
  }
}
