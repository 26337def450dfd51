import RoostCore
import Segments

/// One version of a journey as the machine runs it: the tree of steps laid flat, names as numbers. A published version is
/// never changed; people inside keep the one they entered.
public struct CompiledJourney: Sendable {
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
    case waitUntil(ClockTime)
    case send(channel: String, template: String)
    /// Goes on with the next instruction if it holds; without a condition it does.
    case test(CompiledCondition?, orElse: Int)
    case jump(Int)
    case set(Symbol, Value)
    case exit
    case end
  }

  /// Where a run stands whose next instruction is `step`: the wait it is in; `nil` before the first step.
  func place(ofRunAt step: UInt32) -> UInt32? {
    guard step > 0, Int(step) <= instructions.count else { return nil }
    return instructions[Int(step) - 1].place.map { UInt32($0) }
  }

  /// Where a run stands, for showing: the step it waits in; `nil` before the first.
  public func place(ofRunAt step: UInt32) -> Place? {
    (place(ofRunAt: step) as UInt32?).map { places[Int($0)] }
  }
}
