import Delivery
import Engine
import RoostCore

/// Which channel of which workspace.
struct ChannelRef: Hashable, Sendable {
  var workspace: WorkspaceID
  var key: String
}

/// How one channel is doing: its pace, whether it is worth asking, and what has become of the hand-offs since the start.
struct ChannelPace: Sendable {
  private(set) var ratePerSecond: Double?
  private var bucket: TokenBucket?
  private(set) var breaker = CircuitBreaker()
  private(set) var figures = Figures()

  struct Figures: Sendable {
    var claimed = 0
    var sent = 0
    var refused = 0
    /// Of those refused: the address is dead.
    var gone = 0
    var deferred = 0
    var unknown = 0
    var lastSuccessAt: Instant?
    var lastFailureAt: Instant?
    var lastFailure = ""
  }

  /// What an outcome says about the channel, whatever it says about the message.
  enum Sign {
    case works
    case fails
    case asksForTime(TimeSpan?)
  }

  init(_ channel: ChannelDefinition) { adapt(to: channel) }

  /// The channel may have been put anew.
  mutating func adapt(to channel: ChannelDefinition) {
    guard ratePerSecond != channel.ratePerSecond else { return }
    ratePerSecond = channel.ratePerSecond
    bucket = ratePerSecond.map { TokenBucket(perSecond: $0) }
  }

  /// How many of `wanted` may be handed over now.
  func allows(_ wanted: Int, at now: Instant) -> Int {
    min(breaker.allows(wanted, at: now), bucket?.available(at: now) ?? wanted)
  }

  /// Before when nothing may be handed over; `nil` while that depends on the outcome of a hand-off.
  func notBefore(_ now: Instant) -> Instant? {
    if breaker.state == .probing { return nil }
    return max(breaker.opensAgain ?? now, bucket?.next(after: now) ?? now)
  }

  mutating func claim(_ count: Int, at now: Instant) {
    guard count > 0 else { return }
    breaker.begin()
    bucket?.take(count, at: now)
    figures.claimed += count
  }

  mutating func note(_ sign: Sign, detail: String, at now: Instant, random: UInt64) {
    switch sign {
    case .works:
      breaker.succeed()
      figures.lastSuccessAt = now
    case .fails:
      breaker.fail(at: now, random: random)
      figures.lastFailureAt = now
      figures.lastFailure = detail
    case .asksForTime(let span):
      breaker.pause(until: now + max(span ?? .seconds(10), .seconds(1)))
      figures.lastFailureAt = now
      figures.lastFailure = detail
    }
  }

  mutating func count(_ path: WritableKeyPath<Figures, Int>) { figures[keyPath: path] += 1 }
}
