import RoostCore

/// Changes that are made without decoding a section. `false`, or `.undecided`: it takes a list.
extension PackedSections {
  /// Counts an occurrence of an event.
  mutating func count(_ event: Symbol, at time: Instant, base: Instant) -> Bool {
    var reader = reader(.counters)
    let rows = reader.count(of: 2)
    var place = reader.offset
    for _ in 0..<rows {
      let (name, count) = reader.pair()
      if name > UInt64(event.number) { break }
      if name == UInt64(event.number) {
        let (distance, length) = reader.pair()
        if reader.hasFailed { return false }
        let first = Instant(packed: distance, after: base)
        let row = EventCounter(
          event: event, count: UInt32(truncatingIfNeeded: count) &+ 1, first: min(first, time),
          last: max(Instant(packed: length, after: first), time))
        put(.counters, place..<reader.offset) { row.encode(base: base, into: &$0) }
        return true
      }
      reader.skipPair()
      place = reader.offset
    }
    guard !reader.hasFailed, noteRow(.counters, besides: rows) else { return false }
    let row = EventCounter(event: event, count: 1, first: time, last: time)
    put(.counters, place..<place) { row.encode(base: base, into: &$0) }
    return true
  }

  /// Counts an occurrence in a month.
  mutating func count(_ event: Symbol, month: UInt16) -> Bool {
    var reader = reader(.months)
    let rows = reader.count(of: 1)
    var place = reader.offset
    for _ in 0..<rows {
      let (name, rest) = reader.pair()
      let isSame = name == UInt64(event.number)
      let own = UInt16(truncatingIfNeeded: rest)
      if name > UInt64(event.number) || (isSame && own > month) { break }
      if isSame, own == month {
        if reader.hasFailed { return false }
        let row = MonthCount(event: event, month: month, count: UInt32(truncatingIfNeeded: rest &>> 16) &+ 1)
        put(.months, place..<reader.offset) { row.encode(into: &$0) }
        return true
      }
      place = reader.offset
    }
    guard !reader.hasFailed, noteRow(.months, besides: rows) else { return false }
    let row = MonthCount(event: event, month: month, count: 1)
    put(.months, place..<place) { row.encode(into: &$0) }
    return true
  }

  /// Says in a section's head that it has a row more; `false` where the head would become longer.
  @inline(__always)
  private mutating func noteRow(_ section: Section, besides rows: Int) -> Bool {
    guard rows > 0, rows < 0x7F else { return false }
    splice(section, 0..<1, count: 1).storeBytes(of: UInt8(rows &+ 1), as: UInt8.self)
    return true
  }

  /// Puts a row of two pairs at most in place of the one at `range` of a section.
  @inline(__always)
  private mutating func put(_ section: Section, _ range: Range<Int>, _ row: (inout PackedWriter) -> Void) {
    var memory = InlineArray<6, UInt64>(repeating: 0)
    withUnsafeMutableBytes(of: &memory) { memory in
      guard let base = memory.baseAddress else { return }
      var writer = PackedWriter(base)
      row(&writer)
      let count = writer.cursor - base
      splice(section, range, count: count).copyMemory(from: base, byteCount: count)
    }
  }

  enum Sight { case known, noted, undecided }

  /// Whether a message id was seen; if not it is noted, if that is simple: received on the last day or later, none to be
  /// forgotten.
  mutating func see(_ message: SeenMessage) -> Sight {
    let day = message.word &>> 48
    let hash = message.word & SeenMessage.hashMask
    let section = bytes(.seenMessages)
    guard let base = section.baseAddress else { return .undecided }
    var offset = 0
    var group = 0
    var groupDay: UInt64 = 0
    var firstDay = UInt64.max
    var count = 0
    var smaller = 0
    while offset &+ PackedMessages.headBytes <= section.count {
      let head = UInt32(littleEndian: (base + offset).loadUnaligned(as: UInt32.self))
      group = offset
      groupDay = UInt64(head & 0xFFFF)
      firstDay = min(firstDay, groupDay)
      count = Int(head &>> 16)
      offset &+= PackedMessages.headBytes
      guard offset &+ count &* PackedMessages.hashBytes <= section.count else { return .undecided }
      smaller = 0
      var isKnown = false
      for _ in 0..<count {
        let other = UInt64(littleEndian: (base + offset).loadUnaligned(as: UInt64.self)) & SeenMessage.hashMask
        isKnown = isKnown || other == hash
        smaller &+= other < hash ? 1 : 0
        offset &+= PackedMessages.hashBytes
      }
      if isKnown { return .known }
    }
    guard offset == section.count, firstDay &+ SeenMessage.daysKept >= day, groupDay <= day, count < 0xFFFF else {
      return .undecided
    }
    if groupDay == day {
      note(hash, at: group &+ PackedMessages.headBytes &+ smaller &* PackedMessages.hashBytes, group, count &+ 1)
    } else {
      begin(day, hash, at: offset)
    }
    return .noted
  }

  private mutating func note(_ hash: UInt64, at place: Int, _ group: Int, _ count: Int) {
    Self.store(hash, splice(.seenMessages, place..<place, count: PackedMessages.hashBytes))
    splice(.seenMessages, group &+ 2..<group &+ 4, count: 2)
      .storeBytes(of: UInt16(truncatingIfNeeded: count).littleEndian, as: UInt16.self)
  }

  private mutating func begin(_ day: UInt64, _ hash: UInt64, at place: Int) {
    let memory = splice(.seenMessages, place..<place, count: PackedMessages.headBytes + PackedMessages.hashBytes)
    memory.storeBytes(of: UInt32(truncatingIfNeeded: day | 1 &<< 16).littleEndian, as: UInt32.self)
    Self.store(hash, memory + PackedMessages.headBytes)
  }

  @inline(__always)
  private static func store(_ hash: UInt64, _ memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: UInt32(truncatingIfNeeded: hash).littleEndian, as: UInt32.self)
    (memory + 4).storeBytes(of: UInt16(truncatingIfNeeded: hash &>> 32).littleEndian, as: UInt16.self)
  }
}
