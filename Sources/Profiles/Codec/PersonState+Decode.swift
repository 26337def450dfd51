import Events
import RoostCore

extension PersonState {
  /// Reads what `encode(into:)` wrote.
  ///
  /// - Throws: `MalformedBytes` for anything truncated, lengthened or inconsistent. A changed bit may give another valid
  ///   state; that is the checksum's business where the bytes are stored.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    self.init(workspace: WorkspaceID(0), id: PersonID(0), createdAt: Instant(milliseconds: 0))
    try take(bytes)
    unpack()
    if packed.isDamaged { throw MalformedBytes(offset: bytes.count) }
  }

  /// Becomes the person that `bytes` say, reusing this one's memory. Only the head is looked at: the sections stay packed
  /// until they are asked for. Damage in them shows as `isDamaged` once they are.
  public mutating func take(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    packed.removeAll()
    lists.removeAll()
    var reader = PackedReader(bytes)
    let format = reader.byte()
    guard format == Self.formatVersion else {
      if format != 1 { throw MalformedBytes(offset: 0) }
      return try takeFormat1(bytes)
    }
    id = PersonID(reader.word())
    let parts = Parts(rawValue: reader.word())
    if !parts.isSubset(of: .known) { reader.fail() }
    takeHead(parts, &reader)
    takeEnds(parts, &reader)
    if reader.hasFailed { throw MalformedBytes(offset: reader.offset) }
  }

  /// Becomes a new person, reusing this one's memory.
  public mutating func begin(workspace: WorkspaceID, id: PersonID, createdAt: Instant) {
    packed.forget()
    lists.removeAll()
    self.workspace = workspace
    self.id = id
    self.createdAt = createdAt
    handledAt = createdAt
    trackersEpoch = 0
    absorbed = 0
    redirect = nil
    dueAt = .distantFuture
  }

  private mutating func takeHead(_ parts: Parts, _ reader: inout PackedReader) {
    let (workspaceNumber, created) = reader.pair()
    let (handled, due) = reader.pair()
    let (epoch, absorbedCount) = reader.pair()
    let createdAt = Instant(milliseconds: unzigzag(created))
    self.createdAt = createdAt
    workspace = WorkspaceID(UInt32(truncatingIfNeeded: workspaceNumber))
    handledAt = Instant(packed: handled, after: createdAt)
    dueAt = parts.contains(.due) ? Instant(packed: due, after: createdAt) : .distantFuture
    trackersEpoch = UInt32(truncatingIfNeeded: epoch)
    absorbed = UInt32(truncatingIfNeeded: absorbedCount)
    redirect = parts.contains(.redirect) ? PersonID(reader.word()) : nil
  }

  /// The sections' lengths, then the sections.
  private mutating func takeEnds(_ parts: Parts, _ reader: inout PackedReader) {
    var end: UInt64 = 0
    var ends = PackedSections.Ends(repeating: 0)
    for index in 0..<Section.allCases.count {
      if parts.rawValue &>> UInt32(2 &+ index) & 1 != 0 { end &+= min(reader.length(), 1 &<< 31) }
      ends[index] = UInt32(truncatingIfNeeded: min(end, UInt64(UInt32.max)))
    }
    guard !reader.hasFailed, UInt64(reader.remaining) == end else { return reader.fail() }
    packed.fill(reader.slice(Int(end)), ends, Parts(rawValue: parts.rawValue & ~3))
  }

  /// The layout before sections had lengths. Whoever is read so is written anew at the next change.
  private mutating func takeFormat1(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = PackedReader(bytes)
    _ = reader.byte()
    id = PersonID(reader.word())
    let parts = Parts(rawValue: UInt32(reader.word(UInt16.self)))
    if parts.rawValue >= 1 << 14 { reader.fail() }
    takeHead(parts, &reader)
    let base = createdAt
    func count(_ section: Section, of bytesMin: Int) -> Int {
      parts.contains(.of(section)) ? reader.count(of: bytesMin) : 0
    }
    lists.identifiers = reader.rows(count(.identifiers, of: 2)) { Identifier(decoding: &$0) }
    lists.traits = reader.rows(count(.traits, of: 1)) { Trait(decoding: &$0, base: base) }
    lists.consents = reader.rows(count(.consents, of: 3)) { Consent(decoding: &$0, base: base) }
    lists.counters = reader.rows(count(.counters, of: 2)) { EventCounter(decoding: &$0, base: base) }
    lists.months = reader.rows(count(.months, of: 1)) { MonthCount(decoding: &$0) }
    lists.orders = reader.rows(count(.orders, of: 4)) { OrderTotals(decoding: &$0, base: base) }
    lists.seenMessages = reader.rows(count(.seenMessages, of: 8)) { $0.word() }
    if parts.contains(.of(.trackers)) { lists.trackers.decodeFormat1(&reader) }
    lists.memberships = reader.rows(count(.memberships, of: 8)) { $0.word() }
    lists.runs = reader.rows(count(.runs, of: 4)) { JourneyRun(decoding: &$0, base: base) }
    lists.devices = reader.rows(count(.devices, of: 4)) { Device(decoding: &$0, base: base) }
    if parts.contains(.of(.delivery)) { lists.delivery = DeliveryMemory(decoding: &reader, base: base) }
    try reader.finish()
    var anew = StateBuffer()
    encode(into: &anew)
    try take(anew.content)
  }
}
