import RoostCore
import Segments

extension JourneyDefinition {
  /// How a wait for somebody's best hour is written: `wait: {until: best hour}`.
  public static let bestHourWord = "best hour"

  public struct Step: Sendable, Equatable {
    /// Unique in the journey; from the position (`step-3.1.2`) where the author gave none.
    public var id: String
    /// Where the step stands in the document.
    public var pointer: String
    /// Ids of steps that must have come before, for the lint to prove; `JOURNEY/STEP` for those of other journeys.
    public var after: [String]
    public var action: Action
    public init(id: String, pointer: String, after: [String] = [], action: Action) {
      self.id = id
      self.pointer = pointer
      self.after = after
      self.action = action
    }
  }

  public indirect enum Action: Sendable, Equatable {
    case wait(TimeSpan)
    /// Until the clock of the journey's zone shows this.
    case waitUntil(ClockTime)
    case waitDate(PersonalDate)
    /// Until the person is likeliest to be there, at most so long.
    case waitBestHour(within: TimeSpan)
    case waitFor(EventWait, then: [Step], else: [Step])
    case send(Send)
    /// A call to an address outside, with the template rendered as its body.
    case webhook(url: String, template: String)
    case branch([Case])
    case split([Way])
    case set(trait: String, to: Value)
    case exit
  }

  /// A message; `channel` and `template` are keys.
  public struct Send: Sendable, Equatable {
    /// Stands for the channel by which the person is likeliest to answer.
    public static let best = "best"

    /// A channel to choose from, and what is sent by it.
    public struct Choice: Sendable, Hashable {
      public var channel: String
      public var template: String
      public init(channel: String, template: String) {
        self.channel = channel
        self.template = template
      }
    }

    public var channel: String
    public var template: String
    /// Where `channel` is `best`: what there is to choose from, the preferred first; empty: the template's channel alone.
    public var choices: [Choice] = []
    /// In quiet hours; `nil`: as the workspace's policies say.
    public var quiet: HoldOrSkip?
    /// Over a cap; `nil`: as the cap says.
    public var over: CapAnswer?
    public init(channel: String, template: String, quiet: HoldOrSkip? = nil, over: CapAnswer? = nil) {
      self.channel = channel
      self.template = template
      self.quiet = quiet
      self.over = over
    }
  }

  /// What becomes of a message that may not go out now.
  public enum HoldOrSkip: String, Sendable, Hashable, CaseIterable {
    /// It waits, and the steps after it with it.
    case hold
    /// It is suppressed, and the journey goes on.
    case skip
  }

  public enum CapAnswer: Sendable, Hashable {
    case hold
    case skip
    /// Goes by another way, if that is free; else it is suppressed.
    case instead(channel: String, template: String)
  }

  /// The next return of a date in the person's life, in the journey's zone.
  public struct PersonalDate: Sendable, Hashable {
    /// Holds a date such as `1990-02-29`; the year does not matter.
    public var trait: String
    /// `nil`: the beginning of the day, and on the day itself at once.
    public var minuteOfDay: Int?
    /// So many days earlier.
    public var daysBefore: Int
    public init(trait: String, minuteOfDay: Int? = nil, daysBefore: Int = 0) {
      self.trait = trait
      self.minuteOfDay = minuteOfDay
      self.daysBefore = daysBefore
    }
  }

  /// What a `waitFor` waits for.
  public struct EventWait: Sendable, Equatable {
    public var pattern: EventPattern
    /// The id of a `send`: only events about that step's message count.
    public var of: String?
    /// All must agree; sorted by property.
    public var matches: [Match]
    /// `nil`: for ever.
    public var window: TimeSpan?
    public init(pattern: EventPattern, of: String? = nil, matches: [Match] = [], window: TimeSpan? = nil) {
      self.pattern = pattern
      self.of = of
      self.matches = matches
      self.window = window
    }
  }

  /// A property of the awaited event that must equal one of the event that started the run.
  public struct Match: Sendable, Hashable {
    public var property: String
    public var trigger: String
    public init(property: String, trigger: String) {
      self.property = property
      self.trigger = trigger
    }
  }

  /// One way on from a branch: the first whose condition holds is taken; one without a condition always holds.
  public struct Case: Sendable, Equatable {
    public var condition: Expression?
    public var pointer: String
    public var steps: [Step]
  }

  /// One way on from a split: the person's lot decides.
  public struct Way: Sendable, Equatable {
    public var share: Share
    public var pointer: String
    public var steps: [Step]
    public init(share: Share, pointer: String, steps: [Step]) {
      self.share = share
      self.pointer = pointer
      self.steps = steps
    }
  }
}

extension JourneyDefinition.Action {
  /// The word it is written with.
  public var kind: String {
    switch self {
    case .wait, .waitUntil, .waitDate, .waitBestHour: "wait"
    case .waitFor: "waitFor"
    case .send: "send"
    case .webhook: "webhook"
    case .branch: "branch"
    case .split: "split"
    case .set: "set"
    case .exit: "exit"
    }
  }

  /// The lists of steps inside it, in the order of the document.
  public var children: [[JourneyDefinition.Step]] {
    switch self {
    case .waitFor(_, let then, let other): [then, other]
    case .branch(let cases): cases.map(\.steps)
    case .split(let ways): ways.map(\.steps)
    case .wait, .waitUntil, .waitDate, .waitBestHour, .send, .webhook, .set, .exit: []
    }
  }
}

extension JourneyDefinition {
  /// Calls `body` for every step, in the order of the document, a step before what it contains.
  public func forEachStep(_ body: (Step) -> Void) { Self.visit(steps, body) }

  private static func visit(_ steps: [Step], _ body: (Step) -> Void) {
    for step in steps {
      body(step)
      for list in step.action.children { visit(list, body) }
    }
  }
}
