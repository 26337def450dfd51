import RoostCore

/// What became of one hand-off. The cases decide what may happen next: only `deferred` may be handed over again without
/// asking anyone.
public enum TransportOutcome: Sendable, Equatable {
  /// The other side took responsibility for the message.
  ///
  /// - Parameter id: by which its reports will name it; empty if it gave none.
  case sent(id: String, detail: String)
  /// Final: sending this message there again would change nothing.
  case rejected(detail: String)
  /// Final, and so it would be with any other message: the address is dead.
  ///
  /// - Parameter since: when it died, if the other side says; whoever registered later is not meant.
  case gone(detail: String, since: Instant?)
  /// Final: the person wants nothing more from this sender, and said so to whoever keeps the address.
  case blocked(detail: String)
  /// Not taken: the address is another one now. Handed over there, the message may be taken.
  case moved(to: String, detail: String)
  /// Certainly not taken, and may be taken later.
  ///
  /// - Parameters:
  ///   - retryAfter: not earlier, as the other side asks.
  ///   - fault: whose fault it is: a channel's fault counts against the channel.
  case deferred(detail: String, retryAfter: TimeSpan?, fault: Fault)
  /// The other side may have the message.
  case unknown(detail: String)

  public enum Fault: Sendable, Equatable {
    /// Something about this message or its address.
    case message
    /// No message gets through: no connection, wrong credentials, an error of the other side.
    case channel
    /// The channel works, and has enough for now (429).
    case throttled
  }

  public var detail: String {
    switch self {
    case .sent(_, let detail), .rejected(let detail), .gone(let detail, _), .blocked(let detail), .moved(_, let detail),
      .deferred(let detail, _, _), .unknown(let detail):
      detail
    }
  }
}
