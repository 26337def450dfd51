import Catalog
import Delivery
import Engine
import Events
import History
import Journeys
import Profiles
import RoostCore
import Storage

/// Takes the log's tail into a partition at start: inputs are handled again under their recorded time, seed and
/// definitions; effects are taken as recorded, never recomputed.
final class Replay {
  private let partition: Partition
  /// Totals and other things without a position of their own are as of this commit.
  private let stateCommit: UInt64
  private(set) var records = 0
  /// Handles people of many records at once.
  private let together: ReplayTogether
  /// Whether `together` has the people of the present record.
  private var isTogether = false

  /// Whom the entries that follow are about.
  private var current: (workspace: WorkspaceID, person: PersonID)?
  /// Their place in the table; `nil` for records that are read for the history alone.
  private var slot: Int?
  private var state: PersonState?
  /// Kept for its memory between people.
  private var spare: PersonState? = PersonState(
    workspace: WorkspaceID(0), id: PersonID(0), createdAt: Instant(milliseconds: 0))
  /// What the person counted for before the record; nothing for a new one.
  private var before = WorkspaceCounts.Share()
  private var refused: [Int] = []
  /// Refused events that the present commit took out of the quarantine.
  private var cleared: (commit: UInt64, numbers: Set<UInt64>) = (0, [])
  private var effects = PersonEffects()
  private var isDone = false
  /// Workspaces in which somebody may have something to do at once, since journeys were changed.
  private var woken: Set<WorkspaceID> = []

  init(_ partition: Partition, stateCommit: UInt64) {
    self.partition = partition
    self.stateCommit = stateCommit
    together = ReplayTogether(partition, stateCommit: stateCommit)
  }

  /// Takes a chunk's records in their order, those that follow each other and are plain together.
  func take(_ chunk: LogChunk) throws(Problem) {
    let result = chunk.bytes.withUnsafeBytes { bytes -> Result<Void, Problem> in
      do throws(Problem) { return .success(try take(chunk, bytes)) } catch { return .failure(error) }
    }
    try result.get()
  }

  private func take(_ chunk: LogChunk, _ bytes: UnsafeRawBufferPointer) throws(Problem) {
    var place = 0
    while place < chunk.records.count {
      let end = chunk.records[place...].firstIndex { !$0.isPlain } ?? chunk.records.count
      if end - place > 1 {
        try takeTogether(place..<end, of: chunk, bytes)
        place = end
      } else {
        try take(chunk.view(place, bytes))
        place += 1
      }
    }
  }

  /// While people are handled, the rest of the records is taken here.
  private func takeTogether(
    _ places: Range<Int>, of chunk: LogChunk, _ bytes: UnsafeRawBufferPointer
  ) throws(Problem) {
    try together.begin(places, of: chunk, bytes)
    isTogether = true
    defer { isTogether = false }
    let rest: Result<Void, Problem>
    do throws(Problem) {
      for place in places { try take(chunk.view(place, bytes)) }
      rest = .success(())
    } catch { rest = .failure(error) }
    try together.finish(of: chunk, bytes)
    try rest.get()
  }

  func take(_ record: LogRecordView) throws(Problem) {
    records += 1
    do throws(MalformedBytes) { try replay(record) } catch { throw record.problem(error) }
    if let failure = partition.failure { throw failure }
  }

  private func replay(_ record: LogRecordView) throws(MalformedBytes) {
    var reader = ByteReader(record.payload)
    let header = try RecordHeader(reading: &reader)
    effects.recordedRefusals = try RecordEntry.refusals(reader)
    while let entry = try RecordEntry.next(&reader) { try take(entry, header) }
    endPerson(header)
    partition.commit = max(partition.commit, header.commit)
    partition.lastNow = max(partition.lastNow, header.now)
  }

  func finish() throws(Problem) {
    if let failure = partition.failure { throw failure }
    for workspace in woken.sorted() { try partition.wakePeople(workspace) }
  }

  private func take(_ entry: RecordEntry, _ header: RecordHeader) throws(MalformedBytes) {
    let isNew = header.commit > stateCommit
    switch entry {
    case .person(let workspace, let person): beginPerson(workspace, person, header)
    case .event(let record): takeEvent(record, header)
    case .due: engine?.handleDueIf(state != nil && !isDone, &state, header, &effects)
    case .absorb(let source, let bytes): try absorb(source, bytes, header)
    case .redirect(let target): redirect(to: target, header)
    case .refused(let places): refused = places.map(Int.init)
    case .fill(let epoch, let trackers): try fill(epoch, trackers, header)
    case .erasedEvent(let bytes):
      if let current { partition.replayHistory(current.workspace, .erasedEvent(Int(bytes)), header.commit) }
    case .erase(let keys): erase(keys, header)
    case .memberships(let list): try takeMemberships(list)
    case .move(let bytes): if isNew { try takeMove(bytes) }
    // What is older is in the store already, or was erased from it.
    case .message(let bytes): if isNew { try takeMessage(bytes, isIntent: true) }
    case .messageState(let bytes): if isNew { try takeMessage(bytes, isIntent: false) }
    case .messageFate(let bytes): if isNew { try takeFate(bytes) }
    case .symbols(let workspace, let from, let names): if isNew { try takeNames(workspace, from, names) }
    case .definition(let json): if isNew { takeDefinition(json, header) }
    case .broadcastTurn(let journey):
      if !isDone, state != nil, let engine {
        engine.broadcast(journey, to: &state!, now: header.now, seed: header.seed, effects: &effects)
      }
    case .audience(let workspace, let journey, let list, let people):
      guard isNew else { return }
      let ids = stride(from: 0, to: people.count - 7, by: 8).map {
        PersonID(UInt64(littleEndian: people.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
      }
      partition.keepAudience(workspace, journey, list: list, ids)
    case .tally(let bytes): if isNew { try partition.replayTally(bytes) }
    case .historyCut(let workspace): partition.replayHistory(workspace, .cut, header.commit)
    case .quarantine(let bytes):
      guard isNew else { return }
      var item = ByteReader(bytes)
      let decoded = try QuarantineItem(decoding: &item)
      partition.quarantineNumber = max(partition.quarantineNumber, decoded.number)
      partition.keepQuarantine([decoded])
    case .longText(let bytes):
      guard isNew else { return }
      var reader = ByteReader(bytes)
      let text = try HeldText(decoding: &reader)
      partition.quarantineNumber = max(partition.quarantineNumber, text.number)
      partition.put(text)
    case .catalog(let workspace, let bytes):
      if isNew { partition.keepProducts(workspace, try CatalogChanges(decoding: bytes)) }
    case .vouchersAdded(let workspace, let bytes):
      if isNew { partition.keep(try VoucherAddition(decoding: bytes), workspace) }
    case .voucherGiven(let workspace, let bytes):
      if isNew { partition.keep([GivenVoucher(workspace: workspace, giving: try VoucherGiving(decoding: bytes))]) }
    case .quarantineCleared(let workspace, let number):
      partition.forgetQuarantined(workspace, number)
      if cleared.commit != header.commit { cleared = (header.commit, []) }
      cleared.numbers.insert(number)
    }
  }

  private var engine: Engine? { current.flatMap { partition.compiled[$0.workspace] } }

  private func beginPerson(_ workspace: WorkspaceID, _ person: PersonID, _ header: RecordHeader) {
    endPerson(header)
    current = (workspace, person)
    refused = []
    effects.removeAll()
    state = nil
    // The states have all that is as old; also of whoever was erased before the checkpoint, of whom the store has nothing.
    isDone = header.commit <= stateCommit || isTogether
    guard !isDone else { return }
    let slot = partition.table.find(workspace, person) ?? partition.table.insert(workspace, person)
    self.slot = slot
    if partition.table.slots[slot].byteCount > 0 { partition.bring(slot) }
    // What the store has may be younger than this record: then the person is passed over.
    isDone = partition.table.slots[slot].position >= header.commit
    guard !isDone else { return }
    state = spare.take() ?? PersonState(workspace: workspace, id: person, createdAt: .distantFuture)
    if partition.loadState(slot, into: &state!) {
      before.note(&state!)
    } else {
      before.clear()
      state!.begin(workspace: workspace, id: person, createdAt: .distantFuture)
      state!.trackersEpoch = partition.compiled[workspace]?.definitions.epoch ?? 0
    }
  }

  /// Keeps the person's state, with effects' consequences for the counts.
  private func endPerson(_ header: RecordHeader) {
    defer {
      slot = nil
      current = nil
    }
    guard let slot, var done = state.take(), !isDone else { return }
    partition.recount(before, &done)
    if !effects.gainedDevices.isEmpty { partition.noteDevices(effects.gainedDevices, of: done) }
    partition.keepReplayed(slot, &done, header.commit)
    spare = done
  }

  private func takeEvent(_ record: UnsafeRawBufferPointer, _ header: RecordHeader) {
    guard let current else { return }
    partition.replayHistory(current.workspace, .event(current.person, record), header.commit)
    if header.commit > stateCommit { partition.counts[current.workspace, default: WorkspaceCounts()].events += 1 }
    guard !isDone, state != nil, let slot, let engine else { return }
    let event = EventView(trusted: record)
    _ = engine.handle(event, &state!, refused: refused, now: header.now, seed: header.seed, effects: &effects)
    partition.claim(event, refused, current.workspace, slot)
    refused = []
  }

  private func absorb(
    _ source: PersonID, _ bytes: UnsafeRawBufferPointer, _ header: RecordHeader
  ) throws(MalformedBytes) {
    guard let current else { return }
    partition.replayHistory(current.workspace, .redirect(from: source, to: current.person), header.commit)
    if header.commit > stateCommit {
      partition.moveMessages(.init(workspace: current.workspace, source: source, target: current.person))
    }
    // No state: an erasure took it.
    guard !isDone, state != nil, bytes.count > 0, let engine else { return }
    let other = try PersonState(decoding: bytes)
    engine.absorb(other, into: &state!, now: header.now, seed: header.seed, effects: &effects)
    partition.moveIdentifiers(of: other, to: current.person)
  }

  private func redirect(to target: PersonID, _ header: RecordHeader) {
    guard let slot, !isDone else { return }
    if let old = state {
      partition.counts[old.workspace]?.change(before, by: -1)
      // The target may be younger than this record: then nobody else says whose the identifiers are.
      partition.moveIdentifiers(of: old, to: target)
    }
    partition.commit = max(partition.commit, header.commit)
    partition.putRedirect(slot, to: target, header.now, commit: header.commit)
    state = nil
  }

  private func fill(
    _ epoch: UInt32, _ bytes: UnsafeRawBufferPointer, _ header: RecordHeader
  ) throws(MalformedBytes) {
    guard !isDone, state != nil, let engine else { return }
    engine.fill(
      &state!, trackers: try Trackers(decoding: bytes), now: header.now, seed: header.seed, effects: &effects)
  }

  private func erase(_ keys: UnsafeRawBufferPointer, _ header: RecordHeader) {
    guard let current else { return }
    partition.replayHistory(current.workspace, .erase(current.person), header.commit)
    let tombstones = stride(from: 0, to: keys.count - 15, by: 16).map {
      TombstoneKey(bytes: UnsafeRawBufferPointer(rebasing: keys[$0..<($0 + 16)]))
    }
    partition.keep(tombstones, current.workspace, at: header.now)
    guard !isDone, let slot, let old = state else { return }
    partition.keep(
      ErasedPeople(
        workspace: current.workspace, people: partition.erasedIDs(of: old), through: header.commit,
        quarantined: cleared.commit == header.commit ? cleared.numbers : []))
    partition.deleteReplayedMessages(of: old)
    partition.commit = max(partition.commit, header.commit)
    partition.forget(slot, old, [], at: header.now)
    state = nil
  }

  /// The counts follow from the states (`recount`); the list itself is for whoever reads the log.
  private func takeMemberships(_ list: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(list)
    while !reader.isAtEnd { _ = try reader.varint() }
  }

  private func takeMove(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    guard let current else { return }
    partition.counts[current.workspace, default: WorkspaceCounts()].add(try JourneyMove(decoding: bytes))
  }

  private func takeMessage(_ bytes: UnsafeRawBufferPointer, isIntent: Bool) throws(MalformedBytes) {
    let message = try MessageRecord(decoding: bytes)
    if isIntent {
      partition.counts[message.workspace, default: WorkspaceCounts()]
        .countMessage(of: message, symbols: partition.symbols[message.workspace])
    }
    partition.keepReplayed(message)
  }

  private func takeFate(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    let (workspace, id) = try MessageRecord.owner(ofFate: bytes)
    let known: MessageRecord?
    do throws(Problem) { known = try partition.message(workspace, id.bytes) } catch {
      return partition.fail(error.message)
    }
    // Nothing is known of it any more: its person was erased since.
    guard var message = known else { return }
    try message.takeFate(bytes)
    partition.keepReplayed(message)
  }

  private func takeNames(
    _ workspace: WorkspaceID, _ from: UInt32, _ list: UnsafeRawBufferPointer
  ) throws(MalformedBytes) {
    guard let table = partition.symbols[workspace] else { return }
    var reader = ByteReader(list)
    var number = from
    while !reader.isAtEnd {
      // Records name things by number: another number would be another name.
      guard table.intern(try reader.text())?.number == number else { throw MalformedBytes(offset: reader.offset) }
      number += 1
    }
    partition.durableNames[workspace] = table.count
  }

  private func takeDefinition(_ json: UnsafeRawBufferPointer, _ header: RecordHeader) {
    let parsed: JSONValue?
    do throws(JSONError) { parsed = try JSONValue(parsing: Array(json)) } catch { parsed = nil }
    guard let change = parsed.flatMap(DefinitionChange.init(json:)) else {
      return partition.fail("a change of definitions in the log is of an unknown form")
    }
    do throws(Problem) {
      try partition.enact(change, at: header.now, by: parsed?["by"]?.string.flatMap(Author.init))
      try partition.compile(change.workspaceID)
      // A broadcast may have been resumed or stopped, and people hold a message of it.
      if case .broadcast = change { woken.insert(change.workspaceID) }
      if change.wakesPeople { woken.insert(change.workspaceID) }
    } catch { partition.fail("a change of definitions in the log does not fit: \(error.message)") }
  }
}

extension Engine {
  fileprivate func handleDueIf(
    _ isWanted: Bool, _ state: inout PersonState?, _ header: RecordHeader, _ effects: inout PersonEffects
  ) {
    guard isWanted, state != nil else { return }
    handleDue(&state!, now: header.now, seed: header.seed, effects: &effects)
  }
}
