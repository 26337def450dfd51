import Delivery
import RoostCore

/// Messages that still have to be handed over, or whose hand-off is under way. The log has them all; this is what the
/// committer keeps at hand of them.
struct Outbox {
  private(set) var messages: [IntentID: MessageRecord] = [:]

  var isEmpty: Bool { messages.isEmpty }
  var count: Int { messages.count }

  /// Takes a message in, or lets it go once nothing more is to be done for it.
  mutating func keep(_ message: MessageRecord) {
    messages[message.id] = message.isOpen ? message : nil
  }

  /// Up to `limit` messages that are due and nobody's, the longest due first.
  func due(at now: Instant, limit: Int) -> [MessageRecord] {
    let ready = messages.values.filter { message in
      message.claim == nil && message.dueAt.map { $0 <= now } ?? false
    }
    guard ready.count > limit else { return ready.sorted(by: Self.isBefore) }
    return Array(ready.sorted(by: Self.isBefore).prefix(limit))
  }

  private static func isBefore(_ a: MessageRecord, _ b: MessageRecord) -> Bool {
    (a.dueAt ?? .distantFuture, a.id) < (b.dueAt ?? .distantFuture, b.id)
  }

  /// When the next message is due; `nil` if none is.
  var nextDue: Instant? { messages.values.filter { $0.claim == nil }.compactMap(\.dueAt).min() }

  /// Whether a hand-off is under way.
  var isHandingOver: Bool { messages.values.contains { $0.claim != nil } }

  /// Forgets a message, whatever its state: its person was erased.
  mutating func drop(_ id: IntentID) { messages[id] = nil }
}

extension MessageRecord {
  /// Something is still to be done: a hand-off is due or under way.
  var isOpen: Bool { dueAt != nil || claim != nil }
}
