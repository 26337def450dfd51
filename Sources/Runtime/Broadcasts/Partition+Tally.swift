import Delivery
import Engine
import RoostCore

extension Partition {
  /// How a broadcast's messages stand.
  func tally(_ ref: JourneyRef) -> BroadcastTally {
    guard let journey = symbols[ref.workspace]?.find(ref.journey) else { return BroadcastTally() }
    return counts[ref.workspace]?.broadcasts[journey] ?? BroadcastTally()
  }

  /// Notes that a broadcast's message came to stand elsewhere; the commit under construction says so too.
  func noteTally(_ message: MessageRecord, from: BroadcastTally.Column?, to: BroadcastTally.Column? = nil) {
    guard BroadcastDefinition.isJourney(message.journey),
      let journey = symbols[message.workspace]?.find(message.journey)
    else { return }
    let to = to ?? .status(message.status)
    guard from != to else { return }
    let move = BroadcastTally.Move(row: .init(version: message.version, step: message.step), from: from, to: to)
    counts[message.workspace, default: WorkspaceCounts()].broadcasts[journey, default: BroadcastTally()].add(move)
    tallyMoves.add(.init(workspace: message.workspace, journey: journey, move: move))
  }

  /// A message as a person's handling decided it: it is new, or was held before.
  func noteDecided(_ message: MessageRecord) {
    guard BroadcastDefinition.isJourney(message.journey) else { return }
    let isWithdrawn =
      message.status == .suppressed && (message.reason == .journeyExit || message.reason == .broadcastStopped)
    noteTally(message, from: message.createdAt < lastNow || isWithdrawn ? .status(.held) : nil)
  }

  /// A message whose record is written anew.
  func noteChanged(_ message: MessageRecord) {
    guard BroadcastDefinition.isJourney(message.journey) else { return }
    if let old = outbox[message.id] { return noteTally(message, from: .status(old.status)) }
    do throws(Problem) {
      let old = try self.message(message.workspace, message.id.bytes)
      noteTally(message, from: old.map { .status($0.status) })
    } catch { fail(error.message) }
  }

  /// Appends the commit's moves as a record of their own.
  func recordTally() {
    guard !tallyMoves.isEmpty else { return }
    let header = RecordHeader(commit: commit + 1, now: lastNow, seed: 0, definitions: definitions.version)
    systemRecord(header) { $0.appendTally(tallyMoves) }
    tallyMoves.removeAll()
  }

  /// The moves of a commit that is replayed.
  func replayTally(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    for (key, count) in try TallyMoves(decoding: bytes).counts {
      counts[key.workspace, default: WorkspaceCounts()].broadcasts[key.journey, default: BroadcastTally()]
        .add(key.move, count)
    }
  }
}
