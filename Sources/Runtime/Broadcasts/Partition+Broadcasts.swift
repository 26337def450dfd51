import Delivery
import Engine
import Journeys
import RoostCore

/// What an operator may do with a broadcast.
public enum BroadcastAction: String, Sendable, CaseIterable {
  case start, pause, resume, stop
}

extension Partition {
  package func act(_ workspace: WorkspaceID, broadcast key: String, _ action: BroadcastAction) throws(Problem) {
    guard let sources = definitions[workspace], let run = sources.broadcast(key) else {
      throw Problem(.notFound, "there is no broadcast \"\(key)\"")
    }
    switch action {
    case .pause: try take(.pause, workspace, key)
    case .resume: try take(.resume, workspace, key)
    case .stop: try take(.stop, workspace, key)
    case .start:
      let (version, definition, templates) = try checkStart(sources, key, run)
      try take(
        .start(version: version, at: definition.at), workspace, key,
        with: templates.map { .document(workspace, $0) })
    }
  }

  /// Everything that the newest version names must be there. The templates with the variants' subjects are made now.
  private func checkStart(
    _ sources: WorkspaceSources, _ key: String, _ run: BroadcastRun
  ) throws(Problem) -> (UInt32, BroadcastDefinition, [Document]) {
    guard let document = sources.latest(.broadcast, key) else {
      throw Problem(.notFound, "there is no broadcast \"\(key)\"")
    }
    let definition = try BroadcastDefinition(json: document.body, key: key)
    try check(sources, definition)
    let templates = try sources.variantTemplates(of: definition, number: run.number, at: now())
    return (document.version, definition, templates)
  }

  func check(_ sources: WorkspaceSources, _ definition: BroadcastDefinition) throws(Problem) {
    let findings = sources.findings(of: definition)
    guard findings.isEmpty else {
      throw Problem(.invalid, "the broadcast names what does not exist", findings: findings)
    }
  }

  /// Deletes a broadcast that is not under way; its messages stay.
  package func removeBroadcast(_ workspace: WorkspaceID, _ key: String) throws(Problem) {
    guard definitions[workspace]?.broadcast(key) != nil else {
      throw Problem(.notFound, "there is no broadcast \"\(key)\"")
    }
    try take(.remove, workspace, key)
  }

  /// Brings a broadcast on by one input: the change is durable, then its effects run.
  func take(
    _ input: BroadcastRun.Input, _ workspace: WorkspaceID, _ key: String, with changes: [DefinitionChange] = []
  ) throws(Problem) {
    guard let old = definitions[workspace]?.broadcasts[key] else { return }
    var run = old
    let effects = try run.take(input, now: now())
    guard run != old else { return }
    try change(changes + [.broadcast(workspace, key: key, run)])
    let ref = JourneyRef(workspace: workspace, journey: BroadcastDefinition.journeyKey(key, number: run.number))
    if effects.contains(.restartWalk) || run.isOver { walks[ref] = nil }
    if effects.contains(.release) { try release(ref) }
    logger.info(
      "broadcast", metadata: ["broadcast": "\(key)", "state": "\(run.state)", "audience": "\(run.audience)"])
  }

  /// What was kept back may go, or be withdrawn; people whose message is held are looked at.
  private func release(_ ref: JourneyRef) throws(Problem) {
    let now = now()
    for id in parked.removeValue(forKey: ref) ?? [] {
      guard let message = outbox[id], message.claim == nil, let dueAt = message.dueAt else { continue }
      outbox.postpone(id, until: max(dueAt, now))
    }
    if tally(ref).sum(.held) > 0 { try wakePeople(ref.workspace) }
    wakeDelivery?()
  }

  /// Which broadcasts have something to do; after every change of definitions.
  func noteBroadcasts(_ sources: WorkspaceSources) throws(Problem) {
    let workspace = sources.workspace.id
    var active: [ActiveBroadcast] = []
    for (key, run) in sources.broadcasts.sorted(by: { $0.key < $1.key })
    where run.stage == .scheduled || run.isUnderWay {
      guard let definition = try sources.broadcastDefinition(key) else { continue }
      active.append(
        ActiveBroadcast(
          workspace: workspace, key: key, definition: definition,
          journey: BroadcastDefinition.journeyKey(key, number: run.number)))
    }
    activeBroadcasts[workspace] = active.isEmpty ? nil : active
  }

  /// Brings broadcasts on, a commit of each at most. `true` if there was anything to do.
  func broadcastSome() -> Bool {
    guard failure == nil, !activeBroadcasts.isEmpty else { return false }
    var isBusy = false
    for broadcast in activeBroadcasts.values.flatMap({ $0 }) {
      do throws(Problem) { isBusy = try drive(broadcast) || isBusy } catch {
        fail(error.message)
        return false
      }
    }
    return isBusy
  }

  /// When a broadcast has something to do next, as far as time alone decides.
  func nextBroadcast() -> Instant? {
    guard !activeBroadcasts.isEmpty else { return nil }
    let now = now()
    var next: Instant?
    for broadcast in activeBroadcasts.values.flatMap({ $0 }) {
      guard let work = work(of: broadcast, now: now) else { continue }
      guard case .rest(let until) = work else {
        // What is claimed has to settle by itself.
        if case .withdraw = work, !mayWithdraw(broadcast) { continue }
        return now
      }
      if let until { next = min(next ?? until, until) }
    }
    return next
  }

  private func work(of broadcast: ActiveBroadcast, now: Instant) -> BroadcastRun.Work? {
    guard let sources = definitions[broadcast.workspace], let run = sources.broadcasts[broadcast.key] else {
      return nil
    }
    let work = run.work(broadcast.definition.test, surroundings(broadcast, run, sources, now), now: now)
    if work == .prove, let retryAt = walks[broadcast.ref]?.retryAt, retryAt > now { return .rest(until: retryAt) }
    return work
  }

  private func surroundings(
    _ broadcast: ActiveBroadcast, _ run: BroadcastRun, _ sources: WorkspaceSources, _ now: Instant
  ) -> BroadcastRun.Surroundings {
    var found = BroadcastRun.Surroundings()
    let tally = tally(broadcast.ref)
    found.scheduled = tally.sum(.scheduled)
    found.held = tally.sum(.held)
    found.isWalked = walks[broadcast.ref]?.isWalked ?? false
    found.hasOpen = found.scheduled > 0
    // The outbox is looked through only where nothing else says that something is open.
    if !found.hasOpen, found.isWalked || run.stage == .stopping {
      found.hasOpen = outbox.messages.contains { broadcast.owns($0) }
    }
    found.isExact = [broadcast.definition.segment, broadcast.definition.exclude].allSatisfy { key in
      key.map { (sources.segments[$0]?.epoch ?? 0) <= sources.filledEpoch } ?? true
    }
    if let rate = broadcast.definition.rate {
      if broadcastPaces[broadcast.ref]?.rate != rate {
        broadcastPaces[broadcast.ref] = (rate, TokenBucket(rate))
      }
      found.room = broadcastPaces[broadcast.ref]!.bucket.available(at: now)
      found.nextRoomAt = broadcastPaces[broadcast.ref]!.bucket.next(after: now)
    }
    return found
  }

  /// One thing of what has to be done; `false` if that is nothing.
  private func drive(_ broadcast: ActiveBroadcast) throws(Problem) -> Bool {
    guard let work = work(of: broadcast, now: now()),
      let run = definitions[broadcast.workspace]?.broadcasts[broadcast.key]
    else { return false }
    if walks[broadcast.ref]?.stage != run.stage { walks[broadcast.ref] = BroadcastWalk(stage: run.stage) }
    switch work {
    case .rest: return false
    case .change(let input): try take(input, broadcast.workspace, broadcast.key)
    case .gather: try gather(broadcast)
    case .enter(let sample, let peopleMax): try enter(broadcast, run, sample: sample, peopleMax: peopleMax)
    case .decide: try decide(broadcast)
    case .withdraw: return try withdraw(broadcast)
    case .prove: try prove(broadcast, run)
    }
    return true
  }

  private func decide(_ broadcast: ActiveBroadcast) throws(Problem) {
    guard let test = broadcast.definition.test else { return }
    let tally = tally(broadcast.ref)
    let figures = (1...test.variants.count).map { tally.figures(ofVariant: $0, trialOnly: true) }
    try take(.decided(BroadcastDecision(figures, of: test, at: now())), broadcast.workspace, broadcast.key)
  }

  private static let withdrawalsPerCommit = 2_000

  private func mayWithdraw(_ broadcast: ActiveBroadcast) -> Bool {
    outbox.messages.contains { broadcast.owns($0) && $0.claim == nil }
  }

  /// Takes back messages that nobody is handing over right now.
  private func withdraw(_ broadcast: ActiveBroadcast) throws(Problem) -> Bool {
    let header = beginCommit()
    var changed: [MessageRecord] = []
    for var message in outbox.messages where broadcast.owns(message) {
      guard message.withdraw(now: header.now) else { continue }
      changed.append(message)
      if changed.count == Self.withdrawalsPerCommit { break }
    }
    guard !changed.isEmpty else { return false }
    recordMessageStates(changed.sorted { $0.id < $1.id }, header)
    try finishCommit()
    return true
  }

  /// Whether a message may be handed over, as far as its broadcast is concerned.
  func standing(of message: MessageRecord) -> BroadcastStanding {
    guard BroadcastDefinition.isJourney(message.journey),
      let run = compiled[message.workspace]?.definitions.broadcasts[message.journey]
    else { return .goes }
    return run.stage == .stopping ? .ends : run.isPaused ? .waits : .goes
  }

  /// Keeps a message back until its broadcast goes on.
  func park(_ message: MessageRecord) {
    parked[JourneyRef(workspace: message.workspace, journey: message.journey), default: []].insert(message.id)
  }
}

enum BroadcastStanding {
  case goes
  /// The broadcast is paused.
  case waits
  /// It was stopped.
  case ends
}

extension ActiveBroadcast {
  func owns(_ message: MessageRecord) -> Bool { message.journey == journey && message.workspace == workspace }
}

extension MessageRecord {
  /// Its broadcast was stopped. `false` while it is being handed over.
  mutating func withdraw(now: Instant) -> Bool {
    suppress(.broadcastStopped, now: now) || giveUpRepeating(now: now)
  }
}

extension TokenBucket {
  init(_ rate: SendRate) { self.init(perSecond: Double(rate.messages) * 1_000 / Double(rate.per.milliseconds)) }
}
