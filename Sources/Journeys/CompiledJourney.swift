import RoostCore
import Segments

/// One version of a journey as the machine runs it: the tree of steps laid flat, names as numbers. A published version is
/// never changed; people inside keep the one they entered.
///
/// A class, so that picking it for a run costs one count and not the copying of its lists.
public final class CompiledJourney: Sendable {
  public let journey: Symbol
  public let key: String
  public let version: UInt32
  public let messageClass: MessageClass
  public let again: JourneyDefinition.Again
  /// The steps in the order of the document, branches before what they contain: `JourneyMove` counts by this index.
  public let places: [Place]

  /// A step, for showing where people are.
  public struct Place: Sendable, Equatable {
    public let id: String
    /// Into the journey's document.
    public let pointer: String
    /// `wait`, `send`, `branch`, `set` or `exit`.
    public let kind: String
  }

  let entry: Entry
  let exitEvents: [(rule: Int, match: EventMatcher)]
  let exitSegments: [(rule: Int, slot: Int)]
  let instructions: [Instruction]

  enum Entry: Sendable {
    case event(EventMatcher)
    case segment(slot: Int)
  }

  /// What the machine does next. Jumps only lead forward, so every handling ends.
  struct Instruction: Sendable {
    var operation: Operation
    /// Index into `places`; `nil` for what the author did not write (jumps, the end).
    var place: Int?
  }

  enum Operation: Sendable {
    case wait(TimeSpan)
    case waitUntil(ClockTime, offsetMinutes: Int)
    case send(channel: String, template: String)
    /// Goes on with the next instruction if it holds; without a condition it does.
    case test(CompiledCondition?, orElse: Int)
    case jump(Int)
    case set(Symbol, Value)
    case exit
    case end
  }

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
    var compiler = Compiler(definition.timezone, segments: segments, trackers: trackers, symbols: symbols)
    let journey = compiler.symbol(definition.key, at: "/journey")
    var entry: Entry?
    switch definition.entry {
    case .event(let pattern): entry = compiler.match(pattern, at: "/enter").map { .event($0) }
    case .segment(let key): entry = .segment(slot: compiler.slot(key, at: "/enter/segment"))
    case .schedule, .api: compiler.refuse("/enter", "this way of entering")
    }
    if definition.per != nil { compiler.refuse("/per", "several runs of a person") }
    if definition.goal != nil { compiler.refuse("/goal", "goals") }
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

  /// Where a run stands whose `JourneyRun.step` this is: the index in `places` of the wait it is in; `nil` before the
  /// first step.
  public func place(ofRunAt step: UInt32) -> UInt32? {
    guard step > 0, Int(step) <= instructions.count else { return nil }
    return instructions[Int(step) - 1].place.map { UInt32($0) }
  }

}
