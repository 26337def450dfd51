import Delivery
import Engine
import Events
import Journeys
import Profiles
import RoostCore
import Storage

extension Partition {
  /// People looked at in one step.
  private static let gatheredPerStep = 4_000
  private static let provedPerStep = 2_000

  /// Writes down who is in the audience, some people a step: nobody who comes later gets it.
  func gather(_ broadcast: ActiveBroadcast) throws(Problem) {
    guard let sources = definitions[broadcast.workspace], let journey = symbol(of: broadcast) else { return }
    var run = walks[broadcast.ref]?.gathering ?? BroadcastWalk.Gathering(end: table.count)
    let end = min(run.end, run.next + Self.gatheredPerStep)
    let slots = (run.next..<end).filter { table.slots[$0].workspace == broadcast.workspace }
    let filter = AudienceFilter(broadcast.definition, sources)
    try fetchMissing(slots)
    var people: [PersonID] = []
    var state = PersonState(workspace: broadcast.workspace, id: PersonID(0), createdAt: now())
    for slot in slots {
      guard loadState(slot, into: &state), state.redirect == nil, filter.accepts(state) else { continue }
      people.append(state.id)
    }
    if !people.isEmpty {
      let header = beginCommit()
      recordNewSymbols(header)
      systemRecord(header) { $0.appendAudience(broadcast.workspace, journey, list: UInt32(run.lists), people) }
      try finishCommit()
      keepAudience(broadcast.workspace, journey, list: UInt32(run.lists), people)
      run.people += people.count
      run.lists += 1
    }
    run.next = end
    evictFetched()
    guard end == run.end else {
      walks[broadcast.ref]?.gathering = run
      return
    }
    try take(
      .gathered(people: run.people, lists: run.lists, hasTest: broadcast.definition.test != nil), broadcast.workspace,
      broadcast.key)
  }

  /// Lets some people have their turn: one commit. Whoever had it is passed over.
  func enter(
    _ broadcast: ActiveBroadcast, _ run: BroadcastRun, sample: Bool, peopleMax: Int
  ) throws(Problem) {
    guard let journey = symbol(of: broadcast), let engine = compiled[broadcast.workspace],
      var walk = walks[broadcast.ref]
    else { return }
    var slots: [Int] = []
    let share = sample ? broadcast.definition.test?.share : nil
    for _ in 0..<Self.listsPerStep where slots.count < peopleMax {
      let people = try walk.people.take(peopleMax - slots.count, of: run.lists) { list throws(Problem) in
        try audience(broadcast.workspace, journey, list: list)
      }
      guard !people.isEmpty else {
        walk.isWalked = true
        break
      }
      for person in people {
        if let share,
          !Lot(sampleOf: broadcast.journey, workspace: broadcast.workspace, person: person).isWithin(share)
        {
          continue
        }
        if let slot = table.find(broadcast.workspace, person) { slots.append(slot) }
      }
    }
    walks[broadcast.ref] = walk
    try fetchMissing(slots)
    var state = PersonState(workspace: broadcast.workspace, id: PersonID(0), createdAt: now())
    let waiting = slots.compactMap { slotWithoutTurn($0, journey, &state) }
    guard !waiting.isEmpty else { return }
    let header = beginCommit()
    recordNewSymbols(header)
    let sent = enter(waiting, broadcast.workspace, journey, engine, header)
    try finishCommit()
    metrics.add(.broadcastTurns, waiting.count)
    broadcastPaces[broadcast.ref]?.bucket.take(sent, at: header.now)
  }

  private static let listsPerStep = 64

  /// Where somebody's state is by now; `nil` for who had their turn and who is gone.
  ///
  /// - Parameter state: whatever it was; its memory is used for this person.
  private func slotWithoutTurn(_ slot: Int, _ journey: Symbol, _ state: inout PersonState) -> Int? {
    guard loadState(slot, into: &state) else { return nil }
    var place = slot
    if state.redirect != nil {
      guard let survivor = slotAfterMerges(state.workspace, state.id), loadState(survivor, into: &state) else {
        return nil
      }
      place = survivor
    }
    return state.runs.contains { $0.journey == journey } ? nil : place
  }

  /// - Returns: how many messages are to go out.
  private func enter(
    _ slots: [Int], _ workspace: WorkspaceID, _ journey: Symbol, _ engine: Engine, _ header: RecordHeader
  ) -> Int {
    var byBucket: [(bucket: Int, slot: Int)] = slots.map {
      (Int(Bucket(workspace: workspace, person: table.slots[$0].person).number), $0)
    }
    byBucket.sort { ($0.bucket, $0.slot) < ($1.bucket, $1.slot) }
    var sent = 0
    var open: Int?
    var last = -1
    var state = PersonState(workspace: workspace, id: PersonID(0), createdAt: header.now)
    for (bucket, slot) in byBucket where slot != last {
      last = slot
      guard loadState(slot, into: &state) else { continue }
      if open != bucket {
        if let open { endRecord(open) }
        beginRecord(bucket, header)
        open = bucket
      }
      group.bytes.appendPerson(workspace, state.id)
      group.bytes.appendBroadcastTurn(journey)
      stepEffects.removeAll()
      WorkspaceCounts.waiting(state, into: &waitingBefore)
      engine.broadcast(journey, to: &state, now: header.now, seed: header.seed, effects: &stepEffects)
      counts[workspace]?.moveRuns(from: waitingBefore, to: state)
      commitPerson(slot, &state, &stepEffects)
      for message in stepEffects.messages where message.status == .scheduled || message.status == .sent { sent += 1 }
    }
    if let open { endRecord(open) }
    return sent
  }

  /// Looks at everybody and at every message once more; a broadcast is over only by what this finds.
  func prove(_ broadcast: ActiveBroadcast, _ run: BroadcastRun) throws(Problem) {
    guard let journey = symbol(of: broadcast), var walk = walks[broadcast.ref] else { return }
    var proving = walk.proving ?? BroadcastWalk.Proving()
    let isDone: Bool
    if proving.areMessagesNext {
      if proving.after == nil { try writeGathered() }
      isDone = try countMessages(of: broadcast, since: run.startedAt ?? .distantPast, &proving)
    } else {
      isDone = false
      try countPeople(of: broadcast, run, journey, &proving)
    }
    walk.proving = proving
    walks[broadcast.ref] = walk
    guard isDone else { return }
    proving.proof.audience = run.audience
    proving.proof.open = outbox.messages.count { broadcast.owns($0) }
    compare(proving.proof, with: tally(broadcast.ref), broadcast)
    if run.stage == .stopping || proving.proof.isComplete {
      return try take(.proved(proving.proof), broadcast.workspace, broadcast.key)
    }
    // Somebody is missing: the walk begins again. Anything else is looked at again later.
    walks[broadcast.ref] = BroadcastWalk(stage: run.stage)
    walks[broadcast.ref]?.isWalked = proving.proof.untouched == 0
    walks[broadcast.ref]?.retryAt = proving.proof.untouched == 0 ? now() + .minutes(1) : nil
  }

  private func countPeople(
    of broadcast: ActiveBroadcast, _ run: BroadcastRun, _ journey: Symbol, _ proving: inout BroadcastWalk.Proving
  ) throws(Problem) {
    let people = try proving.people.take(Self.provedPerStep, of: run.lists) { list throws(Problem) in
      try audience(broadcast.workspace, journey, list: list)
    }
    guard !people.isEmpty else { return proving.areMessagesNext = true }
    try fetchMissing(people.compactMap { table.find(broadcast.workspace, $0) })
    var state = PersonState(workspace: broadcast.workspace, id: PersonID(0), createdAt: .distantPast)
    for person in people {
      guard slotAfterMerges(broadcast.workspace, person, &state) != nil else {
        proving.proof.erased += 1
        continue
      }
      guard let row = state.runs.first(where: { $0.journey == journey }) else {
        proving.proof.untouched += 1
        continue
      }
      if state.id == person { proving.proof.reached += 1 } else { proving.proof.merged += 1 }
      if row.phase == .heldOut { proving.proof.heldOut += 1 }
    }
    evictFetched()
  }

  /// Counts messages as they lie in the store, newest first; `true` when all that can be the broadcast's are counted.
  private func countMessages(
    of broadcast: ActiveBroadcast, since start: Instant, _ proving: inout BroadcastWalk.Proving
  ) throws(Problem) -> Bool {
    let prefix = StoreKeys.prefix(StoreKeys.messageByTime, broadcast.workspace)
    let oldest = StoreKeys.messageByTime(broadcast.workspace, at: start, Array(repeating: .max, count: 16))
    var stored: [[UInt8]] = []
    var looked = 0
    var isDone = true
    do {
      try store.scan(.prefix(prefix, from: proving.after.map { $0 + [0] })) { key, _ in
        guard looked < Self.provedPerStep else {
          isDone = false
          return false
        }
        guard !oldest.lexicographicallyPrecedes(key) else { return false }
        looked += 1
        proving.after = Array(key)
        let id = Array(key.suffix(16))
        guard let open = IntentID(bytes: id).flatMap({ outbox[$0] }) else {
          stored.append(StoreKeys.message(broadcast.workspace, id))
          return true
        }
        if broadcast.owns(open) { proving.proof.messages[open.status, default: 0] += 1 }
        return true
      }
      try count(stored, of: broadcast, &proving.proof)
    } catch let problem as Problem { throw problem } catch {
      throw Problem(.unavailable, "the state store cannot be read: \(error)")
    }
    return isDone
  }

  /// Reads recorded messages, as far as it takes to count the broadcast's.
  private func count(
    _ keys: [[UInt8]], of broadcast: ActiveBroadcast, _ proof: inout BroadcastProof
  ) throws(StorageError) {
    let journey = Array(broadcast.journey.utf8)
    var isDamaged = false
    // In the order in which they lie.
    try store.get(keys.sorted { $0.lexicographicallyPrecedes($1) }) { _, bytes in
      guard let bytes else { return }
      do throws(MalformedBytes) {
        if let status = try MessageRecord.status(in: bytes, ifOf: journey) { proof.messages[status, default: 0] += 1 }
      } catch { isDamaged = true }
    }
    if isDamaged {
      throw StorageError(.damaged, "a message is damaged", remedy: "Restore the data directory from a backup.")
    }
  }

  /// The counts that were kept along the way must come to the same.
  private func compare(_ proof: BroadcastProof, with tally: BroadcastTally, _ broadcast: ActiveBroadcast) {
    let counted = proof.messages.values.reduce(0, +)
    let kept = tally.total - tally.sum(.erased)
    guard counted != kept else { return }
    metrics.add(.broadcastMismatches)
    logger.error(
      "a broadcast's counts are not those of its messages",
      metadata: ["broadcast": "\(broadcast.key)", "messages": "\(counted)", "counts": "\(kept)"])
  }

  private func symbol(of broadcast: ActiveBroadcast) -> Symbol? {
    symbols[broadcast.workspace]?.find(broadcast.journey)
  }

  func fetchMissing(_ slots: [Int]) throws(Problem) {
    let missing = slots.filter { table.slots[$0].bytes == nil && !table.isErased($0) }
    if !missing.isEmpty { try fetch(missing) }
  }

  /// Walking through everybody must not keep everybody in memory.
  func evictFetched() {
    if table.residentBytes > limits.stateBytesMax {
      table.evict(downTo: limits.stateBytesMax, steps: limits.evictionStepsMax)
    }
  }

  /// Puts a list where it is found again; also while the log is replayed.
  func keepAudience(_ workspace: WorkspaceID, _ journey: Symbol, list: UInt32, _ people: [PersonID]) {
    var value: [UInt8] = []
    for person in people { value.append(word: person.number) }
    var batch = StateBatch()
    batch.put(StoreKeys.audience(workspace, journey, list: list), value)
    write(batch)
  }

  private func audience(_ workspace: WorkspaceID, _ journey: Symbol, list: Int) throws(Problem) -> [PersonID] {
    let bytes: [UInt8]?
    do throws(StorageError) { bytes = try store.get(StoreKeys.audience(workspace, journey, list: UInt32(list))) } catch
    {
      throw Problem(.unavailable, "the state store cannot be read: \(error)")
    }
    guard let bytes else {
      throw Problem(
        .unavailable, "a list of a broadcast's people is missing; delete \(directory)/states: it is made anew")
    }
    return bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - 7, by: 8).map {
        PersonID(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
      }
    }
  }
}

/// Who a broadcast is for.
struct AudienceFilter {
  private let segment: Int?
  private let exclude: Int?
  private let isKnown: Bool

  init(_ definition: BroadcastDefinition, _ sources: WorkspaceSources) {
    segment = definition.segment.flatMap { sources.segments[$0]?.slot }
    exclude = definition.exclude.flatMap { sources.segments[$0]?.slot }
    isKnown = definition.segment == nil || segment != nil
  }

  func accepts(_ state: PersonState) -> Bool {
    isKnown && (segment.map { state.isMember($0) } ?? true) && !(exclude.map { state.isMember($0) } ?? false)
  }
}
