import RoostCore

extension DeliveryMemory {
  /// No fewer bytes than `encode(base:into:)` touches.
  var encodedBytesMax: Int {
    let (pair, length) = (PackedWriter.pairBytesMax, PackedWriter.lengthBytesMax)
    var bytes = 1 &+ 5 &* length &+ 31 &+ 5 &* answers.count
    for mark in marks { bytes &+= pair &+ 1 &+ length &* (1 &+ mark.labels.count) }
    bytes &+= suppressions.count &* (2 &+ 8 &+ pair &+ 16) &+ softBounces.count &* (1 &+ 8 &+ pair)
    return bytes &+ requests.count &* (2 &+ 8 &+ 2 &* pair)
  }

  private static let marksFlag: UInt8 = 1
  private static let suppressionsFlag: UInt8 = 2
  private static let hoursFlag: UInt8 = 4
  private static let answersFlag: UInt8 = 8
  private static let softBouncesFlag: UInt8 = 16
  private static let requestsFlag: UInt8 = 32
  private static let flags: UInt8 = 63
  /// Above the bits of a suppression's cause: the message that brought it follows the row.
  private static let messageFlag: UInt8 = 0x80

  /// A byte that says which lists follow, then each with its length before it. A mark's time is the distance from the
  /// one before.
  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.byte(
      (marks.isEmpty ? 0 : Self.marksFlag) | (suppressions.isEmpty ? 0 : Self.suppressionsFlag)
        | (hours.isEmpty ? 0 : Self.hoursFlag) | (answers.isEmpty ? 0 : Self.answersFlag)
        | (softBounces.isEmpty ? 0 : Self.softBouncesFlag) | (requests.isEmpty ? 0 : Self.requestsFlag))
    if !marks.isEmpty { encodeMarks(base: base, into: &writer) }
    if !suppressions.isEmpty { encodeSuppressions(base: base, into: &writer) }
    if !hours.isEmpty { hours.encode(into: &writer) }
    if !answers.isEmpty { encodeAnswers(into: &writer) }
    if !softBounces.isEmpty { encodeSoftBounces(base: base, into: &writer) }
    if !requests.isEmpty { encodeRequests(base: base, into: &writer) }
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
      writer.byte(row.cause.rawValue | (row.message == nil ? 0 : Self.messageFlag))
      writer.word(row.address)
      writer.pair(row.at.packed(after: base), 0)
      guard let message = row.message else { continue }
      writer.word(message.high)
      writer.word(message.low)
    }
  }

  private func encodeSoftBounces(base: Instant, into writer: inout PackedWriter) {
    writer.length(softBounces.count)
    for row in softBounces {
      writer.byte(row.channelKind)
      writer.word(row.address)
      writer.pair(row.at.packed(after: base), 0)
    }
  }

  private func encodeRequests(base: Instant, into writer: inout PackedWriter) {
    writer.length(requests.count)
    for row in requests {
      writer.byte(row.channelKind)
      writer.byte(row.count)
      writer.word(row.address)
      writer.pair(row.firstAt.packed(after: base), row.lastAt.packed(after: row.firstAt))
    }
  }

  init(decoding reader: inout PackedReader, base: Instant) {
    self.init()
    let flags = reader.byte()
    if flags & ~Self.flags != 0 { reader.fail() }
    if flags & Self.marksFlag != 0 { marks = Self.marks(decoding: &reader, base: base) }
    if flags & Self.suppressionsFlag != 0 { suppressions = Self.suppressions(decoding: &reader, base: base) }
    if flags & Self.hoursFlag != 0 { hours = ActivityHours(decoding: &reader) }
    if flags & Self.answersFlag != 0 {
      answers = reader.rows(reader.count(of: 5)) { reader in
        ChannelAnswers(channelKind: reader.byte(), sent: reader.word(), answered: reader.word())
      }
    }
    if flags & Self.softBouncesFlag != 0 {
      softBounces = reader.rows(reader.count(of: 10)) { reader in
        SoftBounce(
          channelKind: reader.byte(), address: reader.word(), at: Instant(packed: reader.pair().0, after: base))
      }
    }
    if flags & Self.requestsFlag != 0 { requests = Self.requests(decoding: &reader, base: base) }
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
      let code = reader.byte()
      let cause = AddressSuppression.Cause(rawValue: code & ~Self.messageFlag)
      if cause == nil { reader.fail() }
      let address: UInt64 = reader.word()
      var row = AddressSuppression(
        channelKind: kind, address: address, cause: cause ?? .manual,
        at: Instant(packed: reader.pair().0, after: base))
      if code & Self.messageFlag != 0 { row.message = IntentID(high: reader.word(), low: reader.word()) }
      return row
    }
  }

  private static func requests(decoding reader: inout PackedReader, base: Instant) -> [ConfirmationRequest] {
    reader.rows(reader.count(of: 11)) { reader in
      let (kind, count) = (reader.byte(), reader.byte())
      let address: UInt64 = reader.word()
      let (first, last) = reader.pair()
      let firstAt = Instant(packed: first, after: base)
      return ConfirmationRequest(
        channelKind: kind, address: address, count: count, firstAt: firstAt,
        lastAt: Instant(packed: last, after: firstAt))
    }
  }
}

extension ActivityHours {
  /// Three bytes with a bit for each hour that was seen, a count for each of them, the last hour.
  fileprivate func encode(into writer: inout PackedWriter) {
    var seen: UInt32 = 0
    for hour in 0..<24 where self[hour] > 0 { seen |= 1 &<< UInt32(hour) }
    writer.byte(UInt8(truncatingIfNeeded: seen))
    writer.byte(UInt8(truncatingIfNeeded: seen &>> 8))
    writer.byte(UInt8(truncatingIfNeeded: seen &>> 16))
    while seen != 0 {
      writer.byte(self[seen.trailingZeroBitCount])
      seen &= seen &- 1
    }
    writer.word(lastHour)
  }

  fileprivate init(decoding reader: inout PackedReader) {
    self.init()
    var seen = UInt32(reader.byte()) | UInt32(reader.byte()) &<< 8 | UInt32(reader.byte()) &<< 16
    while seen != 0 {
      set(seen.trailingZeroBitCount, reader.byte())
      seen &= seen &- 1
    }
    lastHour = reader.word()
  }
}
