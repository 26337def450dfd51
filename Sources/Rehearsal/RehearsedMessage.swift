import Delivery
import RoostCore

/// One message that a rehearsal decided about, in `byteCount` bytes: places instead of names.
public struct RehearsedMessage: Sendable, Equatable {
  public var person: PersonID
  public var id: IntentID
  /// When it was first decided about.
  public var createdAt: Instant
  /// When it was meant to go out in the end.
  public var scheduledAt: Instant
  /// When it would go out at the journey's rate; `.distantFuture` if it does not.
  public var sentAt = Instant.distantFuture
  /// Into `RehearsalPlan.journeys`, and into the journey's steps.
  public var journey: UInt16
  public var step: UInt16
  public var version: UInt32
  public var entry: UInt32
  /// Into `RehearsalPlan.names`.
  public var channel: UInt16
  public var template: UInt16
  /// `.sent` for what would have gone out.
  public var status: MessageStatus
  public var reason: SuppressionReason?
  public var messageClass: MessageClass
  /// Why it was held for a while; `nil` if it was not.
  public var heldFor: SuppressionReason?

  public static let byteCount = 72
  /// Where the times lie in the bytes.
  public static let scheduledAtOffset = 32
  public static let sentAtOffset = 40

  public func encode(into bytes: inout [UInt8]) {
    bytes.append(word: person.number)
    bytes.append(word: id.high)
    bytes.append(word: id.low)
    bytes.append(word: createdAt.milliseconds)
    bytes.append(word: scheduledAt.milliseconds)
    bytes.append(word: sentAt.milliseconds)
    bytes.append(word: version)
    bytes.append(word: entry)
    bytes.append(word: journey)
    bytes.append(word: step)
    bytes.append(word: channel)
    bytes.append(word: template)
    bytes.append(Self.number(status))
    bytes.append(Self.number(reason))
    bytes.append(messageClass == .marketing ? 0 : 1)
    bytes.append(Self.number(heldFor))
    bytes.append(word: UInt32(0))
  }

  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    person = PersonID(try reader.word())
    id = IntentID(high: try reader.word(), low: try reader.word())
    createdAt = Instant(milliseconds: try reader.word())
    scheduledAt = Instant(milliseconds: try reader.word())
    sentAt = Instant(milliseconds: try reader.word())
    version = try reader.word()
    entry = try reader.word()
    journey = try reader.word()
    step = try reader.word()
    channel = try reader.word()
    template = try reader.word()
    let status = Int(try reader.word(UInt8.self))
    guard MessageStatus.allCases.indices.contains(status) else { throw MalformedBytes(offset: reader.offset) }
    self.status = MessageStatus.allCases[status]
    reason = try Self.reason(reader.word())
    messageClass = try reader.word(UInt8.self) == 0 ? .marketing : .transactional
    heldFor = try Self.reason(reader.word())
  }

  private static func number(_ status: MessageStatus) -> UInt8 {
    UInt8(MessageStatus.allCases.firstIndex(of: status) ?? 0)
  }

  private static func number(_ reason: SuppressionReason?) -> UInt8 {
    UInt8((reason.flatMap { SuppressionReason.allCases.firstIndex(of: $0) } ?? -1) + 1)
  }

  private static func reason(_ number: UInt8) throws(MalformedBytes) -> SuppressionReason? {
    guard number > 0 else { return nil }
    guard Int(number) <= SuppressionReason.allCases.count else { throw MalformedBytes(offset: 0) }
    return SuppressionReason.allCases[Int(number) - 1]
  }

  init(
    _ record: MessageRecord, of person: PersonID, journey: Int, step: Int, entry: UInt32, channel: Int, template: Int
  ) {
    self.person = person
    id = record.id
    createdAt = record.createdAt
    scheduledAt = record.scheduledAt
    self.journey = UInt16(truncatingIfNeeded: journey)
    self.step = UInt16(truncatingIfNeeded: step)
    version = record.version
    self.entry = entry
    self.channel = UInt16(truncatingIfNeeded: channel)
    self.template = UInt16(truncatingIfNeeded: template)
    status = record.status == .scheduled ? .sent : record.status
    reason = record.reason
    messageClass = record.messageClass
    if record.status == .held { heldFor = record.reason }
  }

  /// Takes in a later decision about the same message.
  mutating func take(_ record: MessageRecord, channel: Int, template: Int) {
    scheduledAt = record.scheduledAt
    self.channel = UInt16(truncatingIfNeeded: channel)
    self.template = UInt16(truncatingIfNeeded: template)
    status = record.status == .scheduled ? .sent : record.status
    reason = record.reason
    if record.status == .held, heldFor == nil { heldFor = record.reason }
  }
}
