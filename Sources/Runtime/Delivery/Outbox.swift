import Delivery
import Events
import RoostCore

/// Messages that still have to be handed over, or whose hand-off is under way. The log has them all; this is what the
/// committer keeps at hand of them.
///
/// Two laws: lanes are independent, so that a channel that does not move holds up no other; and of one person's run in a
/// journey, a later message waits until the earlier one is settled, so that none overtakes another on the wire.
struct Outbox {
  /// Messages that take the same way out.
  struct Lane: Hashable, Sendable {
    var workspace: WorkspaceID
    /// As the step names it: a channel's key or its kind.
    var channel: String
    /// Whose address it is, where a kind has several.
    var service: PushService?
  }

  /// One entry of a person into a journey.
  fileprivate struct Run: Hashable {
    var workspace: WorkspaceID
    var person: PersonID
    var journey: String
    var entry: UInt32
  }

  private(set) var messages: [IntentID: MessageRecord] = [:]
  /// From when on a message may be handed over that nobody has claimed and that is its run's first.
  private var readyAt: [IntentID: Instant] = [:]
  private var queues: [Lane: HandoffQueue] = [:]
  /// The open messages of each run that has several, in their order.
  private var runs: [Run: [IntentID]] = [:]
  /// Whose present record the store has not: it gets it at the next checkpoint, or when the message is settled.
  private var unsaved: Set<IntentID> = []
  /// Which the store lists as open.
  private var saved: Set<IntentID> = []
  /// Hand-offs under way.
  private(set) var claimed = 0
  /// Lane by lane, how many wait: counted as they come and go, since whoever asks must not hold up the others.
  private(set) var waiting: [Lane: Int] = [:]

  var isEmpty: Bool { messages.isEmpty }
  var count: Int { messages.count }
  /// Whether a hand-off is under way.
  var isHandingOver: Bool { claimed > 0 }
  var lanes: some Collection<Lane> { queues.keys }

  /// Takes a message in, or lets it go once nothing more is to be done for it.
  mutating func keep(_ message: MessageRecord) {
    guard message.isOpen else { return drop(message.id) }
    let old = messages.updateValue(message, forKey: message.id)
    unsaved.insert(message.id)
    if let old { count(old, -1) } else { enterRun(message) }
    count(message, 1)
    enqueue(message)
  }

  /// Forgets a message, whatever its state: it is settled, or its person was erased.
  mutating func drop(_ id: IntentID) {
    guard let message = messages.removeValue(forKey: id) else { return }
    count(message, -1)
    readyAt[id] = nil
    unsaved.remove(id)
    saved.remove(id)
    leaveRun(message)
  }

  /// Messages whose records the store is to get now; whoever asks writes them.
  mutating func takeUnsaved() -> [IntentID] {
    defer { unsaved = [] }
    return unsaved.sorted()
  }

  /// The store lists the message as open.
  mutating func noteSaved(_ id: IntentID) { if messages[id] != nil { saved.insert(id) } }

  func isSaved(_ id: IntentID) -> Bool { saved.contains(id) }

  /// Puts a message off without changing it: it is not offered before `instant`.
  mutating func postpone(_ id: IntentID, until instant: Instant) {
    guard let message = messages[id] else { return }
    readyAt[id] = instant
    queues[message.lane, default: HandoffQueue()].insert(id, at: instant)
  }

  /// When the lane's next message may be handed over.
  mutating func next(in lane: Lane) -> Instant? {
    while let first = queues[lane]?.first {
      if readyAt[first.id] == first.at, messages[first.id]?.lane == lane { return first.at }
      queues[lane]!.removeFirst()
    }
    queues[lane] = nil
    return nil
  }

  /// Takes the lane's next message out of the queue if it may be handed over at `now`. Whoever takes it claims it, or puts
  /// it off.
  mutating func take(from lane: Lane, at now: Instant) -> MessageRecord? {
    guard let at = next(in: lane), at <= now, let id = queues[lane]?.first?.id else { return nil }
    queues[lane]!.removeFirst()
    readyAt[id] = nil
    return messages[id]
  }

  private mutating func count(_ message: MessageRecord, _ change: Int) {
    guard message.claim == nil else { return claimed += change }
    let count = waiting[message.lane, default: 0] + change
    waiting[message.lane] = count == 0 ? nil : count
  }

  private mutating func enqueue(_ message: MessageRecord) {
    guard message.claim == nil, let dueAt = message.dueAt, isFirst(message) else {
      readyAt[message.id] = nil
      return
    }
    guard readyAt[message.id] != dueAt else { return }
    readyAt[message.id] = dueAt
    queues[message.lane, default: HandoffQueue()].insert(message.id, at: dueAt)
  }

  private func isFirst(_ message: MessageRecord) -> Bool {
    guard let run = message.run, let open = runs[run] else { return true }
    return open.first == message.id
  }

  private mutating func enterRun(_ message: MessageRecord) {
    guard let run = message.run else { return }
    guard let open = runs[run] else {
      runs[run] = [message.id]
      return
    }
    let place = open.firstIndex { messages[$0].map { message.isBefore($0) } ?? false } ?? open.count
    runs[run]!.insert(message.id, at: place)
    // Whoever was first waits now.
    if place == 0 { readyAt[open[0]] = nil }
  }

  private mutating func leaveRun(_ message: MessageRecord) {
    guard let run = message.run, var open = runs[run] else { return }
    open.removeAll { $0 == message.id }
    runs[run] = open.isEmpty ? nil : open
    if let first = open.first, let next = messages[first] { enqueue(next) }
  }
}

extension MessageRecord {
  /// Something is still to be done: a hand-off is due or under way.
  var isOpen: Bool { dueAt != nil || claim != nil }

  var lane: Outbox.Lane {
    let service = to.firstIndex(of: ":").flatMap { PushService(name: to[..<$0]) }
    return Outbox.Lane(workspace: workspace, channel: channel, service: service)
  }

  /// `nil` where no order has to be kept: a message of no journey, or of before its place was recorded.
  fileprivate var run: Outbox.Run? {
    journey.isEmpty || entry == 0
      ? nil : Outbox.Run(workspace: workspace, person: person, journey: journey, entry: entry)
  }

  /// Whether it was meant to go out before another one of its run.
  fileprivate func isBefore(_ other: MessageRecord) -> Bool {
    (createdAt, place, id) < (other.createdAt, other.place, other.id)
  }
}
