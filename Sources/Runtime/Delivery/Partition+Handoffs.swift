import Channels
import Delivery
import Engine
import RoostCore

extension Partition {
  /// Records what became of claimed messages. An outcome under an old token changes nothing.
  func closeHandoffs(_ results: [HandoffResult]) throws(Problem) {
    if let failure { throw failure }
    let header = beginCommit()
    noteChannels(results, header.now)
    var closed: [MessageRecord] = []
    var dead: [(message: MessageRecord, since: Instant)] = []
    var deadNumbers: [MessageFeedback] = []
    for result in results {
      guard var message = outbox.messages[result.message.id], let claim = result.message.claim else { continue }
      let address = message.to
      let isDevice = message.lane.service != nil
      let next: String? = if case .gone = result.outcome, isDevice { otherAddress(of: message) } else { nil }
      let outcome = handoffOutcome(result.outcome, message, another: next != nil, header.now)
      guard message.close(token: claim.token, outcome: outcome, now: header.now) else { continue }
      if isTextMessage(result) {
        if case .sent(let names, _) = result.outcome {
          let kept = names.split(separator: " ").map { SMPPMessageIDs.kept(String($0)) }
          message.expectReports(by: result.channel.key, names: kept)
        }
        if case .gone(let detail, _) = result.outcome { deadNumbers.append(.init(deadNumber: message, detail)) }
      }
      if case .gone(_, let since) = result.outcome, isDevice {
        var gone = message
        gone.to = address
        dead.append((gone, since ?? header.now))
        if let next { message.to = next }
      }
      count(message)
      closed.append(message)
    }
    guard !closed.isEmpty else { return }
    recordMessageStates(closed, header)
    faults.pass(.beforeClose)
    try finishCommit()
    faults.pass(.afterClose)
    for item in dead { try forgetDevice(item.message, since: item.since) }
    if !deadNumbers.isEmpty { take(deadNumbers.map { FeedbackInbox.Waiting(feedback: $0, completion: nil) }) }
  }

  private func isTextMessage(_ result: HandoffResult) -> Bool {
    compiled[result.channel.workspace]?.definitions.channels[result.channel.key]?.kind.channel == .sms
  }

  private func count(_ message: MessageRecord) {
    switch message.status {
    case .sent: metrics.add(.messagesSent)
    case .failed: metrics.add(.messagesFailed)
    case .ambiguous: metrics.add(.messagesAmbiguous)
    default: break
    }
  }

  /// What the outcomes say about the channels: one failure a batch, however many messages it had.
  private func noteChannels(_ results: [HandoffResult], _ now: Instant) {
    for (ref, results) in Dictionary(grouping: results, by: \.channel) {
      guard paces[ref] != nil else { continue }
      var sign: ChannelPace.Sign?
      var detail = ""
      for result in results {
        switch result.outcome {
        case .sent: paces[ref]!.count(\.sent)
        case .rejected, .gone: paces[ref]!.count(\.refused)
        case .deferred: paces[ref]!.count(\.deferred)
        case .unknown: paces[ref]!.count(\.unknown)
        }
        let own = result.outcome.sign
        // The worst counts, but a success shows that the channel works.
        switch (sign, own) {
        case (nil, _), (.fails, .works), (_, .asksForTime):
          sign = own
          detail = result.outcome.detail
        default: break
        }
      }
      if let sign { paces[ref]!.note(sign, detail: detail, at: now, random: random.next()) }
    }
  }

  /// What the channel said, in the light of the rules for trying again.
  private func handoffOutcome(
    _ outcome: TransportOutcome, _ message: MessageRecord, another: Bool, _ now: Instant
  ) -> HandoffOutcome {
    let kind: RetryPolicy.Outcome
    var retryAfter = TimeSpan.seconds(0)
    switch outcome {
    case .sent: kind = .sent
    case .gone where another: return .deferred(until: now, detail: outcome.detail)
    case .rejected, .gone: kind = .rejected
    case .deferred(_, let after, _):
      kind = .deferred
      retryAfter = after ?? retryAfter
    case .unknown: kind = .unknown
    }
    let channelKind = compiled[message.workspace]?.definitions.gate.kind(of: message.channel) ?? .email
    let decision = RetryPolicy(for: channelKind).decide(
      after: kind, attempt: Int(message.attempts), age: now - (message.firstAttemptAt ?? now), random: random.next())
    let detail = outcome.detail
    switch decision {
    case .delivered: return .sent(detail: detail)
    case .retry(let delay): return .deferred(until: now + max(delay, retryAfter), detail: detail)
    case .giveUp(let reason): return .failed(detail: reason == .rejected ? detail : "\(reason.rawValue): \(detail)")
    case .ambiguous: return .ambiguous(detail: detail)
    }
  }
}

extension TransportOutcome {
  fileprivate var sign: ChannelPace.Sign {
    switch self {
    case .sent, .rejected, .gone, .deferred(_, _, .message): .works
    case .deferred(_, _, .channel), .unknown: .fails
    case .deferred(_, let after, .throttled): .asksForTime(after)
    }
  }
}

extension MessageFeedback {
  /// The number does not exist: the same news as a letter that comes back.
  fileprivate init(deadNumber message: MessageRecord, _ detail: String) {
    self.init(
      workspace: message.workspace, person: message.person, message: message.id,
      news: .bounced(.init(isHard: true, status: "", diagnostic: String(detail.prefix(300)), address: message.to)),
      kind: .sms)
  }
}
