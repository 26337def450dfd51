import Crypto

/// Hands envelopes over beside one another; outcomes come in the order of the envelopes.
func concurrently(
  _ envelopes: [MessageEnvelope], _ send: @escaping @Sendable (MessageEnvelope) async -> TransportOutcome
) async -> [TransportOutcome] {
  guard envelopes.count > 1 else {
    var outcomes: [TransportOutcome] = []
    for envelope in envelopes { outcomes.append(await send(envelope)) }
    return outcomes
  }
  return await withTaskGroup(of: (Int, TransportOutcome).self) { group in
    for (place, envelope) in envelopes.enumerated() { group.addTask { (place, await send(envelope)) } }
    var outcomes = [TransportOutcome](repeating: .unknown(detail: "no outcome"), count: envelopes.count)
    for await (place, outcome) in group { outcomes[place] = outcome }
    return outcomes
  }
}

/// A name for what a service allows 32 characters for.
func topicDigest(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

extension TransportOutcome {
  /// What no answer means. Where the request may have arrived nobody knows what became of it.
  init(_ failure: WebFailure) {
    switch failure {
    case .notSent(let detail): self = .deferred(detail: detail, retryAfter: nil, fault: .channel)
    case .refused(let detail): self = .rejected(detail: detail)
    case .noAnswer(let detail): self = .unknown(detail: detail)
    }
  }
}
