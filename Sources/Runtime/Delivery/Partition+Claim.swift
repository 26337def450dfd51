import Delivery
import Engine
import Events
import Liquid
import Profiles
import RoostCore

extension Partition {
  /// No more messages are looked at in one commit, whatever becomes of them.
  private static let claimsPerCommit = 2_000
  /// Of one channel in one commit.
  static let claimsPerChannel = 200
  private static let domainsMax = 10_000

  /// Claims due messages for handing over; the claims are durable when this returns.
  ///
  /// - Parameter underWay: hand-offs of each channel that are under way already.
  func claimHandoffs(underWay: [ChannelRef: Int]) throws(Problem) -> [Handoff] {
    if let failure { throw failure }
    guard !outbox.isEmpty else { return [] }
    let header = beginCommit()
    var run = ClaimRun(now: header.now, token: header.commit, looksLeft: Self.claimsPerCommit)
    // Each time another one first, so that many lanes at once all move.
    let lanes = outbox.lanes
    laneTurn = lanes.isEmpty ? 0 : (laneTurn &+ 1) % lanes.count
    for lane in lanes[laneTurn...] + lanes[..<laneTurn] where run.looksLeft > 0 {
      try claim(from: lane, underWay, &run)
    }
    guard !run.claimed.isEmpty else { return [] }
    recordMessageStates(run.claimed, header)
    try finishCommit()
    faults.pass(.afterClaim)
    return run.handoffs
  }

  private struct ClaimRun {
    var now: Instant
    var token: UInt64
    var looksLeft: Int
    var claimed: [MessageRecord] = []
    var handoffs: [Handoff] = []
  }

  private func claim(
    from lane: Outbox.Lane, _ underWay: [ChannelRef: Int], _ run: inout ClaimRun
  ) throws(Problem) {
    guard let due = outbox.next(in: lane), due <= run.now else { return }
    guard let channel = channel(of: lane) else { return keepInMailbox(lane, &run) }
    let busy = underWay[channel.ref] ?? 0
    let wanted = min(Self.claimsPerChannel, channel.definition.concurrency - busy)
    // A few at a time would be as many commits; while enough are under way, more room will come.
    guard
      busy == 0 || wanted >= min(Self.claimsPerChannel, channel.definition.concurrency) / 4
        || wanted >= outbox.waiting(in: lane)
    else { return }
    let room = pace(of: channel).allows(wanted, at: run.now)
    var count = 0
    while count < room, run.looksLeft > 0, var message = outbox.take(from: lane, at: run.now) {
      run.looksLeft -= 1
      switch standing(of: message) {
      case .goes: break
      case .waits:
        park(message)
        continue
      case .ends:
        if message.withdraw(now: run.now) { run.claimed.append(message) }
        continue
      }
      let earliest = earliest(message, channel, at: run.now)
      guard earliest <= run.now else {
        outbox.postpone(message.id, until: earliest)
        continue
      }
      guard giveVouchers(to: &message, at: run.now) else {
        run.claimed.append(message)
        continue
      }
      guard message.claim(token: run.token, now: run.now) else { continue }
      do throws(Problem) {
        run.handoffs.append(try handoff(message, channel))
        count += 1
      } catch {
        // One that cannot be read must not keep the others, taken out of their queue, from going out.
        _ = message.close(token: run.token, outcome: .failed(detail: error.message), now: run.now)
        metrics.add(.messagesFailed)
      }
      run.claimed.append(message)
    }
    paces[channel.ref]?.claim(count, at: run.now)
  }

  /// The channel was taken away after the decision: the mailbox keeps the messages.
  private func keepInMailbox(_ lane: Outbox.Lane, _ run: inout ClaimRun) {
    while run.looksLeft > 0, var message = outbox.take(from: lane, at: run.now) {
      run.looksLeft -= 1
      guard giveVouchers(to: &message, at: run.now) else {
        run.claimed.append(message)
        continue
      }
      guard message.claim(token: run.token, now: run.now) else { continue }
      _ = message.close(token: run.token, outcome: mailboxOutcome(of: message), now: run.now)
      run.claimed.append(message)
    }
  }

  /// From when on a message may go out: not in its person's quiet hours, and no faster than its journey's rate.
  private func earliest(_ message: MessageRecord, _ channel: ClaimedChannel, at now: Instant) -> Instant {
    if let window = message.window {
      let open = window.firstOpen(notBefore: now)
      if open > now { return open }
    }
    guard message.attempts == 0 else { return now }
    if let turn = turns[message.id] {
      if turn <= now { turns[message.id] = nil }
      return turn
    }
    let turn = max(journeyTurn(message, at: now), domainTurn(message, channel, at: now))
    if turn > now { turns[message.id] = turn }
    return turn
  }

  /// Its turn at its journey's rate.
  private func journeyTurn(_ message: MessageRecord, at now: Instant) -> Instant {
    guard let rate = compiled[message.workspace]?.definitions.sendRates[message.journey] else { return now }
    let key = JourneyRef(workspace: message.workspace, journey: message.journey)
    if journeyPaces[key]?.rate != rate {
      journeyPaces[key] = (rate, TokenBucket(rate))
    }
    return journeyPaces[key]!.bucket.reserve(at: now)
  }

  /// Its turn at the pace of its recipient's domain, where the channel has one.
  private func domainTurn(_ message: MessageRecord, _ channel: ClaimedChannel, at now: Instant) -> Instant {
    let paces = channel.definition.email.paces
    guard !paces.isEmpty, let domain = message.to.split(separator: "@").last?.lowercased(),
      let pace = paces.first(where: { $0.domain == domain }) ?? paces.first(where: { $0.domain == "*" })
    else { return now }
    let key = DomainRef(channel: channel.ref, domain: domain)
    if domainPaces[key]?.perSecond != pace.perSecond {
      // A list of all domains there are would grow for ever; to forget one lets it be a second's worth faster, once.
      if domainPaces.count >= Self.domainsMax { domainPaces = [:] }
      domainPaces[key] = (pace.perSecond, TokenBucket(perSecond: pace.perSecond))
    }
    return domainPaces[key]!.bucket.reserve(at: now)
  }

  private func handoff(_ message: MessageRecord, _ channel: ClaimedChannel) throws(Problem) -> Handoff {
    var device: Device?
    if message.lane.service != nil, let slot = table.find(message.workspace, message.person) {
      device = loadState(slot)?.device(at: message.to)
    }
    var person = LiquidValue.object([])
    if case .http(let http) = channel.definition.settings,
      let slot = slotAfterMerges(message.workspace, message.person)
    {
      person = personValues(slot, reads: http.traits)
    }
    return Handoff(
      message: message, channel: channel, rendering: try rendering(of: message), device: device,
      isTracked: isTracked(message), person: person,
      language: definitions[message.workspace]?.workspace.locale ?? "")
  }

  /// Whether the person let openings and clicks be seen: whoever refused the purpose `tracking` is not tracked.
  private func isTracked(_ message: MessageRecord) -> Bool {
    guard !message.isTest else { return false }
    guard let purpose = symbols[message.workspace]?.find("tracking"),
      let slot = slotAfterMerges(message.workspace, message.person), let state = loadState(slot)
    else { return true }
    return state.consent(purpose)?.isGranted ?? true
  }

  /// The channel that a lane leads to; `nil` if there is none any more.
  func channel(of lane: Outbox.Lane) -> ClaimedChannel? {
    let address = lane.service.map { $0.name + ":" } ?? ""
    guard let definitions = compiled[lane.workspace]?.definitions,
      let definition = definitions.channel(for: lane.channel, address: address),
      let document = self.definitions[lane.workspace]?.latest(.channel, definition.key)
    else { return nil }
    return ClaimedChannel(
      ref: ChannelRef(workspace: lane.workspace, key: definition.key), document: document, definition: definition,
      workspace: definitions.workspace.key)
  }

  private func pace(of channel: ClaimedChannel) -> ChannelPace {
    paces[channel.ref, default: ChannelPace(channel.definition)].adapt(to: channel.definition)
    return paces[channel.ref]!
  }

  /// When the next message may be handed over, as far as time alone decides; `nil` if none waits, or only outcomes of
  /// hand-offs under way will tell.
  func nextHandoff() -> Instant? {
    guard !outbox.isEmpty else { return nil }
    let now = now()
    var next: Instant?
    for lane in outbox.lanes {
      guard let at = outbox.next(in: lane) else { continue }
      var earliest = at
      if let channel = channel(of: lane) {
        guard let open = pace(of: channel).notBefore(now) else { continue }
        // While the channel is free, what is due is due.
        if open > now { earliest = max(at, open) }
      }
      next = min(next ?? earliest, earliest)
    }
    return next
  }
}

/// Which recipients' domain, by which channel.
struct DomainRef: Hashable {
  var channel: ChannelRef
  var domain: String
}

/// Which journey of which workspace.
struct JourneyRef: Hashable {
  var workspace: WorkspaceID
  var journey: String
}
