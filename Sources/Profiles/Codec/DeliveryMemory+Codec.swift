import RoostCore

extension DeliveryMemory {
  /// No fewer bytes than `encode(base:into:)` touches.
  var encodedBytesMax: Int {
    let (pair, length) = (PackedWriter.pairBytesMax, PackedWriter.lengthBytesMax)
    var bytes = 1 &+ 2 &* length
    for mark in marks { bytes &+= pair &+ 1 &+ length &* (1 &+ mark.labels.count) }
    return bytes &+ suppressions.count &* (2 &+ 8 &+ pair)
  }

  private static let marksFlag: UInt8 = 1
  private static let suppressionsFlag: UInt8 = 2

  /// A byte that says which lists follow, then each with its length before it. A mark's time is the distance from the
  /// one before.
  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.byte((marks.isEmpty ? 0 : Self.marksFlag) | (suppressions.isEmpty ? 0 : Self.suppressionsFlag))
    if !marks.isEmpty { encodeMarks(base: base, into: &writer) }
    if !suppressions.isEmpty { encodeSuppressions(base: base, into: &writer) }
  }

  private func encodeMarks(base: Instant, into writer: inout PackedWriter) {
    writer.length(marks.count)
    var before = base
    for mark in marks {
      writer.pair(mark.at.packed(after: before), UInt64(mark.journey.number))
      writer.byte(mark.channelKind)
      writer.length(mark.labels.count)
      for label in mark.labels { writer.length(Int(label.number)) }
      before = mark.at
    }
  }

  private func encodeSuppressions(base: Instant, into writer: inout PackedWriter) {
    writer.length(suppressions.count)
    for row in suppressions {
      writer.byte(row.channelKind)
      writer.byte(row.cause.rawValue)
      writer.word(row.address)
      writer.pair(row.at.packed(after: base), 0)
    }
  }

  init(decoding reader: inout PackedReader, base: Instant) {
    self.init()
    let flags = reader.byte()
    if flags & ~(Self.marksFlag | Self.suppressionsFlag) != 0 { reader.fail() }
    if flags & Self.marksFlag != 0 { marks = Self.marks(decoding: &reader, base: base) }
    if flags & Self.suppressionsFlag != 0 { suppressions = Self.suppressions(decoding: &reader, base: base) }
  }

  private static func marks(decoding reader: inout PackedReader, base: Instant) -> [SentMark] {
    var before = base
    return reader.rows(reader.count(of: 3)) { reader in
      let (at, journey) = reader.pair()
      let moment = Instant(packed: at, after: before)
      before = moment
      let kind = reader.byte()
      let labels = reader.rows(reader.count(of: 1)) { Symbol(UInt32(truncatingIfNeeded: $0.length())) }
      return SentMark(
        at: moment, channelKind: kind, journey: Symbol(UInt32(truncatingIfNeeded: journey)), labels: labels)
    }
  }

  private static func suppressions(decoding reader: inout PackedReader, base: Instant) -> [AddressSuppression] {
    reader.rows(reader.count(of: 11)) { reader in
      let kind = reader.byte()
      let cause = AddressSuppression.Cause(rawValue: reader.byte())
      if cause == nil { reader.fail() }
      let address: UInt64 = reader.word()
      return AddressSuppression(
        channelKind: kind, address: address, cause: cause ?? .manual,
        at: Instant(packed: reader.pair().0, after: base))
    }
  }
}
