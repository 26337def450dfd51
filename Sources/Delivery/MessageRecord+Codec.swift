import RoostCore

extension MessageRecord {
  /// Records of format 1 end before the extras; both are read for ever.
  private static let format: UInt8 = 2

  /// Format byte, then the fields in the order of the declaration; moments that are not are the least number. Last the
  /// extras: what only some messages have, each under a number of its own.
  public func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    for word in [id.high, id.low, person.number] { bytes.append(word: word) }
    for number in [workspace.number, version, templateVersion, attempts, ambiguities] {
      bytes.append(varint: UInt64(number))
    }
    for text in [userID, email, journey, step, channel, template, to, subject, detail] {
      bytes.append(counted: text)
    }
    bytes.append(messageClass == .marketing ? 1 : 2)
    bytes.append(storedStatus)
    bytes.append(storedReason)
    for moment in [createdAt, scheduledAt, changedAt] { bytes.append(word: moment.milliseconds) }
    for moment in [sentAt, dueAt, firstAttemptAt, claim?.at] {
      bytes.append(word: (moment ?? .distantPast).milliseconds)
    }
    bytes.append(word: claim?.token ?? 0)
    values.withUnsafeBytes { bytes.append(counted: $0) }
    bytes.append(varint: UInt64(why.count))
    for line in why { bytes.append(counted: line) }
    encodeExtras(into: &bytes)
  }

  /// The id of a message that was refused for missing values; `nil` for all others. Reads no further than it must.
  public static func refusedForValues(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) -> IntentID? {
    var reader = ByteReader(bytes)
    _ = try reader.word(UInt8.self)
    let id = IntentID(high: try reader.word(), low: try reader.word())
    _ = try reader.word(UInt64.self)
    for _ in 0..<5 { _ = try reader.varint() }
    for _ in 0..<9 { _ = try reader.counted() }
    _ = try reader.word(UInt8.self)
    let (status, reason) = (try reader.word(UInt8.self), try reader.word(UInt8.self))
    let isRefused =
      MessageStatus.stored.firstIndex(of: .suppressed) == Int(status)
      && SuppressionReason.stored.firstIndex(of: .missingValues) == Int(reason) - 1
    return isRefused ? id : nil
  }

  /// The numbers under which records have them.
  var storedStatus: UInt8 { UInt8(MessageStatus.stored.firstIndex(of: status) ?? 0) }
  var storedReason: UInt8 { reason.flatMap(SuppressionReason.stored.firstIndex).map { UInt8($0 + 1) } ?? 0 }

  /// How a recorded message of `journey` stands, found without reading all of it; `nil` for another journey's.
  public static func status(
    in bytes: UnsafeRawBufferPointer, ifOf journey: [UInt8]
  ) throws(MalformedBytes) -> MessageStatus? {
    var reader = ByteReader(bytes)
    let format = try reader.word(UInt8.self)
    guard format == 1 || format == Self.format else { throw MalformedBytes(offset: 0) }
    for _ in 0..<3 { _ = try reader.word(UInt64.self) }
    for _ in 0..<5 { _ = try reader.varint() }
    for _ in 0..<2 { _ = try reader.counted() }
    guard try reader.counted().elementsEqual(journey) else { return nil }
    for _ in 0..<6 { _ = try reader.counted() }
    _ = try reader.word(UInt8.self)
    return try reader.element(of: MessageStatus.stored)
  }

  /// Reads what `encode` wrote.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    let format = try reader.word(UInt8.self)
    guard format == 1 || format == Self.format else { throw MalformedBytes(offset: 0) }
    let id = IntentID(high: try reader.word(), low: try reader.word())
    let person = PersonID(try reader.word())
    let workspace = WorkspaceID(try reader.number())
    let version = try reader.number()
    let templateVersion = try reader.number()
    let attempts = try reader.number()
    let ambiguities = try reader.number()
    let (userID, email) = (try reader.text(), try reader.text())
    let (journey, step) = (try reader.text(), try reader.text())
    let (channel, template) = (try reader.text(), try reader.text())
    let (to, subject, detail) = (try reader.text(), try reader.text(), try reader.text())
    let messageClass: MessageClass
    switch try reader.word(UInt8.self) {
    case 1: messageClass = .marketing
    case 2: messageClass = .transactional
    default: throw MalformedBytes(offset: reader.offset - 1)
    }
    let status = try reader.element(of: MessageStatus.stored)
    let reason = try reader.optionalElement(of: SuppressionReason.stored)
    let createdAt = Instant(milliseconds: try reader.word())
    let scheduledAt = Instant(milliseconds: try reader.word())
    let changedAt = Instant(milliseconds: try reader.word())
    let sentAt = try reader.moment()
    let dueAt = try reader.moment()
    let firstAttemptAt = try reader.moment()
    let claimedAt = try reader.moment()
    let token: UInt64 = try reader.word()
    let values = Array(try reader.counted())
    var why: [String] = []
    for _ in 0..<(try reader.count()) { why.append(try reader.text()) }
    self.init(
      Intent(
        id: id, workspace: workspace, person: person, userID: userID, email: email, journey: journey, version: version,
        step: step, channel: channel, template: template, templateVersion: templateVersion, messageClass: messageClass,
        createdAt: createdAt, scheduledAt: scheduledAt, to: to, subject: subject, values: values, why: why),
      status: status, changedAt: changedAt)
    self.reason = reason
    self.detail = detail
    (self.attempts, self.ambiguities) = (attempts, ambiguities)
    (self.sentAt, self.dueAt, self.firstAttemptAt) = (sentAt, dueAt, firstAttemptAt)
    claim = claimedAt.map { Claim(token: token, at: $0) }
    if format > 1 { try decodeExtras(&reader) }
    guard reader.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
  }
}

extension MessageStatus {
  /// By their numbers in records: the list only grows at its end.
  package static let stored: [MessageStatus] = [
    .scheduled, .held, .suppressed, .sent, .delivered, .opened, .clicked, .bounced, .complained, .failed, .ambiguous,
  ]
}

extension SuppressionReason {
  /// By their numbers in records: the list only grows at its end.
  static let stored: [SuppressionReason] = [
    .noConsent, .frequencyCap, .quietHours, .unsubscribed, .bouncedBefore, .noAddress, .holdout, .offerExpired,
    .budget, .journeyExit, .duplicateIntent, .complainedBefore, .blocked, .unconfirmed, .noTemplate, .paused,
    .missingValues, .broadcastStopped, .noVoucher,
  ]
}

extension ByteReader {
  mutating func number() throws(MalformedBytes) -> UInt32 {
    guard let number = UInt32(exactly: try varint()) else { throw MalformedBytes(offset: offset) }
    return number
  }

  mutating func moment() throws(MalformedBytes) -> Instant? {
    let moment = Instant(milliseconds: try word())
    return moment == .distantPast ? nil : moment
  }

  /// A number less by one than the byte; `nil` for 0.
  mutating func optionalElement<Element>(of list: [Element]) throws(MalformedBytes) -> Element? {
    guard try word(UInt8.self) != 0 else { return nil }
    offset -= 1
    return try element(of: list, from: 1)
  }

  mutating func element<Element>(
    of list: [Element], from first: Int = 0
  ) throws(MalformedBytes) -> Element {
    let index = Int(try word(UInt8.self)) - first
    guard list.indices.contains(index) else { throw MalformedBytes(offset: offset - 1) }
    return list[index]
  }
}
