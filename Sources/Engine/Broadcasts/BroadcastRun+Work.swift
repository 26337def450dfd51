import RoostCore

extension BroadcastRun {
  /// What whoever drives the broadcast has to do next.
  public enum Work: Sendable, Equatable {
    /// Nothing before then; `nil`: before something else happens.
    case rest(until: Instant?)
    /// Write down some more of the audience.
    case gather
    /// Let up to so many people have their turn; with `sample` only those who try the variants.
    case enter(sample: Bool, peopleMax: Int)
    case change(Input)
    /// Decide about the variants.
    case decide
    /// Take back what is open.
    case withdraw
    /// Look at everybody and at every message once more.
    case prove
  }

  /// What is known besides the broadcast itself.
  public struct Surroundings: Sendable, Equatable {
    /// Messages decided to go out and not settled, and those that are held.
    public var scheduled = 0
    public var held = 0
    /// Any message of it that is due or under way.
    public var hasOpen = false
    /// The walk through the audience has come to its end.
    public var isWalked = false
    /// How many more may go now by its rate, and when the next may.
    public var room = Int.max
    public var nextRoomAt: Instant?
    /// The segments that it asks about are exact.
    public var isExact = true

    public init() {}
  }

  /// It runs no further ahead of the hand-offs than this many messages: memory stays the same for any audience.
  public static let leadMax = 2_000
  /// People in one commit.
  public static let peoplePerCommit = 500

  public func work(
    _ test: BroadcastDefinition.VariantTest?, _ surroundings: Surroundings, now: Instant
  ) -> Work {
    if stage == .stopping { return surroundings.hasOpen || surroundings.held > 0 ? .withdraw : .prove }
    guard !isPaused else { return .rest(until: nil) }
    switch stage {
    case .draft, .stopping, .stopped, .finished: return .rest(until: nil)
    case .scheduled:
      guard let at, at > now else { return .change(.due) }
      return .rest(until: at)
    case .gathering: return surroundings.isExact ? .gather : .rest(until: nil)
    case .sampling:
      return surroundings.isWalked ? .change(.sampled) : enter(sample: true, surroundings)
    case .awaiting:
      guard let test, let sampledAt, sampledAt + test.decideAfter > now else { return .decide }
      return .rest(until: sampledAt + test.decideAfter)
    case .sending:
      guard surroundings.isWalked else { return enter(sample: false, surroundings) }
      let isSettled = surroundings.scheduled == 0 && surroundings.held == 0 && !surroundings.hasOpen
      return isSettled ? .prove : .rest(until: nil)
    }
  }

  private func enter(sample: Bool, _ surroundings: Surroundings) -> Work {
    let lead = Self.leadMax - surroundings.scheduled
    guard lead > 0 else { return .rest(until: nil) }
    guard surroundings.room > 0 else { return .rest(until: surroundings.nextRoomAt) }
    return .enter(sample: sample, peopleMax: min(Self.peoplePerCommit, lead, surroundings.room))
  }
}
