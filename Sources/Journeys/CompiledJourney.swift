import Delivery
import RoostCore
import Segments

/// One version of a journey as the machine runs it: the tree of steps laid flat, names as numbers. A published version is
/// never changed; people inside keep the one they entered, unless a later one says otherwise.
///
/// A class, so that picking it for a run costs one count and not the copying of its lists.
public final class CompiledJourney: Sendable {
  public let journey: Symbol
  public let key: String
  public let version: UInt32
  public let messageClass: MessageClass
  public let again: JourneyDefinition.Again
  public let priority: Int
  public let rate: SendRate?
  public let holdout: Share
  /// What this version does with people inside earlier ones.
  public let inside: JourneyDefinition.Inside?
  /// The steps in the order of the document, branches before what they contain: `JourneyMove` counts by this index.
  public let places: [Place]

  /// A step, for showing where people are.
  public struct Place: Sendable, Equatable {
    public let id: String
    /// Into the journey's document.
    public let pointer: String
    /// The word it is written with: `wait`, `send`…
    public let kind: String
    /// The first of its instructions.
    let start: Int
  }

  let entry: Entry

  var isBroadcast: Bool { if case .broadcast = entry { true } else { false } }

  /// The property of the entering event that there is one run for each value of.
  let per: Symbol?
  let goal: (match: EventMatcher, window: TimeSpan?)?
  let exitEvents: [(rule: Int, match: EventMatcher)]
  let exitSegments: [(rule: Int, slot: Int)]
  let instructions: [Instruction]
  let zone: Zone
  /// What caps count its messages by, besides the journey.
  let labels: [Symbol]
  /// The segments that its entry, its exits and its branches ask about, each once, in the order of the document.
  public let segments: [(slot: Int, key: String)]

  /// Whose clocks waits follow.
  enum Zone: Sendable {
    case person
    /// `nil`: the workspace's, since there is no zone of that name any more.
    case rules(ZoneRules?)
  }

  enum Entry: Sendable {
    case event(EventMatcher)
    case segment(slot: Int)
    case schedule(CronSchedule, slot: Int?)
    /// Whoever runs the broadcast says who enters.
    case broadcast
  }

  /// What the machine does next. Jumps only lead forward, so every handling ends.
  struct Instruction: Sendable {
    var operation: Operation
    /// Index into `places`; `nil` for what the author did not write (jumps, the end).
    var place: Int?
  }

  enum Operation: Sendable {
    case wait(TimeSpan)
    case waitUntil(ClockTime)
    case waitDate(DateWait)
    case waitBestHour(within: TimeSpan)
    /// The next instruction is `answered`.
    case waitFor(AwaitedEvent, orElse: Int)
    /// Where a run stands whose event has come.
    case answered
    case send(JourneyDefinition.Send)
    case webhook(url: String, template: String)
    /// Goes on with the next instruction if it holds; without a condition it does.
    case test(CompiledCondition?, orElse: Int)
    /// Up to so many hundredths of a percent, to there.
    case split([(below: Int, target: Int)])
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
  ///   - isBroadcast: nobody enters but by `JourneyCause.broadcast`, whatever the definition says.
  ///   - zones: one that is gone from the database is the workspace's; `JourneyDefinition.checkZone` says so before.
  /// - Throws: a problem that names each segment there is none of, and conditions beyond the limits.
  public init(
    _ definition: JourneyDefinition, version: UInt32, isBroadcast: Bool = false, segments: [SegmentSource],
    zones: ZoneTable, trackers: inout TrackerRegistry, symbols: SymbolTable
  ) throws(Problem) {
    var compiler = Compiler(segments: segments, trackers: trackers, symbols: symbols)
    let journey = compiler.symbol(definition.key, at: "/journey")
    let entry = isBroadcast ? .broadcast : compiler.entry(definition)
    let goal = definition.goal.map { (compiler.match($0.pattern, at: "/goal"), $0.window) }
    let exits = compiler.exits(definition.exits)
    let per = definition.per.map { compiler.symbol($0, at: "/per") }
    let labels = definition.tags.enumerated().map { compiler.symbol("tag:\($1)", at: "/tags/\($0)") }
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
    priority = definition.priority
    rate = definition.rate
    holdout = definition.holdout
    inside = definition.inside
    self.entry = entry
    self.per = per
    self.goal = goal.flatMap { goal in goal.0.map { ($0, goal.1) } }
    exitEvents = exits.events
    exitSegments = exits.segments
    zone =
      switch definition.timezone {
      case .person: .person
      case .named(let name): .rules(zones[name])
      }
    self.labels = labels
    var asked: [(slot: Int, key: String)] = []
    for reference in definition.references.segments where !asked.contains(where: { $0.key == reference.key }) {
      guard let source = segments.first(where: { $0.key == reference.key }) else { continue }
      asked.append((source.slot, source.key))
    }
    self.segments = asked
    places = compiler.places
    instructions = compiler.instructions
  }

  /// The segment that the journey is for: what is not known of a person is taken from those in it.
  public var audience: Int? {
    switch entry {
    case .segment(let slot), .schedule(_, let slot?): slot
    case .event, .schedule, .broadcast: nil
    }
  }

  /// Whether anything in it is chosen by what people do.
  public var learns: Bool {
    instructions.contains { instruction in
      switch instruction.operation {
      case .waitBestHour: true
      case .send(let send): send.channel == JourneyDefinition.Send.best
      default: false
      }
    }
  }

  /// Where a run stands whose `JourneyRun.step` this is: the index in `places` of the step it waits in; `nil` before the
  /// first step.
  public func place(ofRunAt step: UInt32) -> UInt32? {
    guard step > 0, Int(step) <= instructions.count else { return nil }
    return instructions[Int(step) - 1].place.map { UInt32($0) }
  }
}
