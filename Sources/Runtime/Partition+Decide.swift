import Engine
import Events
import Profiles
import RoostCore
import Storage

extension Partition {
  /// Handles a gathered batch: bucket by bucket, person by person, each person's inputs in order of arrival.
  func decide(_ batch: Batch, _ submissions: [EventSubmission], _ header: RecordHeader) throws(Problem) {
    let order = inputOrder(batch)
    try fetch(batch)
    var absorbs: [Int: [Int]] = [:]
    for merge in batch.merges { absorbs[merge.target, default: []].append(merge.source) }
    // Sources hand over their states as they are before this commit; they become redirects after their targets.
    let handed = handOver(batch)
    var repeated: [Int] = []
    var place = 0
    var touched = 0
    // Out of the partition while they are changed: every look at them there would be checked for another at the same time,
    // and handing them on would copy them.
    var state = PersonState(workspace: WorkspaceID(0), id: PersonID(0), createdAt: header.now)
    var effects = PersonEffects()
    swap(&state, &handled)
    swap(&effects, &stepEffects)
    defer {
      swap(&state, &handled)
      swap(&effects, &stepEffects)
    }
    let records = submissions.map(\.records)
    while place < order.count {
      let bucket = Int(order[place] >> 56)
      beginRecord(bucket, header)
      while place < order.count, Int(order[place] >> 56) == bucket {
        if place >= touched {
          touch(order[place..<min(place + Self.touchedAhead, order.count)], batch, records)
          touched = place + Self.touchedAhead
        }
        let slot = Int(order[place] >> 24 & 0xFFFF_FFFF)
        let isFresh = batch.fresh.contains(slot)
        load(slot, into: &state, isFresh: isFresh, header.now)
        state.loadRuns()
        WorkspaceCounts.waiting(state, into: &waitingBefore)
        if isFresh { counts[state.workspace, default: WorkspaceCounts()].people += 1 }
        guard let engine = engine(of: state.workspace) else { preconditionFailure("a person without a workspace") }
        let isObserved = engine.definitions.observes || absorbs[slot] != nil
        if isObserved { state.loadDelivery() }
        let standing = isObserved ? ActivityStanding(state) : nil
        group.bytes.appendPerson(state.workspace, state.id)
        effects.removeAll()
        for source in absorbs[slot] ?? [] { absorb(handed[source], of: source, into: &state, slot, header, &effects) }
        while place < order.count, Int(order[place] >> 24 & 0xFFFF_FFFF) == slot {
          let number = Int(order[place] & 0xFF_FFFF)
          if !apply(batch.inputs[number], records, to: &state, engine, header, &effects) { repeated.append(number) }
          place += 1
        }
        counts[state.workspace]?.moveRuns(from: waitingBefore, to: state)
        noteMemory(of: state, before: standing)
        commitPerson(slot, &state, &effects)
      }
      endRecord(bucket)
    }
    recordRedirects(batch, header)
    if !repeated.isEmpty { disclaim(repeated, batch) }
  }

  /// How many inputs' states are brought into the cache together: they fit into its first level.
  static let touchedAhead = 24

  /// The states, and the events, which the sorting has strewn over all that came.
  @inline(never)
  private func touch(_ order: ArraySlice<UInt64>, _ batch: Batch, _ records: [[UInt8]]) {
    var sum: UInt8 = 0
    for key in order {
      sum &+= table.touch(Int(key >> 24 & 0xFFFF_FFFF))
      let number = Int(key & 0xFF_FFFF)
      let submission = Int(batch.inputs[number].submission)
      guard submission >= 0 else { continue }
      let start = Int(batch.inputs[number].start)
      let end = start + Int(batch.inputs[number].length)
      records[submission].withUnsafeBufferPointer { bytes in
        for offset in stride(from: start, to: end, by: 64) { sum &+= bytes[offset] }
      }
    }
    touchSum &+= sum
  }

  /// Counts anew what totals count of a person's memory of messages.
  ///
  /// - Parameter standing: what they counted before; `nil` where nothing of it can have changed.
  func noteMemory(of state: PersonState, before standing: ActivityStanding?) {
    if let suppressions = state.changedSuppressions { counts[state.workspace]?.note(suppressions, of: state.id) }
    if let standing { counts[state.workspace]?.moveActivity(from: standing, to: ActivityStanding(state)) }
  }

  /// Events that had come before change nothing, even if they name identifiers that they did not name then: nobody got
  /// these.
  private func disclaim(_ repeated: [Int], _ batch: Batch) {
    for claim in batch.claims where repeated.contains(claim.input) && index[claim.key] == claim.slot {
      guard let state = loadState(claim.slot), !state.identifierKeys(seed: indexSeed).contains(claim.key) else {
        continue
      }
      index.remove(claim.key)
    }
  }

  /// The workspace's engine; of the one asked last it is known at once.
  private func engine(of workspace: WorkspaceID) -> Engine? {
    if let lastEngine, lastEngine.definitions.workspace.id == workspace { return lastEngine }
    lastEngine = compiled[workspace]
    return lastEngine
  }

  /// Keys that sort inputs by bucket, person and arrival: 8, 32 and 24 bits. Merges without an event of the target's in
  /// the batch cannot happen: the event that caused them is the target's.
  private func inputOrder(_ batch: Batch) -> [UInt64] {
    precondition(batch.inputs.count < 1 << 24)
    var order: [UInt64] = []
    order.reserveCapacity(batch.inputs.count)
    for (number, input) in batch.inputs.enumerated() {
      let slot = table.slots[Int(input.slot)]
      let bucket = Bucket(workspace: slot.workspace, person: slot.person)
      order.append(UInt64(bucket.number) << 56 | UInt64(UInt32(bitPattern: input.slot)) << 24 | UInt64(number))
    }
    order.sort()
    return order
  }

  /// Brings the states that memory lacks from the store, in order of keys.
  private func fetch(_ batch: Batch) throws(Problem) {
    var missing: [Int] = []
    for input in batch.inputs where table.slots[Int(input.slot)].bytes == nil {
      if !batch.fresh.contains(Int(input.slot)) { missing.append(Int(input.slot)) }
    }
    guard !missing.isEmpty else { return }
    try fetch(missing)
  }

  func fetch(_ slots: [Int]) throws(Problem) {
    var wanted = Array(Set(slots))
    sortByKey(&wanted)
    let keys = wanted.map { StoreKeys.person(table.slots[$0].workspace, table.slots[$0].person) }
    do throws(StorageError) {
      try store.get(keys) { place, value in
        guard let value, value.count >= 8 else { return }
        putStored(wanted[place], value)
      }
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
  }

  /// Puts a state as the store has it: the commit it is of, then the state.
  func putStored(_ slot: Int, _ value: UnsafeRawBufferPointer) {
    let position = UInt64(littleEndian: value.loadUnaligned(as: UInt64.self))
    table.put(
      slot, UnsafeRawBufferPointer(rebasing: value[8...]), position: position, dueAt: table.slots[slot].dueAt,
      isDirty: false)
  }

  /// Notes a state that stays in the store.
  func noteStored(_ slot: Int, _ value: UnsafeRawBufferPointer) {
    table.note(
      slot, byteCount: value.count - 8, position: UInt64(littleEndian: value.loadUnaligned(as: UInt64.self)))
  }

  /// For walks over all people: brings those that memory lacks from the store many at a time, and lets others go.
  func bringAhead(of slot: Int, _ workspace: WorkspaceID) throws(Problem) {
    guard table.slots[slot].bytes == nil else { return }
    table.evict(downTo: limits.stateBytesMax, steps: 2 * Self.broughtAhead)
    let end = min(slot + Self.broughtAhead, table.count)
    try fetch((slot..<end).filter { table.slots[$0].bytes == nil && table.slots[$0].workspace == workspace })
  }

  private static let broughtAhead = 1_024

  /// Has a person's state in memory, and its position, if there is one.
  func bring(_ slot: Int) {
    guard table.slots[slot].bytes == nil else { return }
    do throws(Problem) { try fetch([slot]) } catch { fail(error.message) }
  }

  /// A person's state, from memory or the store; `nil` for one that has none yet.
  func loadState(_ slot: Int) -> PersonState? {
    bring(slot)
    guard let bytes = table.state(slot) else { return nil }
    do throws(MalformedBytes) { return try PersonState(decoding: bytes) } catch {
      fail("the state of person \(table.slots[slot].person.text) is damaged at byte \(error.offset)")
      return nil
    }
  }

  private func load(_ slot: Int, into state: inout PersonState, isFresh: Bool, _ now: Instant) {
    if !isFresh, loadState(slot, into: &state) { return }
    let row = table.slots[slot]
    state.begin(workspace: row.workspace, id: row.person, createdAt: isFresh ? .distantFuture : now)
    state.trackersEpoch = engine(of: row.workspace)?.definitions.epoch ?? 0
  }

  /// As `loadState`, reusing the memory of `state`, whose sections stay packed; `false` for a person without a state.
  func loadState(_ slot: Int, into state: inout PersonState) -> Bool {
    var bytes = table.state(slot)
    if bytes == nil {
      bring(slot)
      bytes = table.state(slot)
    }
    guard let bytes else { return false }
    do throws(MalformedBytes) { try state.take(bytes) } catch {
      fail("the state of person \(table.slots[slot].person.text) is damaged at byte \(error.offset)")
      return false
    }
    return true
  }

  private func handOver(_ batch: Batch) -> [Int: [UInt8]] {
    var handed: [Int: [UInt8]] = [:]
    for merge in batch.merges where !batch.fresh.contains(merge.source) {
      if loadState(merge.source) != nil, let bytes = table.state(merge.source) { handed[merge.source] = Array(bytes) }
    }
    return handed
  }

  private func absorb(
    _ bytes: [UInt8]?, of source: Int, into state: inout PersonState, _ slot: Int, _ header: RecordHeader,
    _ effects: inout PersonEffects
  ) {
    guard let bytes, let engine = compiled[state.workspace] else { return }
    bytes.withUnsafeBytes { group.bytes.appendAbsorb(source: table.slots[source].person, state: $0) }
    pendingHistory.append(
      HistoryAppend(
        workspace: state.workspace, what: .redirect(from: table.slots[source].person, to: state.id), commit: commit + 1)
    )
    let decoded: PersonState? = bytes.withUnsafeBytes { bytes in
      do throws(MalformedBytes) { return try PersonState(decoding: bytes) } catch {
        fail("the state of person \(table.slots[source].person.text) is damaged at byte \(error.offset)")
        return nil
      }
    }
    guard let decoded else { return }
    counts[state.workspace]?.remove(decoded)
    engine.absorb(decoded, into: &state, now: header.now, seed: header.seed, effects: &effects)
    // Messages come from journeys only.
    if !decoded.runs.isEmpty {
      pendingMoves.append(MessageMove(workspace: state.workspace, source: decoded.id, target: state.id))
    }
    if state.trackersEpoch < engine.definitions.epoch { fills[state.workspace]?.again.append(slot) }
  }

  /// `false` for an event that had come before.
  private func apply(
    _ input: BatchInput, _ records: [[UInt8]], to state: inout PersonState, _ engine: Engine, _ header: RecordHeader,
    _ effects: inout PersonEffects
  ) -> Bool {
    guard input.submission >= 0 else {
      group.bytes.appendDue()
      engine.handleDue(&state, now: header.now, seed: header.seed, effects: &effects)
      return true
    }
    return records[Int(input.submission)].withUnsafeBytes { records in
      let record = UnsafeRawBufferPointer(rebasing: records[Int(input.start)..<Int(input.start + input.length)])
      let event = EventView(trusted: record)
      let (mark, end) = Self.append(record, refused: input.refused, to: &group.bytes)
      let isNew = engine.handle(
        event, &state, refused: input.refused, now: header.now, seed: header.seed, effects: &effects)
      if isNew {
        counts[state.workspace, default: WorkspaceCounts()].events += 1
        pendingHistory.append(
          HistoryAppend(
            workspace: state.workspace, what: .event(state.id, (end - record.count)..<end), commit: commit + 1))
      } else {
        group.bytes.removeSubrange(mark...)
        metrics.add(.eventsRepeated)
      }
      return isNew
    }
  }

  /// Where the entries begin and end.
  @inline(__always)
  private static func append(
    _ record: UnsafeRawBufferPointer, refused: [Int], to bytes: inout [UInt8]
  ) -> (mark: Int, end: Int) {
    let mark = bytes.count
    if !refused.isEmpty { bytes.appendRefused(refused) }
    bytes.appendEvent(record)
    return (mark, bytes.count)
  }

  /// Writes the person's effects behind its inputs and keeps the new state.
  func commitPerson(_ slot: Int, _ state: inout PersonState, _ effects: inout PersonEffects) {
    if !effects.messages.isEmpty { deliverToMailbox(&effects, of: state) }
    effects.write(into: &group.bytes)
    note(effects, of: state)
    putState(slot, &state, commit: commit + 1)
  }

  func putState(_ slot: Int, _ state: inout PersonState, commit: UInt64) {
    if state.isDamaged { fail("the state of person \(state.id.text) is damaged") }
    state.encode(into: &stateBuffer)
    keep(slot, stateBuffer.content, dueAt: state.dueAt, commit: commit)
  }

  /// Keeps a state's bytes, and when the person is due.
  func keep(_ slot: Int, _ state: UnsafeRawBufferPointer, dueAt: Instant, commit: UInt64) {
    let wasDue = table.put(slot, state, position: commit, dueAt: dueAt, isDirty: true)
    // Whoever is due at once, again, has no entry any more: it was taken out for this handling.
    let isAgain = dueAt == wasDue && dueAt <= lastNow
    if dueAt != .distantFuture, dueAt != wasDue || isAgain { due.insert(slot, at: dueAt) }
  }

  private func recordRedirects(_ batch: Batch, _ header: RecordHeader) {
    for merge in batch.merges {
      let source = table.slots[merge.source]
      let target = table.slots[merge.target].person
      let bucket = Int(Bucket(workspace: source.workspace, person: source.person).number)
      beginRecord(bucket, header)
      group.bytes.appendPerson(source.workspace, source.person)
      group.bytes.appendRedirect(to: target)
      endRecord(bucket)
      putRedirect(merge.source, to: target, header.now)
    }
  }

  /// What is left of a merged person: where it went.
  func putRedirect(_ slot: Int, to target: PersonID, _ now: Instant, commit: UInt64? = nil) {
    let row = table.slots[slot]
    var state = PersonState(workspace: row.workspace, id: row.person, createdAt: now)
    state.redirect = target
    putState(slot, &state, commit: commit ?? self.commit + 1)
  }
}
