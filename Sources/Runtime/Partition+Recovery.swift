import Delivery
import Engine
import Events
import History
import Profiles
import RoostCore
import Storage

extension Partition {
  /// Brings everything back as the log has it: the store's checkpoint, the people, then the log's tail.
  func recover() throws(Problem) {
    for bucket in 0...Self.systemBucket { sequences[bucket] = log.lastSequence(UInt16(bucket)) }
    let checkpoint = try readCheckpoint()
    if let checkpoint {
      try restore(checkpoint)
      table.reserve(checkpoint.people + checkpoint.people / 8)
      index.reserve(checkpoint.identifiers)
    }
    for sources in definitions.workspaces { try compile(sources.workspace.id) }
    let tail = try checkpoint.map { checkpoint throws(Problem) in
      try TailPeople(of: log, from: LogPosition(rawValue: checkpoint.logPosition))
    }
    if try !takePeopleIndex(of: checkpoint) { try loadPeople(tail) } else if let tail { try bring(tail) }
    try loadTombstones()
    try replayTail(from: checkpoint)
    try loadTexts()
    for sources in definitions.workspaces where sources.filledEpoch != sources.epoch {
      startFill(sources.workspace.id)
    }
    try recoverHandoffs()
    try settleDeviceLosses()
    try sealOldSecrets()
  }

  private func readCheckpoint() throws(Problem) -> Checkpoint? {
    let bytes: [UInt8]?
    do throws(StorageError) { bytes = try store.checkpoint() } catch {
      throw Problem(.unavailable, "the state store cannot be read: \(error)")
    }
    guard let bytes else { return nil }
    let json: JSONValue?
    do throws(JSONError) { json = try JSONValue(parsing: bytes) } catch { json = nil }
    guard let checkpoint = json.flatMap(Checkpoint.init(json:)) else {
      throw Problem(
        .unavailable,
        "the checkpoint in \(directory)/states is of an unknown format; delete that directory: it is made anew from the log"
      )
    }
    return checkpoint
  }

  private func restore(_ checkpoint: Checkpoint) throws(Problem) {
    commit = checkpoint.commit
    lastNow = checkpoint.now
    checkpointPositions = checkpoint.positions
    quarantineNumber = checkpoint.quarantineNumber
    let names = Dictionary(checkpoint.names.map { ($0.workspace, $0.names) }) { $1 }
    for sources in checkpoint.definitions.workspaces {
      try open(sources.workspace, names: names[sources.workspace.id] ?? [])
    }
    definitions = checkpoint.definitions
    for member in checkpoint.totals.members ?? [] {
      guard let number = UInt32(member.key) else { continue }
      counts[WorkspaceID(number), default: WorkspaceCounts()].restoreTotals(member.value)
    }
    for member in checkpoint.audit.members ?? [] {
      guard let number = UInt32(member.key) else { continue }
      audit[WorkspaceID(number)] = (member.value.array ?? []).compactMap(AuditEntry.init(json:))
    }
  }

  /// Reads everybody once: for the index of identifiers, the due times and the counts. Memory keeps whom the log's tail is
  /// about, for the replay; without a tail as many as it may.
  private func loadPeople(_ tail: TailPeople?) throws(Problem) {
    let scan = PeopleChunk.everybody(in: store)
    defer { scan.end() }
    var state = PersonState(workspace: WorkspaceID(0), id: PersonID(0), createdAt: lastNow)
    var claims: [IdentifierClaim] = []
    while let chunk = try scan.next() {
      let result = chunk.bytes.withUnsafeBytes { bytes -> Result<Void, Problem> in
        for place in chunk.places {
          let value = UnsafeRawBufferPointer(rebasing: bytes[place.range])
          let isWanted =
            tail.flatMap { $0.isEmpty ? nil : $0.mayHold(place.workspace, place.person) }
            ?? (table.residentBytes < limits.stateBytesMax)
          do throws(Problem) { try load(place, value, isWanted, &state, &claims) } catch { return .failure(error) }
        }
        return .success(())
      }
      try result.get()
      index.enter(claims)
      claims.removeAll(keepingCapacity: true)
    }
  }

  private func load(
    _ place: PeopleChunk.Place, _ value: UnsafeRawBufferPointer, _ isWanted: Bool, _ state: inout PersonState,
    _ claims: inout [IdentifierClaim]
  ) throws(Problem) {
    let slot = table.insert(place.workspace, place.person)
    // The store keeps the others until they are needed.
    if isWanted { putStored(slot, value) } else { noteStored(slot, value) }
    do throws(MalformedBytes) {
      try state.take(UnsafeRawBufferPointer(rebasing: value[8...]))
      take(&state, slot, &claims)
      if state.isDamaged { throw MalformedBytes(offset: value.count) }
    } catch {
      throw Problem(
        .unavailable,
        "the state of person \(place.person.text) is damaged at byte \(error.offset); delete \(directory)/states: it is "
          + "made anew from the log")
    }
  }

  /// Puts a person whose state is in the table into counts and due queue, and what the index must know into `claims`. What
  /// is made of a state here, `PeopleIndex` has to carry too.
  private func take(_ state: inout PersonState, _ slot: Int, _ claims: inout [IdentifierClaim]) {
    guard state.redirect == nil else { return }
    state.loadRuns()
    state.forEachIdentifierKey(seed: indexSeed) { key, isPrevious in
      claims.append(IdentifierClaim(key: key, slot: slot, isPrevious: isPrevious))
    }
    counts[state.workspace, default: WorkspaceCounts()].add(state)
    // Journeys that were resumed or archived since the person was last handled: see `wakePeople`.
    let next = compiled[state.workspace]?.definitions.journeys.nextDue(of: state) ?? .distantFuture
    let dueAt = min(state.dueAt, next)
    table.reschedule(slot, at: dueAt)
    if dueAt != .distantFuture { due.insert(slot, at: dueAt) }
  }

  /// Brings whom the log's tail is about, if they are many: reading everybody then takes less than looking them up.
  private func bring(_ tail: TailPeople) throws(Problem) {
    guard tail.count > table.count / 8 else { return }
    let scan = PeopleChunk.everybody(in: store)
    defer { scan.end() }
    while let chunk = try scan.next() {
      chunk.bytes.withUnsafeBytes { bytes in
        for place in chunk.places where tail.mayHold(place.workspace, place.person) {
          guard let slot = table.find(place.workspace, place.person) else { continue }
          putStored(slot, UnsafeRawBufferPointer(rebasing: bytes[place.range]))
        }
      }
    }
  }

  private func loadTombstones() throws(Problem) {
    do {
      try store.scan(.prefix([StoreKeys.tombstone])) { key, value in
        guard key.count == 21, value.count == 8 else { return true }
        let workspace = WorkspaceID(UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        let at = Instant(milliseconds: Int64(littleEndian: value.loadUnaligned(as: Int64.self)))
        tombstones.insert(TombstoneKey(bytes: UnsafeRawBufferPointer(rebasing: key[5...])), workspace, at: at)
        return true
      }
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
  }

  /// Reads the log from where states or histories end. What a state or a history has already is passed over.
  private func replayTail(from checkpoint: Checkpoint?) throws(Problem) {
    let replayed = Replay(self, stateCommit: checkpoint?.commit ?? 0)
    // With no workspace known there is no history to ask; with one, the oldest decides. A history that was lost or
    // made anew begins at 0, whatever the checkpoint says.
    let oldest =
      histories.map { workspace, history in
        let durable = history.durablePosition.position
        guard let start = checkpoint?.histories[workspace] else { return durable }
        let isLost = start.hasFiles && history.status.segments == 0
        return isLost ? 0 : max(durable, start.commit)
      }.min() ?? .max
    let start = checkpoint.map { checkpoint -> UInt64 in
      guard oldest <= checkpoint.commit else { return checkpoint.logPosition }
      return checkpointPositions.last { $0.commit <= oldest }?.logPosition ?? 0
    }
    let reading = LogChunk.records(
      of: log, from: LogPosition(rawValue: start ?? 0), recordsMax: limits.replayedTogether)
    defer { reading.end() }
    while let chunk = try reading.next() {
      try replayed.take(chunk)
      // The tail counts towards the next checkpoint: a server that ends by crashes must not read an ever longer one.
      for record in chunk.records where record.position.rawValue >= checkpoint?.logPosition ?? 0 {
        bytesSinceCheckpoint += record.range.count
      }
    }
    try replayed.finish()
    logger.info(
      "recovered",
      metadata: ["people": "\(table.count)", "records": "\(replayed.records)", "commit": "\(commit)"])
  }

  /// Messages that still have to go out; a claim without an outcome means that nobody knows what became of it.
  private func recoverHandoffs() throws(Problem) {
    // What the log's tail brought is in the outbox already.
    var settled = StateBatch()
    for (workspace, id) in try openMessages() {
      guard let intent = IntentID(bytes: id) else { continue }
      if let message = try message(workspace, id), message.isOpen {
        if outbox[intent] == nil { outbox.keep(message) }
        outbox.noteSaved(intent)
      } else {
        settled.delete(StoreKeys.openMessage(workspace, id))
      }
    }
    write(settled)
    let header = beginCommit()
    var changed: [MessageRecord] = []
    for var message in outbox.messages.sorted(by: { $0.id < $1.id })
    where message.recover(channelIsIdempotent: false, now: header.now) {
      changed.append(message)
      metrics.add(.messagesAmbiguous)
    }
    guard !changed.isEmpty else { return }
    recordMessageStates(changed, header)
    try finishCommit()
  }

  private func openMessages() throws(Problem) -> [(WorkspaceID, [UInt8])] {
    var found: [(WorkspaceID, [UInt8])] = []
    do {
      try store.scan(.prefix([StoreKeys.openMessage])) { key, _ in
        guard key.count == 21 else { return true }
        let workspace = UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
        found.append((WorkspaceID(workspace), Array(key[5...])))
        return true
      }
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
    return found
  }
}
