/// Takes messages that are fetched: they lie with the person from the moment in which they were decided, so that handing
/// one over is to say that it may be fetched.
public struct InAppTransport: MessageTransport {
  public static let detail = "kept for the person"

  public init() {}

  public func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome] {
    envelopes.map { _ in .sent(id: "", detail: Self.detail) }
  }

  public func probe() async -> ChannelProbe {
    ChannelProbe(isReady: true, cause: "messages wait here until a browser or an app fetches them")
  }

  public func shutdown() async {}
}
