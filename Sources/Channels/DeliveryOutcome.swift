/// What became of one hand-off of one message for one recipient.
///
/// The four cases decide what may happen next: only `deferred` may be sent again without asking anyone.
public enum DeliveryOutcome: Sendable, Equatable {
  /// The server took responsibility for the message (RFC 5321 4.2.5).
  case sent(reply: String)
  /// Final: the server, or a rule that the message breaks, refused it. Sending it again would change nothing.
  case rejected(code: Int, enhanced: EnhancedStatus?, reply: String)
  /// Certainly not accepted, and may be accepted later: 4xx, no connection, or a connection lost before the final dot.
  case deferred(code: Int?, reply: String)
  /// The connection broke after the final dot was written and before its reply: the server may have the message.
  case unknown(reason: String)
}

/// An enhanced status code of RFC 3463, for instance 5.1.1.
public struct EnhancedStatus: Sendable, Hashable, CustomStringConvertible {
  /// 2 success, 4 persistent transient failure, 5 permanent failure.
  public let category: Int
  /// What it is about: 1 addressing, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.
  public let subject: Int
  /// The precise condition.
  public let detail: Int

  public init(category: Int, subject: Int, detail: Int) {
    self.category = category
    self.subject = subject
    self.detail = detail
  }

  public var description: String { "\(category).\(subject).\(detail)" }
}
