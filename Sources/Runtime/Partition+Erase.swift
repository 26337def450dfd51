import Delivery
import Engine
import Events
import History
import Profiles
import RoostCore
import Storage

extension Partition {
  /// Erases a person: state, timeline, messages; the identifiers stay as salted hashes. The files follow at once: the log
  /// is rewritten without the person's payloads, the history is compacted.
  package func erase(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) {
    let slot = try slot(workspace, reference)
    guard let state = loadState(slot) else { throw Problem(.notFound, "there is no such person") }
    let quarantined = try quarantined(workspace, naming: state.identifiers)
      .union(texts.numbers(workspace, from: state.identifiers))
    let messages = try broadcastMessages(of: state)
    let header = beginCommit()
    recordNewSymbols(header)
    if !quarantined.isEmpty {
      // Before the erasure, in the same commit: a replay takes them together.
      systemRecord(header) { bytes in
        for number in quarantined.sorted() { bytes.appendQuarantineCleared(workspace, number: number) }
      }
    }
    let words = Tombstones.saltWords(salt, workspace)
    let keys = state.identifiers.flatMap { identifier -> [TombstoneKey] in
      let kinds: [IdentifierKind] = identifier.kind == .previous ? [.user, .anonymous] : [identifier.kind]
      return kinds.map { TombstoneKey(kind: $0, value: identifier.value, salt: words) }
    }
    let bucket = Int(Bucket(workspace: workspace, person: state.id).number)
    beginRecord(bucket, header)
    group.bytes.appendPerson(workspace, state.id)
    group.bytes.appendErase(tombstones: keys.flatMap(\.bytes))
    endRecord(bucket)
    for message in messages { noteTally(message, from: .status(message.status), to: .erased) }
    pendingHistory.append(HistoryAppend(workspace: workspace, what: .erase(state.id), commit: commit + 1))
    try finishCommit()
    forget(slot, state, keys, at: header.now)
    try deleteMessages(of: state)
    for number in quarantined { forgetQuarantined(workspace, number) }
    let erased = ErasedPeople(
      workspace: workspace, people: erasedIDs(of: state), through: commit, quarantined: quarantined)
    keep(erased)
    erasures?(erased)
  }

  /// The refused events that name somebody.
  private func quarantined(
    _ workspace: WorkspaceID, naming identifiers: [Identifier]
  ) throws(Problem) -> Set<UInt64> {
    var found: Set<UInt64> = []
    var cursor: String?
    repeat {
      let page = try quarantineItems(workspace, cursor: cursor, limit: 1_000)
      for item in page.items where item.names(identifiers) { found.insert(item.number) }
      cursor = page.next
    } while cursor != nil
    return found
  }

  /// Remembers an erasure until it has reached all files: how many people, the people, the refused events.
  func keep(_ erased: ErasedPeople) {
    var value: [UInt8] = []
    value.append(word: UInt64(erased.people.count))
    for person in erased.people.sorted() { value.append(word: person.number) }
    for number in erased.quarantined.sorted() { value.append(word: number) }
    var batch = StateBatch()
    batch.put(StoreKeys.erasure(erased.workspace, through: erased.through), value)
    write(batch)
  }

  /// Erasures that a crash or a full disk kept from all files.
  func unfinishedErasures() throws(Problem) -> [ErasedPeople] {
    var found: [ErasedPeople] = []
    do {
      try store.scan(.prefix([StoreKeys.erasure])) { key, value in
        guard key.count == 13, value.count >= 8 else { return true }
        let words = stride(from: 0, to: value.count - 7, by: 8).map {
          UInt64(littleEndian: value.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
        }
        let people = words.dropFirst().prefix(Int(clamping: words[0]))
        found.append(
          ErasedPeople(
            workspace: WorkspaceID(UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: UInt32.self))),
            people: Set(people.map { PersonID($0) }),
            through: UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 5, as: UInt64.self)),
            quarantined: Set(words.dropFirst(1 + people.count))))
        return true
      }
    } catch { throw Problem(.unavailable, "the state store cannot be read: \(error)") }
    return found
  }

  /// What erasing does to memory; also when the log is replayed.
  func forget(_ slot: Int, _ state: PersonState, _ keys: [TombstoneKey], at instant: Instant) {
    for key in state.identifierKeys(seed: indexSeed) where index[key] == slot { index.remove(key) }
    counts[state.workspace]?.remove(state)
    keep(keys, state.workspace, at: instant)
    table.erase(slot, position: commit)
    var batch = StateBatch()
    batch.delete(StoreKeys.person(state.workspace, state.id))
    write(batch)
  }

  func keep(_ keys: [TombstoneKey], _ workspace: WorkspaceID, at instant: Instant) {
    var batch = StateBatch()
    for key in keys {
      tombstones.insert(key, workspace, at: instant)
      var value: [UInt8] = []
      value.append(word: instant.milliseconds)
      batch.put(StoreKeys.tombstone(workspace, key.bytes), value)
    }
    write(batch)
  }

  /// Messages of an erased person that the log brought back before it came to the erasure.
  func deleteReplayedMessages(of state: PersonState) {
    do throws(Problem) { try deleteMessages(of: state) } catch { fail(error.message) }
  }

  private func deleteMessages(of state: PersonState) throws(Problem) {
    var batch = StateBatch()
    for id in [state.id] + sources(of: state) {
      for record in try storedMessages(state.workspace, of: id) {
        batch.delete(StoreKeys.message(state.workspace, record.id.bytes))
        batch.delete(StoreKeys.openMessage(state.workspace, record.id.bytes))
        batch.delete(StoreKeys.messageByTime(state.workspace, at: record.createdAt, record.id.bytes))
        for person in [id, record.person] {
          batch.delete(StoreKeys.messageByPerson(state.workspace, person, at: record.createdAt, record.id.bytes))
        }
        for part in record.reports?.parts ?? [] {
          batch.delete(
            StoreKeys.report(state.workspace, channel: record.reports?.channel ?? "", part.name))
        }
        try unlinkVouchers(of: record, in: &batch)
        outbox.drop(record.id)
      }
    }
    write(batch)
  }

  /// What broadcasts count of a person.
  private func broadcastMessages(of state: PersonState) throws(Problem) -> [MessageRecord] {
    var found: [MessageRecord] = []
    for id in [state.id] + sources(of: state) {
      found += try storedMessages(state.workspace, of: id).filter { BroadcastDefinition.isJourney($0.journey) }
    }
    var seen: Set<IntentID> = []
    return found.filter { seen.insert($0.id).inserted }
  }

  /// Ids under which the person's payloads are in the log: its own and those that were merged into it.
  func erasedIDs(of state: PersonState) -> Set<PersonID> { Set([state.id] + sources(of: state)) }

  /// Everybody who became this person, directly or not.
  private func sources(of state: PersonState) -> [PersonID] {
    guard state.absorbed > 0 else { return [] }
    var redirects: [PersonID: [PersonID]] = [:]
    for slot in 0..<table.count where table.slots[slot].workspace == state.workspace {
      // Redirects are the shortest of states; others need not be read.
      guard table.slots[slot].byteCount < 64, let other = loadState(slot), let target = other.redirect else { continue }
      redirects[target, default: []].append(other.id)
    }
    var found: [PersonID] = []
    var open = [state.id]
    while let next = open.popLast() {
      for source in redirects[next] ?? [] {
        found.append(source)
        open.append(source)
      }
    }
    return found
  }
}
