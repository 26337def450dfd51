import RoostCore

extension JourneyRun {
  /// Above the bits of a version: details follow the row. Rows without any are as the first format had them.
  private static let detailed: UInt64 = 1 << 32

  /// What a row touches at most, besides its trigger.
  static let encodedBytesMax = 9 * PackedWriter.pairBytesMax + PackedWriter.lengthBytesMax + 8

  private struct Details: OptionSet {
    let rawValue: UInt64
    static let naming = Details(rawValue: 1)
    static let held = Details(rawValue: 2)
    static let atBeginning = Details(rawValue: 4)
    static let bestHour = Details(rawValue: 8)
    static let known = Details(rawValue: 15)
  }

  private var details: Details {
    var details: Details = []
    if naming != nil { details.insert(.naming) }
    if heldSince != nil { details.insert(.held) }
    if isAtBeginning { details.insert(.atBeginning) }
    if bestHour != nil { details.insert(.bestHour) }
    return details
  }

  /// Phase in two bits (0: held out), whether the run has a due time in the third, the step above.
  func encode(base: Instant, into writer: inout PackedWriter) {
    let isTimed = dueAt != .distantFuture
    let details = details
    let isDetailed = instance != 0 || !details.isEmpty
    writer.pair(UInt64(journey.number), UInt64(version) | (isDetailed ? Self.detailed : 0))
    writer.pair(UInt64(step) &<< 3 | (isTimed ? 4 : 0) | UInt64(phase.rawValue) & 3, UInt64(entries))
    writer.pair(enteredAt.packed(after: base), changedAt.packed(after: enteredAt))
    if isTimed { writer.pair(dueAt.packed(after: changedAt), 0) }
    trigger.withUnsafeBytes { writer.counted($0) }
    guard isDetailed else { return }
    writer.pair(details.rawValue, instance)
    if let naming {
      writer.word(naming.person.number)
      writer.pair(UInt64(naming.version), UInt64(naming.entry))
    }
    if let heldSince { writer.pair(heldSince.packed(after: enteredAt), 0) }
    if let bestHour {
      writer.pair(bestHour.at.packed(after: enteredAt), UInt64(bestHour.basis.rawValue))
      writer.pair(UInt64(bestHour.permille), UInt64(bestHour.seen))
    }
  }

  init(decoding reader: inout PackedReader, base: Instant) {
    let (journey, version) = reader.pair()
    let (state, entries) = reader.pair()
    let (entered, changed) = reader.pair()
    self.journey = Symbol(UInt32(truncatingIfNeeded: journey))
    self.version = UInt32(truncatingIfNeeded: version)
    phase = state & 3 == 0 ? .heldOut : Phase(rawValue: UInt8(state & 3)) ?? .exited
    step = UInt32(truncatingIfNeeded: state &>> 3)
    self.entries = UInt32(truncatingIfNeeded: entries)
    enteredAt = Instant(packed: entered, after: base)
    changedAt = Instant(packed: changed, after: enteredAt)
    dueAt = state & 4 == 0 ? .distantFuture : Instant(packed: reader.pair().0, after: changedAt)
    trigger = [UInt8](reader.counted())
    if version & Self.detailed != 0 { decodeDetails(&reader) }
  }

  private mutating func decodeDetails(_ reader: inout PackedReader) {
    let (flags, instance) = reader.pair()
    let details = Details(rawValue: flags)
    if !details.isSubset(of: .known) { reader.fail() }
    self.instance = instance
    if details.contains(.naming) {
      let person = PersonID(reader.word())
      let (version, entry) = reader.pair()
      naming = Naming(
        person: person, version: UInt32(truncatingIfNeeded: version), entry: UInt32(truncatingIfNeeded: entry))
    }
    if details.contains(.held) { heldSince = Instant(packed: reader.pair().0, after: enteredAt) }
    isAtBeginning = details.contains(.atBeginning)
    if details.contains(.bestHour) { bestHour = BestHour(decoding: &reader, base: enteredAt) }
  }
}

extension JourneyRun.BestHour {
  fileprivate init(decoding reader: inout PackedReader, base: Instant) {
    let (at, basis) = reader.pair()
    let (permille, seen) = reader.pair()
    self.init(
      at: Instant(packed: at, after: base), basis: Basis(rawValue: UInt8(truncatingIfNeeded: basis)) ?? .nothing,
      permille: UInt16(truncatingIfNeeded: permille), seen: UInt32(truncatingIfNeeded: seen))
  }
}
