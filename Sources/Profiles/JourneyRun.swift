import RoostCore

/// Where a person stands in a journey, or stood.
public struct JourneyRun: Sendable, Equatable {
  @frozen
  public enum Phase: UInt8, Sendable {
    case running = 1
    /// Went through to the end.
    case finished = 2
    /// Left by an `exit`, a rule of the journey or an operator.
    case exited = 3
    /// Entered, and gets nothing, so that the effect of the journey can be measured.
    case heldOut = 4
  }
  /// The journey's key.
  public var journey: Symbol
  /// Which of the person's runs of the journey: a hash of the value that there is one run for (`per`); 0 where there is
  /// one in all.
  public var instance: UInt64 = 0
  public var version: UInt32
  public var phase: Phase
  /// The instruction of the compiled graph behind the one the run stands at; 0: before the first.
  public var step: UInt32
  /// How often the person has entered, this time included.
  public var entries: UInt32
  public var enteredAt: Instant
  /// When the present phase began.
  public var changedAt: Instant
  /// When the run goes on by itself; `.distantFuture` while it waits for something else.
  public var dueAt: Instant
  /// The event record that started the run; empty for other entries.
  public var trigger: [UInt8]
  /// Under what its messages are named, if not as it stands: it was migrated, or its person merged.
  public var naming: Naming?
  /// When the message of the step it stands at was first held; `nil` if none is.
  public var heldSince: Instant?
  /// The step it stands at is to be begun, not gone on with.
  public var isAtBeginning = false

  /// How the moment of the last wait for somebody's best hour was chosen; `nil` if the run waited for none.
  public var bestHour: BestHour?

  /// The moment at which somebody is likeliest to be there, and what that was told from.
  public struct BestHour: Sendable, Equatable {
    public enum Basis: UInt8, Sendable, Hashable, CaseIterable {
      /// The person's own hours.
      case person = 1
      /// Those of the people in the segment that the journey is for.
      case segment = 2
      /// Those of everybody in the workspace.
      case workspace = 3
      /// Too little is known of anybody: there was no choice.
      case nothing = 4
    }
    public var at: Instant
    public var basis: Basis
    /// The expected share of the day's activity in that hour, in thousandths.
    public var permille: UInt16
    /// How many hours of the basis were seen.
    public var seen: UInt32

    public init(at: Instant, basis: Basis, permille: UInt16, seen: UInt32) {
      self.at = at
      self.basis = basis
      self.permille = permille
      self.seen = seen
    }
  }

  /// What a run's messages are named by: as it was when it began.
  public struct Naming: Sendable, Equatable {
    public var person: PersonID
    public var version: UInt32
    public var entry: UInt32
    public init(person: PersonID, version: UInt32, entry: UInt32) {
      self.person = person
      self.version = version
      self.entry = entry
    }
  }

  public init(
    journey: Symbol, version: UInt32, phase: Phase, step: UInt32, entries: UInt32, enteredAt: Instant,
    changedAt: Instant, dueAt: Instant, trigger: [UInt8]
  ) {
    self.journey = journey
    self.version = version
    self.phase = phase
    self.step = step
    self.entries = entries
    self.enteredAt = enteredAt
    self.changedAt = changedAt
    self.dueAt = dueAt
    self.trigger = trigger
  }

  /// Ends the run and forgets what only a running one needs.
  public mutating func end(_ phase: Phase, at now: Instant) {
    self.phase = phase
    changedAt = now
    dueAt = .distantFuture
    trigger = []
    naming = nil
    heldSince = nil
    isAtBeginning = false
    bestHour = nil
  }

  /// The order in which a person's runs lie.
  public static func isOrdered(_ a: JourneyRun, before b: JourneyRun) -> Bool {
    (a.journey, a.instance) < (b.journey, b.instance)
  }
}
