import Delivery
import Engine
import Profiles
import RoostCore
import Storage

extension Partition {
  /// Takes note of what a person's handling led to: counts now, messages once the commit is durable.
  func note(_ effects: PersonEffects, of state: PersonState) {
    let workspace = state.workspace
    if !effects.gainedDevices.isEmpty { noteDevices(effects.gainedDevices, of: state) }
    if !effects.memberships.isEmpty {
      for change in effects.memberships {
        counts[workspace, default: WorkspaceCounts()].changeMembers(change.slot, by: change.isMember ? 1 : -1)
      }
      metrics.add(.membershipChanges, effects.memberships.count)
    }
    for move in effects.moves { counts[workspace, default: WorkspaceCounts()].add(move) }
    for message in effects.messages {
      pendingMessages.append(message)
      noteDecided(message)
      counts[workspace]?.countMessage(of: message, symbols: symbols[workspace])
      switch message.status {
      case .held: break
      case .suppressed: metrics.add(.messagesSuppressed)
      default: metrics.add(.messagesScheduled)
      }
    }
  }

  /// The mailbox is part of this installation: keeping a message is its hand-off, in the same record as the intent.
  func deliverToMailbox(_ effects: inout PersonEffects, of state: PersonState) {
    for place in effects.messages.indices where effects.messages[place].status == .scheduled {
      guard
        compiled[state.workspace]?.definitions.channel(
          for: effects.messages[place].channel, address: effects.messages[place].to) == nil
      else {
        continue
      }
      deliverToMailbox(&effects.messages[place])
    }
  }

  func deliverToMailbox(_ message: inout MessageRecord) {
    let token = commit + 1
    guard giveVouchers(to: &message, at: lastNow), message.claim(token: token, now: lastNow) else { return }
    let outcome = mailboxOutcome(of: message)
    _ = message.close(token: token, outcome: outcome, now: lastNow)
    metrics.add(message.status == .failed ? .messagesFailed : .messagesSent)
  }

  /// The mailbox takes what a channel would have taken: a letter that cannot be rendered is none.
  func mailboxOutcome(of message: MessageRecord) -> HandoffOutcome {
    do throws(Problem) {
      guard let rendering = try rendering(of: message) else {
        return .failed(detail: "the template \(message.template) is gone")
      }
      _ = try rendering.render()
      return .sent(detail: MessageRecord.mailboxDetail)
    } catch { return .failed(detail: error.message) }
  }

  /// Puts the commit's messages where they are listed. Those that are to go out are in the outbox, and the log has them:
  /// the store gets their records at a checkpoint, or once they are settled, which most are before.
  func keepMessages() {
    guard !pendingMessages.isEmpty else { return }
    var batch = StateBatch()
    listNew(in: &batch)
    for place in pendingMessages.indices {
      let id = pendingMessages[place].id
      if !pendingMessages[place].isOpen {
        put(pendingMessages[place], into: &batch)
        if outbox.isSaved(id) { batch.delete(StoreKeys.openMessage(pendingMessages[place].workspace, id.bytes)) }
        turns[id] = nil
      }
      outbox.keep(pendingMessages[place])
    }
    write(batch)
    if !outbox.isEmpty { wakeDelivery?() }
  }

  /// Lists each new message by its time and by its person, in the order of the keys: the store takes them best so.
  private func listNew(in batch: inout StateBatch) {
    var keys: [[UInt8]] = []
    for place in pendingMessages.indices where outbox[pendingMessages[place].id] == nil {
      let id = pendingMessages[place].id.bytes
      let (workspace, at) = (pendingMessages[place].workspace, pendingMessages[place].createdAt)
      keys.append(StoreKeys.messageByTime(workspace, at: at, id))
      keys.append(StoreKeys.messageByPerson(workspace, pendingMessages[place].person, at: at, id))
    }
    keys.sort { $0.lexicographicallyPrecedes($1) }
    for key in keys { batch.put(key, []) }
  }

  /// Writes a message of the outbox as it is now, for a start that finds nothing of it in the log.
  func saveOpen(_ id: IntentID, into batch: inout StateBatch) {
    guard let message = outbox[id] else { return }
    put(message, into: &batch)
    batch.put(StoreKeys.openMessage(message.workspace, id.bytes), [])
    outbox.noteSaved(id)
  }

  private func put(_ message: MessageRecord, into batch: inout StateBatch) {
    let id = message.id.bytes
    var record: [UInt8] = []
    message.encode(into: &record)
    batch.put(StoreKeys.message(message.workspace, id), record)
    // Names of reports come with the outcome, long after the message was listed.
    for (place, part) in (message.reports?.parts ?? []).enumerated() {
      batch.put(
        StoreKeys.report(message.workspace, channel: message.reports?.channel ?? "", part.name),
        id + [UInt8(truncatingIfNeeded: place)])
    }
  }

  /// Lists a merged person's messages with the one who stayed.
  func moveMessages(_ move: MessageMove) {
    var batch = StateBatch()
    let prefix = StoreKeys.messagesByPerson(move.workspace, move.source)
    let target = StoreKeys.messagesByPerson(move.workspace, move.target)
    do {
      try store.scan(.prefix(prefix)) { key, _ in
        batch.put(target + key[prefix.count...], [])
        batch.delete(key)
        return true
      }
    } catch { fail("the state store cannot be read: \(error)") }
    if batch.count > 0 { write(batch) }
  }

  func keepQuarantine(_ items: [QuarantineItem]) {
    var batch = StateBatch()
    for item in items {
      var record: [UInt8] = []
      item.encode(into: &record)
      batch.put(StoreKeys.quarantine(item.workspace, item.number), record)
    }
    write(batch)
  }

  /// Writes to the store, which is a cache: what fails here comes again from the log at the next start.
  func write(_ batch: StateBatch) {
    do throws(StorageError) { try store.write(batch) } catch {
      fail("the state store cannot be written: \(error)")
    }
  }
}

extension IntentID {
  /// Sixteen bytes, big-endian.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: high)
    bytes.append(bigEndian: low)
    return bytes
  }

  /// From `bytes`; `nil` if there are not sixteen.
  init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    let word = { (part: ArraySlice<UInt8>) in part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    self.init(high: word(bytes[..<8]), low: word(bytes[8...]))
  }
}
