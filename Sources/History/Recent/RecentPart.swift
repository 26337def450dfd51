import Events
import Glibc
import RoostCore

/// The newest events, in memory, in order of arrival, until they become a segment.
///
/// One thread appends, under the store's lock. Rows never move and never change once counted, so a reader that took
/// `count` under the lock reads them without it: that is what makes the class safe to share.
final class RecentPart: @unchecked Sendable {
  struct Row {
    var person: UInt64
    var time: Int64
    var record: UnsafeRawPointer
    /// The item's number within the part.
    var arrival: UInt32
    /// 1 + the index of the same person's previous row.
    var previous: UInt32
    var recordBytes: UInt32
    var symbol: UInt16
    var kind: UInt8
  }

  /// The number of the part's first item in the history.
  let firstSequence: UInt64
  private let limits: HistoryLimits
  let rows: UnsafeMutablePointer<Row>
  private(set) var count = 0
  private(set) var items = 0
  private(set) var recordBytes = 0
  /// What the files will reach up to when the part is a segment.
  private(set) var end = HistoryPosition(position: 0, items: 0)
  /// Open addressing: high half a tag of the person, low half 1 + its last row.
  private let slots: UnsafeMutablePointer<UInt64>
  private let slotMask: Int
  private var chunks: [UnsafeMutableRawPointer] = []
  private var free: UnsafeMutableRawPointer
  private var freeBytes = 0
  private static let chunkBytes = 1 << 20

  init(firstSequence: UInt64, limits: HistoryLimits) {
    self.firstSequence = firstSequence
    self.limits = limits
    rows = .allocate(capacity: limits.recentItemsMax)
    var slotCount = 16
    while slotCount < limits.recentItemsMax * 2 { slotCount *= 2 }
    slotMask = slotCount - 1
    // calloc gives large blocks as untouched zero pages: an idle workspace costs nothing.
    slots = calloc(slotCount, 8).assumingMemoryBound(to: UInt64.self)
    free = UnsafeMutableRawPointer(slots)
  }

  deinit {
    rows.deallocate()
    Glibc.free(slots)
    for chunk in chunks { chunk.deallocate() }
  }

  /// A cut was ordered, whatever there is room for.
  var isClosed = false
  var isFull: Bool { isClosed || items >= limits.recentItemsMax || recordBytes >= limits.recentBytesMax }
  var endSequence: UInt64 { firstSequence + UInt64(items) }

  func append(_ person: PersonID, _ record: UnsafeRawBufferPointer, at position: HistoryPosition) {
    precondition(record.count >= EventView.headerBytes && record.count <= HistoryLimits.recordBytesMax)
    let event = EventView(trusted: record)
    let slot = slotIndex(person.number)
    let row = Row(
      person: person.number, time: event.timestamp.milliseconds, record: UnsafeRawPointer(copy(record)),
      arrival: UInt32(items), previous: UInt32(truncatingIfNeeded: slots[slot]), recordBytes: UInt32(record.count),
      symbol: UInt16(event.name.number), kind: event.kind.rawValue)
    (rows + count).initialize(to: row)
    count += 1
    slots[slot] = tag(person.number) << 32 | UInt64(count)
    note(bytes: record.count, at: position)
  }

  /// Counts an item that is no row here: a fate, or an event that was erased from the log.
  func note(bytes: Int, at position: HistoryPosition) {
    items += 1
    recordBytes += bytes
    end = HistoryPosition(position: position.position, items: position.items + 1)
  }

  /// 1 + the person's last row; 0 if it has none. Only under the store's lock.
  func lastRow(of person: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slots[slotIndex(person)]) }

  /// Something of the slot where the person's search begins.
  func touch(_ person: UInt64) -> UInt8 {
    UInt8(truncatingIfNeeded: slots[Int(truncatingIfNeeded: mix64(person)) & slotMask])
  }

  @inline(__always)
  private func tag(_ person: UInt64) -> UInt64 { mix64(person) >> 32 }

  /// The person's slot, or the empty one where it would lie.
  @inline(__always)
  private func slotIndex(_ person: UInt64) -> Int {
    let hash = mix64(person)
    var index = Int(truncatingIfNeeded: hash) & slotMask
    while slots[index] != 0 {
      let slot = slots[index]
      if slot >> 32 == hash >> 32, rows[Int(UInt32(truncatingIfNeeded: slot)) - 1].person == person { break }
      index = (index + 1) & slotMask
    }
    return index
  }

  @inline(__always)
  private func copy(_ record: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer {
    if record.count > freeBytes {
      freeBytes = max(Self.chunkBytes, record.count)
      free = .allocate(byteCount: freeBytes, alignment: 8)
      chunks.append(free)
    }
    let place = free
    memcpy(place, record.baseAddress!, record.count)
    free += record.count
    freeBytes -= record.count
    return place
  }
}
