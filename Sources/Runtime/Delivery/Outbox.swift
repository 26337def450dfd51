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

  /// A message, and how it stands here.
  private struct Entry {
    var message: MessageRecord
    /// Its lane's place in `queues`.
    var lane: Int
    /// From when on it may be handed over; `nil` while somebody has claimed it or it is not its run's first.
    var readyAt: Instant?
    /// The store has not its present record: it gets it at the next checkpoint, or when the message is settled.
    var isUnsaved = true
    /// The store lists it as open.
    var isSaved = false
  }

  /// What takes the same way out.
  private struct Queue {
    let lane: Lane
    var handoffs = HandoffQueue()
    /// Counted as they come and go, since whoever asks must not hold up the others.
    var waiting = 0
  }

  /// The open messages of a run, in their order.
  private struct Line {
    var first: IntentID
    var others: [IntentID] = []
  }

  private var entries: [IntentID: Entry] = [:]
  /// A lane keeps its place for good: there are as many as channels that steps name.
  private var queues: [Queue] = []
  private var places: [Lane: Int] = [:]
  private var lines: [Run: Line] = [:]
  /// Whose records the store is to get, and some that need none any more.
  private var unsaved: [IntentID] = []
  /// Hand-offs under way.
  private(set) var claimed = 0

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }
  /// Whether a hand-off is under way.
  var isHandingOver: Bool { claimed > 0 }
  var messages: some Collection<MessageRecord> { entries.values.lazy.map(\.message) }
  /// Where something is queued.
  var lanes: [Lane] { queues.compactMap { $0.handoffs.first == nil ? nil : $0.lane } }

  subscript(id: IntentID) -> MessageRecord? { entries[id]?.message }

  /// Lane by lane, how many wait.
  var waiting: [Lane: Int] {
    queues.reduce(into: [:]) { counts, queue in if queue.waiting > 0 { counts[queue.lane] = queue.waiting } }
  }

  /// How many wait in a lane.
  func waiting(in lane: Lane) -> Int { places[lane].map { queues[$0].waiting } ?? 0 }

  /// Takes a message in, or lets it go once nothing more is to be done for it.
  mutating func keep(_ message: MessageRecord) {
    guard message.isOpen else { return drop(message.id) }
    guard let place = entries.index(forKey: message.id) else { return insert(message) }
    count(entries.values[place], -1)
    if !entries.values[place].message.sharesIntent(with: message) {
      entries.values[place].lane = number(of: message.lane)
    }
    entries.values[place].message = message
    if !entries.values[place].isUnsaved {
      entries.values[place].isUnsaved = true
      noteUnsaved(message.id)
    }
    count(entries.values[place], 1)
    enqueue(place)
  }

  private mutating func insert(_ message: MessageRecord) {
    let entry = Entry(message: message, lane: number(of: message.lane))
    entries[message.id] = entry
    noteUnsaved(message.id)
    count(entry, 1)
    if enterLine(message), let place = entries.index(forKey: message.id) { enqueueFirst(place) }
  }

  /// Forgets a message, whatever its state: it is settled, or its person was erased.
  mutating func drop(_ id: IntentID) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    count(entry, -1)
    leaveLine(entry.message)
  }

  private mutating func noteUnsaved(_ id: IntentID) {
    // Most are settled before anybody asks.
    if unsaved.count > 1_000 + 2 * entries.count { unsaved.removeAll { entries[$0]?.isUnsaved != true } }
    unsaved.append(id)
  }

  /// Messages whose records the store is to get now; whoever asks writes them.
  mutating func takeUnsaved() -> [IntentID] {
    var taken: [IntentID] = []
    for id in unsaved {
      guard let place = entries.index(forKey: id), entries.values[place].isUnsaved else { continue }
      entries.values[place].isUnsaved = false
      taken.append(id)
    }
    unsaved = []
    return taken.sorted()
  }

  /// The store lists the message as open.
  mutating func noteSaved(_ id: IntentID) { entries[id]?.isSaved = true }

  func isSaved(_ id: IntentID) -> Bool { entries[id]?.isSaved ?? false }

  /// Puts a message off without changing it: it is not offered before `instant`.
  mutating func postpone(_ id: IntentID, until instant: Instant) {
    guard let place = entries.index(forKey: id) else { return }
    entries.values[place].readyAt = instant
    queues[entries.values[place].lane].handoffs.insert(id, at: instant)
  }

  /// When the lane's next message may be handed over.
  mutating func next(in lane: Lane) -> Instant? {
    guard let number = places[lane] else { return nil }
    return next(number)?.at
  }

  private mutating func next(_ lane: Int) -> HandoffQueue.Entry? {
    while let first = queues[lane].handoffs.first {
      if let entry = entries[first.id], entry.readyAt == first.at, entry.lane == lane { return first }
      queues[lane].handoffs.removeFirst()
    }
    return nil
  }

  /// Takes the lane's next message out of the queue if it may be handed over at `now`. Whoever takes it claims it, or puts
  /// it off.
  mutating func take(from lane: Lane, at now: Instant) -> MessageRecord? {
    guard let number = places[lane], let next = next(number), next.at <= now,
      let place = entries.index(forKey: next.id)
    else { return nil }
    queues[number].handoffs.removeFirst()
    entries.values[place].readyAt = nil
    return entries.values[place].message
  }

  private mutating func number(of lane: Lane) -> Int {
    if let number = places[lane] { return number }
    queues.append(Queue(lane: lane))
    places[lane] = queues.count - 1
    return queues.count - 1
  }

  private mutating func count(_ entry: Entry, _ change: Int) {
    if entry.message.claim == nil { queues[entry.lane].waiting += change } else { claimed += change }
  }

  private mutating func enqueue(_ place: Dictionary<IntentID, Entry>.Index) {
    let message = entries.values[place].message
    if message.claim == nil, isFirst(message) { enqueueFirst(place) } else { entries.values[place].readyAt = nil }
  }

  private mutating func enqueueFirst(_ place: Dictionary<IntentID, Entry>.Index) {
    let entry = entries.values[place]
    guard entry.message.claim == nil, let dueAt = entry.message.dueAt else {
      entries.values[place].readyAt = nil
      return
    }
    guard entry.readyAt != dueAt else { return }
    entries.values[place].readyAt = dueAt
    queues[entry.lane].handoffs.insert(entry.message.id, at: dueAt)
  }

  private func isFirst(_ message: MessageRecord) -> Bool {
    message.run.flatMap { lines[$0] }.map { $0.first == message.id } ?? true
  }

  /// - Returns: whether it is the first of its run.
  private mutating func enterLine(_ message: MessageRecord) -> Bool {
    guard let run = message.run else { return true }
    guard var line = lines[run] else {
      lines[run] = Line(first: message.id)
      return true
    }
    defer { lines[run] = line }
    if let first = entries[line.first]?.message, message.isBefore(first) {
      // Whoever was first waits now.
      entries[line.first]?.readyAt = nil
      line.others.insert(line.first, at: 0)
      line.first = message.id
      return true
    }
    let place = line.others.firstIndex { entries[$0].map { message.isBefore($0.message) } ?? false }
    line.others.insert(message.id, at: place ?? line.others.count)
    return false
  }

  private mutating func leaveLine(_ message: MessageRecord) {
    guard let run = message.run, var line = lines[run] else { return }
    guard line.first == message.id else {
      line.others.removeAll { $0 == message.id }
      lines[run] = line
      return
    }
    guard !line.others.isEmpty else {
      lines[run] = nil
      return
    }
    line.first = line.others.removeFirst()
    lines[run] = line
    if let place = entries.index(forKey: line.first) { enqueueFirst(place) }
  }
}

extension MessageRecord {
  /// Something is still to be done: a hand-off is due or under way.
  var isOpen: Bool { dueAt != nil || claim != nil }

  var lane: Outbox.Lane {
    let address = to.utf8
    let service = address.firstIndex(of: UInt8(ascii: ":")).flatMap { PushService(name: to[..<$0]) }
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
