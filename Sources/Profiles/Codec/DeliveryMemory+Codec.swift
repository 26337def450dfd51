import RoostCore

extension DeliveryMemory {
  /// No fewer bytes than `encode(base:into:)` touches.
  var encodedBytesMax: Int {
    let (pair, length) = (PackedWriter.pairBytesMax, PackedWriter.lengthBytesMax)
    var bytes = 1 &+ 3 &* length &+ 31 &+ 5 &* answers.count
    for mark in marks { bytes &+= pair &+ 1 &+ length &* (1 &+ mark.labels.count) }
    return bytes &+ suppressions.count &* (2 &+ 8 &+ pair)
  }

  private static let marksFlag: UInt8 = 1
  private static let suppressionsFlag: UInt8 = 2
  private static let hoursFlag: UInt8 = 4
  private static let answersFlag: UInt8 = 8

  /// A byte that says which lists follow, then each with its length before it. A mark's time is the distance from the
  /// one before.
  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.byte(
      (marks.isEmpty ? 0 : Self.marksFlag) | (suppressions.isEmpty ? 0 : Self.suppressionsFlag)
        | (hours.isEmpty ? 0 : Self.hoursFlag) | (answers.isEmpty ? 0 : Self.answersFlag))
    if !marks.isEmpty { encodeMarks(base: base, into: &writer) }
    if !suppressions.isEmpty { encodeSuppressions(base: base, into: &writer) }
    if !hours.isEmpty { hours.encode(into: &writer) }
    if !answers.isEmpty { encodeAnswers(into: &writer) }
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

  private func encodeAnswers(into writer: inout PackedWriter) {
    writer.length(answers.count)
    for row in answers {
      writer.byte(row.channelKind)
      writer.word(row.sent)
      writer.word(row.answered)
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
    if flags > 15 { reader.fail() }
    if flags & Self.marksFlag != 0 { marks = Self.marks(decoding: &reader, base: base) }
    if flags & Self.suppressionsFlag != 0 { suppressions = Self.suppressions(decoding: &reader, base: base) }
    if flags & Self.hoursFlag != 0 { hours = ActivityHours(decoding: &reader) }
    if flags & Self.answersFlag != 0 {
      answers = reader.rows(reader.count(of: 5)) { reader in
        ChannelAnswers(channelKind: reader.byte(), sent: reader.word(), answered: reader.word())
      }
    }
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

extension ActivityHours {
  /// Three bytes with a bit for each hour that was seen, a count for each of them, the last hour.
  fileprivate func encode(into writer: inout PackedWriter) {
    var seen: UInt32 = 0
    for hour in 0..<24 where counts[hour] > 0 { seen |= 1 &<< UInt32(hour) }
    for shift in [0, 8, 16] as [UInt32] { writer.byte(UInt8(truncatingIfNeeded: seen &>> shift)) }
    for hour in 0..<24 where counts[hour] > 0 { writer.byte(counts[hour]) }
    writer.word(lastHour)
  }

  fileprivate init(decoding reader: inout PackedReader) {
    var seen: UInt32 = 0
    for shift in [0, 8, 16] as [UInt32] { seen |= UInt32(reader.byte()) &<< shift }
    var counts = [UInt8](repeating: 0, count: 24)
    for hour in 0..<24 where seen &>> UInt32(hour) & 1 == 1 { counts[hour] = reader.byte() }
    self.init(counts: counts, lastHour: reader.word())
  }
}
