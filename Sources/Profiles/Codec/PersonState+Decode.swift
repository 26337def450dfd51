import Events
import RoostCore

extension PersonState {
  /// Reads what `encode(into:)` wrote.
  ///
  /// - Throws: `MalformedBytes` for anything truncated, lengthened or inconsistent. A changed bit may give another valid
  ///   state; that is the checksum's business where the bytes are stored.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = PackedReader(bytes)
    self.init(reading: &reader)
    try reader.finish()
  }

  /// What `reader` holds; something that nobody may use if it failed.
  private init(reading reader: inout PackedReader) {
    if reader.byte() != Self.formatVersion { reader.fail() }
    id = PersonID(reader.word())
    let parts = Parts(rawValue: reader.word())
    if !parts.isSubset(of: .known) { reader.fail() }
    let (workspaceNumber, created) = reader.pair()
    let (handled, due) = reader.pair()
    let (epoch, absorbedCount) = reader.pair()
    let createdAt = Instant(milliseconds: unzigzag(created))
    self.createdAt = createdAt
    workspace = WorkspaceID(UInt32(truncatingIfNeeded: workspaceNumber))
    handledAt = Instant(packed: handled, after: createdAt)
    if parts.contains(.due) { dueAt = Instant(packed: due, after: createdAt) }
    trackersEpoch = UInt32(truncatingIfNeeded: epoch)
    absorbed = UInt32(truncatingIfNeeded: absorbedCount)
    if parts.contains(.redirect) { redirect = PersonID(reader.word()) }
    decodeProfile(parts, &reader)
    decodeMemory(parts, &reader)
  }

  private mutating func decodeProfile(_ parts: Parts, _ reader: inout PackedReader) {
    let base = createdAt
    if parts.contains(.identifiers) {
      identifiers = reader.rows(reader.count(of: 2)) { Identifier(decoding: &$0) }
    }
    if parts.contains(.traits) {
      traits = reader.rows(reader.count(of: 1)) { Trait(decoding: &$0, base: base) }
    }
    if parts.contains(.consents) {
      consents = reader.rows(reader.count(of: 3)) { Consent(decoding: &$0, base: base) }
    }
    if parts.contains(.counters) {
      counters = reader.rows(reader.count(of: 2)) { EventCounter(decoding: &$0, base: base) }
    }
    if parts.contains(.months) {
      months = reader.rows(reader.count(of: 1)) { MonthCount(decoding: &$0) }
    }
    if parts.contains(.orders) {
      orders = reader.rows(reader.count(of: 4)) { OrderTotals(decoding: &$0, base: base) }
    }
  }

  private mutating func decodeMemory(_ parts: Parts, _ reader: inout PackedReader) {
    let base = createdAt
    if parts.contains(.seenMessages) { seenMessages = reader.words(reader.count(of: 8)) }
    if parts.contains(.trackers) { trackers = Trackers(decoding: &reader) }
    if parts.contains(.memberships) { memberships = reader.words(reader.count(of: 8)) }
    if parts.contains(.runs) {
      runs = reader.rows(reader.count(of: 4)) { JourneyRun(decoding: &$0, base: base) }
    }
    if parts.contains(.devices) {
      devices = reader.rows(reader.count(of: 4)) { Device(decoding: &$0, base: base) }
    }
    if parts.contains(.delivery) { delivery = DeliveryMemory(decoding: &reader, base: base) }
  }
}
