import Channels
import Delivery
import Engine
import RoostCore

extension Partition {
  /// Claims due messages for handing over; the claims are durable when this returns. Channels in `busy` are left alone.
  func claimHandoffs(limit: Int, except busy: Set<String>) throws(Problem) -> [Handoff] {
    if let failure { throw failure }
    guard !outbox.isEmpty else { return [] }
    let header = beginCommit()
    var handoffs: [Handoff] = []
    var claimed: [MessageRecord] = []
    for var message in outbox.due(at: header.now, limit: limit * 4) where handoffs.count < limit {
      guard let channel = compiled[message.workspace]?.definitions.channel(for: message.channel) else {
        // The channel was taken away after the decision: the mailbox keeps the message.
        guard message.claim(token: header.commit, now: header.now) else { continue }
        _ = message.close(token: header.commit, outcome: .sent(detail: MessageRecord.mailboxDetail), now: header.now)
        claimed.append(message)
        continue
      }
      guard !busy.contains(channel.key), message.claim(token: header.commit, now: header.now) else { continue }
      claimed.append(message)
      handoffs.append(Handoff(message: message, channel: channel, content: try content(of: message)))
    }
    guard !claimed.isEmpty else { return [] }
    recordMessageStates(claimed, header)
    try finishCommit()
    faults.pass(.afterClaim)
    return handoffs
  }

  /// Records what became of claimed messages. An outcome under an old token changes nothing.
  func closeHandoffs(_ results: [HandoffResult]) throws(Problem) {
    if let failure { throw failure }
    let header = beginCommit()
    var closed: [MessageRecord] = []
    for result in results {
      guard var message = outbox.messages[result.message.id], let claim = result.message.claim else { continue }
      let outcome = handoffOutcome(result.outcome, message, header.now)
      guard message.close(token: claim.token, outcome: outcome, now: header.now) else { continue }
      count(message)
      closed.append(message)
    }
    guard !closed.isEmpty else { return }
    recordMessageStates(closed, header)
    faults.pass(.beforeClose)
    try finishCommit()
    faults.pass(.afterClose)
  }

  private func count(_ message: MessageRecord) {
    switch message.status {
    case .sent: metrics.add(.messagesSent)
    case .failed: metrics.add(.messagesFailed)
    case .ambiguous: metrics.add(.messagesAmbiguous)
    default: break
    }
  }

  /// What the channel said, in the light of the rules for trying again.
  private func handoffOutcome(_ outcome: DeliveryOutcome, _ message: MessageRecord, _ now: Instant) -> HandoffOutcome {
    let (kind, detail): (RetryPolicy.Outcome, String) =
      switch outcome {
      case .sent(let reply): (.sent, reply)
      case .rejected(_, _, let reply): (.rejected, reply)
      case .deferred(_, let reply): (.deferred, reply)
      case .unknown(let reason): (.unknown, reason)
      }
    let decision = RetryPolicy().decide(
      after: kind, attempt: Int(message.attempts), age: now - (message.firstAttemptAt ?? now), random: random.next())
    switch decision {
    case .delivered: return .sent(detail: detail)
    case .retry(let delay): return .deferred(until: now + delay, detail: detail)
    case .giveUp(let reason): return .failed(detail: reason == .rejected ? detail : "\(reason.rawValue): \(detail)")
    case .ambiguous: return .ambiguous(detail: detail)
    }
  }
}
