import RoostCore

extension MessageRecord {
  private static let fateFormat: UInt8 = 1

  /// Whose fate it is that `encodeFate` wrote.
  public static func owner(
    ofFate bytes: UnsafeRawBufferPointer
  ) throws(MalformedBytes) -> (workspace: WorkspaceID, id: IntentID) {
    var reader = ByteReader(bytes)
    return try owner(&reader)
  }

  private static func owner(
    _ reader: inout ByteReader
  ) throws(MalformedBytes) -> (workspace: WorkspaceID, id: IntentID) {
    guard try reader.word(UInt8.self) == fateFormat else { throw MalformedBytes(offset: 0) }
    let workspace = WorkspaceID(try reader.number())
    return (workspace, IntentID(high: try reader.word(), low: try reader.word()))
  }

  /// All that may have become of the message, without what was decided: a tenth of its record. Format byte, workspace, id,
  /// then the fields in the order of the declaration; moments that are not are the least number.
  public func encodeFate(into bytes: inout [UInt8]) {
    bytes.append(Self.fateFormat)
    bytes.append(varint: UInt64(workspace.number))
    bytes.append(word: id.high)
    bytes.append(word: id.low)
    bytes.append(storedStatus)
    bytes.append(storedReason)
    bytes.append(counted: detail)
    for moment in [sentAt, changedAt, dueAt, claim?.at, firstAttemptAt, dismissedAt] {
      bytes.append(word: (moment ?? .distantPast).milliseconds)
    }
    bytes.append(varint: claim?.token ?? 0)
    bytes.append(varint: UInt64(attempts))
    bytes.append(varint: UInt64(ambiguities))
    bytes.append(reports == nil ? 0 : 1)
    reports?.encode(into: &bytes)
  }

  /// Takes what `encodeFate` wrote of this message.
  ///
  /// - Throws: also if it is another one's.
  public mutating func takeFate(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try Self.owner(&reader) == (workspace, id) else { throw MalformedBytes(offset: 1) }
    status = try reader.element(of: MessageStatus.stored)
    reason = try reader.optionalElement(of: SuppressionReason.stored)
    detail = try reader.text()
    sentAt = try reader.moment()
    changedAt = try reader.moment() ?? .distantPast
    dueAt = try reader.moment()
    let claimedAt = try reader.moment()
    firstAttemptAt = try reader.moment()
    dismissedAt = try reader.moment()
    let token = try reader.varint()
    claim = claimedAt.map { Claim(token: token, at: $0) }
    attempts = try reader.number()
    ambiguities = try reader.number()
    reports = try reader.word(UInt8.self) == 0 ? nil : Reports(decoding: &reader)
    guard reader.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
  }
}
