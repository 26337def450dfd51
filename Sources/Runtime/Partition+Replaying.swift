import Delivery
import Engine
import Events
import History
import Profiles
import RoostCore
import Storage

/// What `Replay` changes of a partition.
extension Partition {
  enum ReplayedItem {
    case event(PersonID, UnsafeRawBufferPointer)
    case redirect(from: PersonID, to: PersonID)
    case erase(PersonID)
    case erasedEvent(Int)
    case cut
  }

  /// The history passes over by itself what its files have.
  func replayHistory(_ workspace: WorkspaceID, _ item: ReplayedItem, _ commit: UInt64) {
    guard let history = histories[workspace] else { return }
    do throws(HistoryError) {
      switch item {
      case .event(let person, let record): try history.append(person: person, record: record, position: commit)
      case .redirect(let from, let to): try history.redirect(from: from, to: to, position: commit)
      case .erase(let person): try history.erase(person: person, position: commit)
      case .cut: try history.cut(position: commit)
      case .erasedEvent(let bytes): try history.skip(erasedBytes: bytes, position: commit)
      }
    } catch { fail("the history cannot be written: \(error)") }
  }

  /// Identifiers of a replayed event that are the person's.
  func claim(_ event: EventView, _ refused: [Int], _ workspace: WorkspaceID, _ slot: Int) {
    var candidates: [IdentityCandidate] = []
    IdentityCandidate.append(of: event, workspace: workspace, seed: indexSeed, to: &candidates)
    for candidate in candidates where !refused.contains(candidate.position) {
      if index[candidate.key] == nil || !candidate.isPrevious { index.set(candidate.key, slot) }
    }
  }

  /// A merged person's identifiers are the survivor's, however often that one was merged since.
  func moveIdentifiers(of source: PersonState, to target: PersonID) {
    guard var survivor = table.find(source.workspace, target) else { return }
    while let next = loadState(survivor)?.redirect.flatMap({ table.find(source.workspace, $0) }) { survivor = next }
    let old = table.find(source.workspace, source.id)
    for key in source.identifierKeys(seed: indexSeed) where index[key] == nil || index[key] == old {
      index.set(key, survivor)
    }
  }

  /// Replaces what a person counts for by what it counts for now.
  func recount(_ before: WorkspaceCounts.Share, _ state: inout PersonState) {
    var after = WorkspaceCounts.Share()
    after.note(&state)
    guard after != before else { return }
    counts[state.workspace, default: WorkspaceCounts()].change(before, by: -1)
    counts[state.workspace, default: WorkspaceCounts()].change(after, by: 1)
  }

  func keepReplayed(_ slot: Int, _ state: inout PersonState, _ commit: UInt64) {
    putState(slot, &state, commit: commit)
  }

  /// A message as recorded; the last record of it counts.
  func keepReplayed(_ message: MessageRecord) {
    pendingMessages = [message]
    keepMessages()
    pendingMessages = []
  }

  /// Appends messages' new states to the commit under construction: of those in the outbox, which the log has, only what
  /// became of them.
  func recordMessageStates(_ messages: [MessageRecord], _ header: RecordHeader) {
    // Not the messages themselves are moved about, which are large.
    let order = messages.indices.map { (bucket: bucket(of: messages[$0]), place: $0) }
      .sorted { ($0.bucket, $0.place) < ($1.bucket, $1.place) }
    var open: Int?
    var record: [UInt8] = []
    for (bucket, place) in order {
      if open != bucket {
        if let open { endRecord(open) }
        beginRecord(bucket, header)
        open = bucket
      }
      noteChanged(messages[place])
      // A test is nobody's.
      if !messages[place].isTest { group.bytes.appendPerson(messages[place].workspace, messages[place].person) }
      record.removeAll(keepingCapacity: true)
      if !messages[place].isTest, outbox[messages[place].id]?.sharesIntent(with: messages[place]) == true {
        messages[place].encodeFate(into: &record)
        group.bytes.appendMessageFate(record)
      } else {
        messages[place].encode(into: &record)
        group.bytes.appendMessageState(record)
      }
    }
    if let open { endRecord(open) }
    if pendingMessages.isEmpty { pendingMessages = messages } else { pendingMessages += messages }
  }

  private func bucket(of message: MessageRecord) -> Int {
    message.isTest
      ? Self.systemBucket : Int(Bucket(workspace: message.workspace, person: message.person).number)
  }

  func forgetQuarantined(_ workspace: WorkspaceID, _ number: UInt64) {
    var batch = StateBatch()
    batch.delete(StoreKeys.quarantine(workspace, number))
    batch.delete(StoreKeys.longText(workspace, number))
    write(batch)
    texts.remove(number)
  }
}
