import Channels
import Delivery
import Engine
import RoostCore

extension Partition {
  /// Records outcomes and claims what may go next: one write of the log makes both durable.
  ///
  /// - Parameter claim: called in any case, also if the outcomes could not be recorded.
  func exchange(
    _ results: [HandoffResult], claim: () throws(Problem) -> [Handoff]
  ) throws(Problem) -> [Handoff] {
    try gathering { () throws(Problem) in
      let closed: Result<Void, Problem>
      do throws(Problem) { closed = .success(try closeHandoffs(results)) } catch { closed = .failure(error) }
      let claimed = try claim()
      try closed.get()
      return claimed
    }
  }

  /// Records what became of claimed messages. An outcome under an old token changes nothing.
  func closeHandoffs(_ results: [HandoffResult]) throws(Problem) {
    if let failure { throw failure }
    let header = beginCommit()
    noteChannels(results, header.now)
    var closed: [MessageRecord] = []
    var dead: [(message: MessageRecord, since: Instant)] = []
    var news: [MessageFeedback] = []
    var moved: [(message: MessageRecord, address: String)] = []
    for result in results {
      guard var message = outbox[result.message] else { continue }
      let address = message.to
      let next = nextAddress(of: message, result.outcome)
      let outcome = handoffOutcome(result.outcome, message, another: next != nil, header.now)
      guard message.close(token: result.token, outcome: outcome, now: header.now) else { continue }
      if case .sent(let id, _) = result.outcome {
        message.expectReports(by: result.channel.key, names: reportNames(id, result.channel))
      }
      if let report = report(result.outcome, message) { news.append(report) }
      if case .gone(_, let since) = result.outcome, message.lane.service != nil {
        var gone = message
        gone.to = address
        dead.append((gone, since ?? header.now))
        if let next { message.to = next }
      }
      if case .moved = result.outcome, let next {
        moved.append((message, next))
        message.to = next
      }
      count(message)
      closed.append(message)
    }
    guard !closed.isEmpty else { return }
    recordMessageStates(closed, header)
    faults.pass(.beforeClose)
    try finishCommit()
    faults.pass(.afterClose)
    // What follows looks at the messages as they are now.
    if !dead.isEmpty || !moved.isEmpty || !news.isEmpty { try writeGathered() }
    for item in dead { try forgetDevice(item.message, since: item.since) }
    for item in moved { try moveDevice(item.message, to: item.address) }
    if !news.isEmpty { take(news.map { FeedbackInbox.Waiting(feedback: $0, completion: nil) }) }
  }

  /// Where the message goes next if its address is none any more; `nil` if nowhere else.
  private func nextAddress(of message: MessageRecord, _ outcome: TransportOutcome) -> String? {
    switch outcome {
    case .gone: message.lane.service == nil ? nil : otherAddress(of: message)
    case .moved(let address, _): message.lane.service.map { "\($0.name):\(address)" }
    case .sent, .rejected, .blocked, .deferred, .unknown: nil
    }
  }

  /// Under which names a channel's reports will come; empty where none will, or none by the other side's names.
  private func reportNames(_ id: String, _ channel: ChannelRef) -> [String] {
    let settings = compiled[channel.workspace]?.definitions.channels[channel.key]?.settings
    switch settings {
    case .smpp: return id.split(separator: " ").map { SMPPMessageIDs.kept(String($0)) }
    case .http(let http): return http.callback == nil || id.isEmpty ? [] : [id]
    default: return []
    }
  }

  /// What a hand-off tells about the person: their address is dead, or they shut the door. Devices are forgotten instead,
  /// and dead mailboxes tell it by letters that come back.
  private func report(_ outcome: TransportOutcome, _ message: MessageRecord) -> MessageFeedback? {
    switch outcome {
    case .blocked(let detail):
      return MessageFeedback(
        workspace: message.workspace, person: message.person, message: message.id,
        news: .blocked(reason: String(detail.prefix(300))))
    case .gone(let detail, _) where message.lane.service == nil:
      return MessageFeedback(
        workspace: message.workspace, person: message.person, message: message.id,
        news: .bounced(
          .init(isHard: true, status: "", diagnostic: String(detail.prefix(300)), address: message.to)))
    case .sent, .rejected, .gone, .moved, .deferred, .unknown: return nil
    }
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
    var rest = results[...]
    while let ref = rest.first?.channel {
      // Mostly all are of one channel.
      let results = rest.filter { $0.channel == ref }
      rest = results.count == rest.count ? [] : rest.filter { $0.channel != ref }[...]
      guard paces[ref] != nil else { continue }
      var sign: ChannelPace.Sign?
      var detail = ""
      for result in results {
        switch result.outcome {
        case .sent: paces[ref]!.count(\.sent)
        case .rejected, .blocked: paces[ref]!.count(\.refused)
        case .gone:
          paces[ref]!.count(\.refused)
          paces[ref]!.count(\.gone)
        case .deferred, .moved: paces[ref]!.count(\.deferred)
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
    case .gone where another, .moved where another: return .deferred(until: now, detail: outcome.detail)
    case .rejected, .gone, .blocked, .moved: kind = .rejected
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
    case .retry(let delay):
      return .deferred(until: now + max(min(delay, limits.retryDelayMax), retryAfter), detail: detail)
    case .giveUp(let reason): return .failed(detail: reason == .rejected ? detail : "\(reason.rawValue): \(detail)")
    case .ambiguous: return .ambiguous(detail: detail)
    }
  }
}

extension TransportOutcome {
  fileprivate var sign: ChannelPace.Sign {
    switch self {
    case .sent, .rejected, .gone, .blocked, .moved, .deferred(_, _, .message): .works
    case .deferred(_, _, .channel), .unknown: .fails
    case .deferred(_, let after, .throttled): .asksForTime(after)
    }
  }
}
