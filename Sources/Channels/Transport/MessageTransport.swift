/// Hands messages over to whoever carries them on: a mail server, a push service, somebody's web address.
///
/// One transport serves one channel. It keeps connections, not messages: what is claimed, retried and recorded is its
/// caller's business, and so is how many messages are under way at a time.
public protocol MessageTransport: Sendable {
  /// Hands over, as many at a time as suits the protocol.
  ///
  /// - Returns: an outcome for each envelope, in their order, whatever happens to the connections. A cancelled task still
  ///   gets the true outcome.
  func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome]

  /// Goes as far as is possible without sending anything to anybody, and tells how far it came.
  func probe() async -> ChannelProbe

  /// Lets what is under way end, within some seconds, and closes all connections.
  func shutdown() async
}

/// What a probe of a channel found.
public struct ChannelProbe: Sendable, Equatable {
  /// Messages would be taken, as far as can be known without sending one.
  public var isReady: Bool
  /// What is the case, in a sentence.
  public var cause: String
  /// What to do; empty when nothing is.
  public var remedy: String

  public init(isReady: Bool, cause: String, remedy: String = "") {
    self.isReady = isReady
    self.cause = cause
    self.remedy = remedy
  }
}
