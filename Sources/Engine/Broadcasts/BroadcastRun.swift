import RoostCore

/// Where a broadcast stands: a value that only `take` changes, recorded whole with every change.
///
/// draft → (scheduled) → gathering → sampling → awaiting → sending → finished, the middle two only with a test; a stop
/// leads through `stopping` to stopped. Pausing is beside the stages: whatever it stands at, nobody gets their turn and
/// nothing is handed over.
public struct BroadcastRun: Sendable, Equatable {
  public enum Stage: String, Sendable, CaseIterable {
    case draft
    /// Its time has not come.
    case scheduled
    /// Who is in the audience is being written down.
    case gathering
    /// The variants' people get their turn.
    case sampling
    /// They had it; what they do decides.
    case awaiting
    /// Everybody else gets their turn.
    case sending
    /// Nobody gets a turn any more; what is open is withdrawn.
    case stopping
    case stopped
    case finished
  }

  public var stage: Stage = .draft
  public var isPaused = false
  /// The how-manieth broadcast of this key.
  public var number: UInt32 = 1
  /// The definition's version that was started; 0 before.
  public var version: UInt32 = 0
  /// When it is to begin.
  public var at: Instant?
  public var startedAt: Instant?
  /// Who is in it, and in how many lists they are written down.
  public var audience = 0
  public var lists = 0
  public var sampledAt: Instant?
  public var decision: BroadcastDecision?
  /// When it was finished or stopped.
  public var endedAt: Instant?
  public var proof: BroadcastProof?
  /// It was deleted; messages and rows stay.
  public var isRemoved = false

  public init(number: UInt32 = 1) { self.number = number }

  public enum Input: Sendable, Equatable {
    /// - at: `nil`: at once.
    case start(version: UInt32, at: Instant?)
    /// The time has come.
    case due
    case gathered(people: Int, lists: Int, hasTest: Bool)
    /// Everybody in the sample had their turn.
    case sampled
    case decided(BroadcastDecision)
    case pause, resume, stop
    /// It is over, by this proof.
    case proved(BroadcastProof)
    case remove
  }

  /// What has to be done besides recording the change.
  public enum Effect: Sendable, Equatable {
    /// Messages that were kept back may go, and held runs be looked at.
    case release
    /// The same people are walked anew.
    case restartWalk
  }

  public var isOver: Bool { stage == .finished || stage == .stopped }
  public var isUnderWay: Bool { startedAt != nil && !isOver }

  /// The published state.
  public var state: String {
    if stage == .stopping || stage == .stopped { return "stopped" }
    if isPaused { return "paused" }
    switch stage {
    case .gathering, .sending: return "sending"
    case .sampling, .awaiting: return "testing"
    default: return stage.rawValue
    }
  }

  /// The next state; the same instance if the input changes nothing.
  ///
  /// - Throws: a conflict that says where it stands, if the input does not fit there. Nothing is changed then.
  public mutating func take(_ input: Input, now: Instant) throws(Problem) -> [Effect] {
    switch (input, stage) {
    case (.start(let version, let at), .draft):
      self.version = version
      return begin(at: at, now: now)
    case (.due, .scheduled): return begin(at: nil, now: now)
    case (.gathered(let people, let lists, let hasTest), .gathering):
      (audience, self.lists) = (people, lists)
      stage = hasTest ? .sampling : .sending
      return [.restartWalk]
    case (.sampled, .sampling):
      stage = .awaiting
      sampledAt = now
      return []
    case (.decided(let decision), .awaiting):
      self.decision = decision
      stage = .sending
      return [.restartWalk]
    case (.pause, .scheduled), (.pause, .gathering), (.pause, .sampling), (.pause, .awaiting), (.pause, .sending):
      isPaused = true
      return []
    case (.resume, .scheduled), (.resume, .gathering), (.resume, .sampling), (.resume, .awaiting), (.resume, .sending):
      let wasPaused = isPaused
      isPaused = false
      return wasPaused ? [.release] : []
    case (.stop, .scheduled), (.stop, .gathering), (.stop, .sampling), (.stop, .awaiting), (.stop, .sending):
      isPaused = false
      stage = startedAt == nil ? .stopped : .stopping
      endedAt = now
      return [.release]
    case (.stop, .stopping), (.stop, .stopped): return []
    case (.proved(let proof), .sending) where proof.isComplete:
      self.proof = proof
      stage = .finished
      endedAt = now
      return []
    case (.proved(let proof), .stopping):
      self.proof = proof
      stage = .stopped
      return []
    case (.remove, .draft), (.remove, .stopped), (.remove, .finished):
      isRemoved = true
      return []
    default: throw refusal(of: input)
    }
  }

  private mutating func begin(at: Instant?, now: Instant) -> [Effect] {
    if let at, at > now {
      self.at = at
      stage = .scheduled
      return []
    }
    stage = .gathering
    startedAt = now
    return [.restartWalk]
  }

  private func refusal(of input: Input) -> Problem {
    let wish: String
    switch input {
    case .start: wish = "only a draft can be started; put it under another key to send it once more"
    case .pause, .resume: wish = "only one that is scheduled or under way can be paused and resumed"
    case .stop: wish = "only one that is scheduled or under way can be stopped"
    case .remove: wish = "stop it first, then delete it"
    case .due, .gathered, .sampled, .decided, .proved: wish = "the step does not follow from there"
    }
    return Problem(.conflict, "the broadcast is \(state): \(wish)")
  }
}

extension BroadcastRun {
  /// What the audit trail calls the change that led here.
  public var auditWord: String { isRemoved ? "deleted" : isPaused ? "paused" : stage.rawValue }
}
