import RoostCore
import Segments

/// A journey as its author wrote it, checked: what `PUT …/journeys/{key}` keeps and a version is made of.
public struct JourneyDefinition: Sendable, Equatable {
  public var key: String
  public var name: String
  public var entry: Entry
  public var again: Again
  public var messageClass: MessageClass
  /// `person`, or a zone; only steps that wait for a time of day read it.
  public var timezone: String
  public var exits: [ExitRule]
  public var steps: [Step]
  /// The document it was read from, for showing and storing.
  public var json: JSONValue

  /// What starts the journey for a person.
  public enum Entry: Sendable, Equatable {
    case event(EventPattern)
    /// The moment in which the person comes into the segment with this key.
    case segment(String)
  }

  /// Whether a person who was in the journey may enter again. Nobody is in a journey twice at once.
  public enum Again: Sendable, Equatable {
    case never
    case always
    /// When this much time has passed since the last entry.
    case after(TimeSpan)
  }

  /// What takes a person out at once, whatever the step.
  public enum ExitRule: Sendable, Equatable {
    case event(EventPattern)
    /// Being in the segment with this key.
    case segment(String)
  }

  public struct Step: Sendable, Equatable {
    /// Unique in the journey; from the position (`step-3.1.2`) where the author gave none.
    public var id: String
    /// Where the step stands in the document.
    public var pointer: String
    public var action: Action
  }

  public indirect enum Action: Sendable, Equatable {
    case wait(TimeSpan)
    case waitUntil(ClockTime)
    /// `channel` and `template` are keys.
    case send(channel: String, template: String)
    case branch([Case])
    case set(trait: String, to: Value)
    case exit
  }

  /// One way on from a branch: the first whose condition holds is taken; one without a condition always holds.
  public struct Case: Sendable, Equatable {
    public var condition: Expression?
    public var pointer: String
    public var steps: [Step]
  }
}

extension JourneyDefinition {
  /// Longest journey, branches included: bounds what one handling can do.
  public static let stepsMax = 500
  /// Deepest nesting of branches.
  public static let depthMax = 8
}
