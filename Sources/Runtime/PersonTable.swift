import RoostCore

/// The people in memory: for each a slot of fixed size and, unless it was evicted, the encoded state.
///
/// A slot stays for ever (its due time and its place in the index are always at hand); the bytes of a state that the
/// store already holds may be dropped when memory is short and are fetched again when the person is next needed.
/// Owned by the committer's thread.
struct PersonTable: ~Copyable {
  struct Slot {
    var person: PersonID
    var workspace: WorkspaceID
    var byteCount: UInt32
    /// The encoded state; `nil` when only the store has it.
    var bytes: UnsafeMutableRawPointer?
    /// The log position up to which the state has been handled.
    var position: UInt64
    /// When the person must be looked at again.
    var dueAt: Instant
    /// The state is newer than the store's.
    var isDirty: Bool
    /// Touched since the eviction hand last came by.
    var wasUsed: Bool
    /// The person was erased: there is no state, here or in the store.
    var isErased: Bool = false
  }

  private(set) var slots: [Slot] = []
  /// Open addressing: slot number + 1, 0 where free. Always a power of two, at most two thirds full.
  private var index: [UInt32] = Array(repeating: 0, count: 1 << 10)
  private(set) var residentBytes = 0
  /// By the first byte of the person's id: the order of the store's keys, in which it takes them best.
  private var dirty: [[Int32]] = Array(repeating: [], count: 256)
  private var hand = 0

  init() {}

  deinit { for slot in slots { slot.bytes?.deallocate() } }

  var count: Int { slots.count }

  /// Ids are hashes: their upper bits say the place. A start enters people in the order of their ids, and so goes over the
  /// index once from one end to the other.
  private func home(_ workspace: WorkspaceID, _ person: PersonID) -> Int {
    let number = person.number &+ UInt64(workspace.number) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: number &>> UInt64(64 &- index.count.trailingZeroBitCount))
  }

  /// The slot of a person, if it is known at all.
  func find(_ workspace: WorkspaceID, _ person: PersonID) -> Int? {
    var place = home(workspace, person)
    while true {
      let entry = index[place]
      if entry == 0 { return nil }
      let number = Int(entry) &- 1
      if slots[number].person == person && slots[number].workspace == workspace { return number }
      place = (place &+ 1) & (index.count &- 1)
    }
  }

  /// Makes a slot without a state.
  mutating func insert(_ workspace: WorkspaceID, _ person: PersonID) -> Int {
    if (slots.count &+ 1) &* 3 > index.count &* 2 { grow(to: index.count * 2) }
    slots.append(
      Slot(
        person: person, workspace: workspace, byteCount: 0, bytes: nil, position: 0, dueAt: .distantFuture,
        isDirty: false, wasUsed: true))
    link(slots.count &- 1)
    return slots.count &- 1
  }

  private mutating func link(_ number: Int) {
    var place = home(slots[number].workspace, slots[number].person)
    while index[place] != 0 { place = (place &+ 1) & (index.count &- 1) }
    index[place] = UInt32(number &+ 1)
  }

  private mutating func grow(to places: Int) {
    index = Array(repeating: 0, count: places)
    for number in slots.indices { link(number) }
  }

  /// The state's bytes; `nil` if they have to come from the store first.
  mutating func state(_ number: Int) -> UnsafeRawBufferPointer? {
    slots[number].wasUsed = true
    guard let bytes = slots[number].bytes, !slots[number].isErased else { return nil }
    return UnsafeRawBufferPointer(start: bytes, count: Int(slots[number].byteCount))
  }

  /// Puts a state in place, as the store has it or newer (`isDirty`). Returns when the person was due before.
  @discardableResult
  mutating func put(
    _ number: Int, _ state: UnsafeRawBufferPointer, position: UInt64, dueAt: Instant, isDirty: Bool
  ) -> Instant {
    let (wasDirty, wasDue) = (slots[number].isDirty, slots[number].dueAt)
    residentBytes &+= slots[number].take(state, position: position, dueAt: dueAt, isDirty: isDirty)
    if isDirty, !wasDirty { dirty[Int(slots[number].person.number &>> 56)].append(Int32(number)) }
    return wasDue
  }

  /// Makes room for so many people at once.
  mutating func reserve(_ count: Int) {
    slots.reserveCapacity(count)
    var places = index.count
    while count &* 3 > places &* 2 { places *= 2 }
    if places > index.count { grow(to: places) }
  }

  /// Notes that the store has a state of so many bytes, without keeping it.
  mutating func note(_ number: Int, byteCount: Int, position: UInt64) {
    slots[number].byteCount = UInt32(byteCount)
    slots[number].position = position
  }

  /// Something of every part of a state, so that what many people's handling needs comes into the cache side by side.
  func touch(_ number: Int) -> UInt8 {
    guard let bytes = slots[number].bytes else { return 0 }
    var sum: UInt8 = 0
    var offset = 0
    while offset < Int(slots[number].byteCount) {
      sum &+= bytes.load(fromByteOffset: offset, as: UInt8.self)
      offset &+= 64
    }
    return sum
  }

  /// Notes another due time without touching the state: after a change of definitions.
  mutating func reschedule(_ number: Int, at instant: Instant) { slots[number].dueAt = instant }

  /// Forgets a person's state for good; the slot stays, so that nobody else gets its number.
  mutating func erase(_ number: Int, position: UInt64) {
    put(number, UnsafeRawBufferPointer(start: nil, count: 0), position: position, dueAt: .distantFuture, isDirty: true)
    slots[number].isErased = true
  }

  func isErased(_ number: Int) -> Bool { slots[number].isErased }

  /// Hands over the list of dirty slots; each stays marked until `clean`.
  mutating func takeDirty() -> [Int32] {
    let taken = Array(dirty.joined())
    for range in dirty.indices { dirty[range].removeAll(keepingCapacity: true) }
    return taken
  }

  /// Notes that a slot's present state is on its way to the store. A later change makes it dirty again.
  mutating func clean(_ number: Int) { slots[number].isDirty = false }

  /// Drops clean, unused states until at most `bytesMax` are resident or so many people were looked at.
  mutating func evict(downTo bytesMax: Int, steps: Int) {
    var steps = steps
    while residentBytes > bytesMax, steps > 0 {
      steps -= 1
      hand = hand + 1 < slots.count ? hand + 1 : 0
      guard !slots[hand].isDirty, let bytes = slots[hand].bytes else { continue }
      if slots[hand].wasUsed {
        slots[hand].wasUsed = false
      } else {
        bytes.deallocate()
        slots[hand].bytes = nil
        residentBytes -= slots[hand].blockBytes
      }
    }
  }
}

extension PersonTable.Slot {
  /// Blocks come in steps of this: a state grows with nearly every event, and a block freed among states that are in no
  /// cache takes longer than the event's whole bookkeeping. A step of 16 changed it at nearly every event.
  private static let blockStepBytes = 32

  @inline(__always)
  private static func blockBytes(_ count: Int) -> Int {
    max(blockStepBytes, (count &+ blockStepBytes &- 1) & ~(blockStepBytes &- 1))
  }

  /// What the state takes, if it is here.
  var blockBytes: Int { Self.blockBytes(Int(byteCount)) }

  /// Becomes a state, in the block that is there if it suits; by how much more or less memory is taken.
  @inline(__always)
  fileprivate mutating func take(
    _ state: UnsafeRawBufferPointer, position: UInt64, dueAt: Instant, isDirty: Bool
  ) -> Int {
    let wanted = Self.blockBytes(state.count)
    let present = bytes == nil ? 0 : blockBytes
    if wanted != present {
      bytes?.deallocate()
      bytes = .allocate(byteCount: wanted, alignment: 8)
    }
    if let start = state.baseAddress { bytes?.copyMemory(from: start, byteCount: state.count) }
    byteCount = UInt32(state.count)
    self.position = position
    self.dueAt = dueAt
    self.isDirty = self.isDirty || isDirty
    wasUsed = true
    isErased = false
    return wanted &- present
  }
}
