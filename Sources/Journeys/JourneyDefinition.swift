import RoostCore
import Segments

/// A journey as its author wrote it, checked: what `PUT …/journeys/{key}` keeps and a version is made of.
public struct JourneyDefinition: Sendable, Equatable {
  public var key: String
  public var name: String
  public var entry: Entry
  public var again: Again
  /// A property of the entering event: whoever enters has one run for each of its values. `nil`: one run in all.
  public var per: String?
  public var messageClass: MessageClass
  /// Who of those who enter gets nothing, so that the effect of the journey can be measured.
  public var holdout: Share
  public var timezone: Zone
  /// 0…100; of several runs of a person due at the same instant the one with the highest goes first.
  public var priority: Int
  /// How fast messages are handed over; `nil`: as fast as the channel takes them.
  public var rate: SendRate?
  /// Words that caps are written for.
  public var tags: [String]
  /// What this version does with people who are inside an earlier one; `nil`: its author did not say.
  public var inside: Inside?
  public var exits: [ExitRule]
  public var goal: Goal?
  public var steps: [Step]
  /// The document it was read from, for showing and storing.
  public var json: JSONValue

  /// What starts the journey for a person.
  public enum Entry: Sendable, Equatable {
    case event(EventPattern)
    /// The moment in which the person comes into the segment with this key.
    case segment(String)
    /// Every such minute, for everybody or for who is in the segment then.
    case schedule(CronSchedule, segment: String?)
    /// `POST …/journeys/{key}/enter`.
    case api
  }

  /// Whether a person who was in the journey may enter again. Nobody is in a journey twice at once (with `per`: twice for
  /// the same value).
  public enum Again: Sendable, Equatable {
    case never
    case always
    /// When this much time has passed since the last entry.
    case after(TimeSpan)
  }

  /// Whose clock its waits follow.
  public enum Zone: Sendable, Hashable {
    case person
    /// A name of the zone database.
    case named(String)
  }

  /// What a new version does with people inside.
  public enum Inside: Sendable, Equatable {
    /// They finish the version they are in.
    case pin
    /// They leave.
    case exit
    /// They go on in the new one at the step with the same id, or where `table` sends those of a step.
    case migrate(table: [String: Place])
  }

  /// Where people of an old step go.
  public enum Place: Sendable, Hashable {
    case step(String)
    case exit
  }

  /// What takes a person out at once, whatever the step.
  public enum ExitRule: Sendable, Equatable {
    case event(EventPattern)
    /// Being in the segment with this key.
    case segment(String)
  }

  /// What the journey is for: reaching it ends the run.
  public struct Goal: Sendable, Equatable {
    public var pattern: EventPattern
    /// Counted from entering; `nil`: as long as the person is inside.
    public var window: TimeSpan?
    public init(pattern: EventPattern, window: TimeSpan?) {
      self.pattern = pattern
      self.window = window
    }
  }
}

extension JourneyDefinition {
  /// Longest journey, branches included: bounds what one handling can do.
  public static let stepsMax = 500
  /// Deepest nesting of branches, splits and answers to `waitFor`.
  public static let depthMax = 8
  public static let exitsMax = 50
  public static let tagsMax = 20
  /// What a marketing journey holds out if its author says nothing.
  public static let usualHoldout = Share(hundredths: 500)
  public static let usualPriority = 50
}
