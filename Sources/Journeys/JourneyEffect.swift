import Delivery
import Events
import Profiles
import RoostCore

/// Why the machine is asked.
public enum JourneyCause {
  /// An event of the person; the profile has it already.
  case event(EventView)
  /// The person came into a segment. People brought in by history start no journey.
  case entered(segment: Int, byHistory: Bool)
  case left(segment: Int)
  /// Time passed, or definitions changed.
  case due
  /// Time passed, and with it these entries by schedule (`JourneyProgram.scheduledEntries`).
  case scheduled([Int])
  /// A broadcast takes the person in: the journey that it is made of.
  case broadcast(Symbol)
}

/// What the machine wants done, in the order in which it happened.
public enum JourneyEffect: Sendable, Equatable {
  case moved(JourneyMove)
  case send(SendIntent)
  /// The trait is set in the state already; `previous` is what it was.
  case setTrait(Symbol, Value, previous: Value?)
}

/// A person's step in a journey: for counts per step and for the person's story.
public struct JourneyMove: Sendable, Equatable {
  public var journey: Symbol
  public var version: UInt32
  /// The person's how-manieth time in the journey.
  public var entry: UInt32
  /// Index into `CompiledJourney.places`; `nil`: before the first step, or in another version.
  public var from: UInt32?
  /// Index into `CompiledJourney.places`; `nil` with `.running`: entered; with `.heldOut`: entered and out; otherwise: out.
  public var to: UInt32?
  public var phase: JourneyRun.Phase
  /// With `.exited`, and `.edited` with `.running` for who goes on in another version.
  public var reason: ExitReason?

  public init(
    journey: Symbol, version: UInt32, entry: UInt32, from: UInt32?, to: UInt32?, phase: JourneyRun.Phase,
    reason: ExitReason?
  ) {
    self.journey = journey
    self.version = version
    self.entry = entry
    self.from = from
    self.to = to
    self.phase = phase
    self.reason = reason
  }

  /// A move of a run as it stands now.
  init(_ run: JourneyRun, from: UInt32?, to: UInt32?, reason: ExitReason? = nil) {
    self.init(
      journey: run.journey, version: run.version, entry: run.entries, from: from, to: to, phase: run.phase,
      reason: reason)
  }
}

/// Why a person left before the end.
public enum ExitReason: Sendable, Hashable {
  /// The journey's exit rule with this index.
  case rule(Int)
  /// An `exit` step.
  case step
  /// What the journey is for has happened.
  case goal
  case archived
  /// A new version said so.
  case edited
  /// The version the person was in, or the whole journey, is gone.
  case versionGone
  /// Two people who both were in the journey turned out to be one.
  case merged

  public var text: String {
    switch self {
    case .rule(let index): "exit rule \(index + 1)"
    case .step: "an exit step"
    case .goal: "the goal was reached"
    case .archived: "the journey was archived"
    case .edited: "the journey was edited"
    case .versionGone: "the journey's version was deleted"
    case .merged: "merged with a person in the same journey"
    }
  }
}

/// A message of a journey, and what was decided about it.
public struct SendIntent: Sendable, Equatable {
  public var id: IntentID
  public var journey: Symbol
  public var version: UInt32
  /// The step's id.
  public var step: String
  /// Index into `CompiledJourney.places`.
  public var stepIndex: UInt32
  /// What takes its place because of a cap is in the decision.
  public var channel: String
  public var template: String
  public var messageClass: MessageClass
  public var entry: UInt32
  public var enteredAt: Instant
  /// The event record that started the run, for the template; empty for other entries.
  public var trigger: [UInt8]
  /// When it was first decided about: a message that was held before keeps this.
  public var createdAt: Instant
  public var decision: GateDecision
  /// How the moment was chosen, if the run waited for the person's best hour.
  public var bestHour: JourneyRun.BestHour?

  public init(
    id: IntentID, journey: Symbol, version: UInt32, step: String, stepIndex: UInt32, channel: String, template: String,
    messageClass: MessageClass, entry: UInt32, enteredAt: Instant, trigger: [UInt8], createdAt: Instant,
    decision: GateDecision, bestHour: JourneyRun.BestHour? = nil
  ) {
    self.id = id
    self.journey = journey
    self.version = version
    self.step = step
    self.stepIndex = stepIndex
    self.channel = channel
    self.template = template
    self.messageClass = messageClass
    self.entry = entry
    self.enteredAt = enteredAt
    self.trigger = trigger
    self.createdAt = createdAt
    self.decision = decision
    self.bestHour = bestHour
  }
}

extension JourneyEffect {
  /// A trait as the `send` at `index` saw it: before what later steps of the same handling set.
  ///
  /// - Parameter state: after the handling.
  public static func trait(
    _ symbol: Symbol, seenBy index: Int, of effects: [JourneyEffect], in state: PersonState
  ) -> Value? {
    for effect in effects[(index + 1)...] {
      if case .setTrait(symbol, _, let previous) = effect { return previous }
    }
    return state.trait(symbol)
  }
}
