import RoostCore

/// At which hours of their day a person is there: how often something of theirs was seen in each, lately.
///
/// Lies in the state itself, without a list of its own: it is looked at with every event.
public struct ActivityHours: Sendable, Equatable {
  /// Counts of hours 0…7, 8…15 and 16…23, a byte each, the first lowest.
  private var night: UInt64 = 0
  private var day: UInt64 = 0
  private var evening: UInt64 = 0
  /// The last hour that was counted, since 1970 in UTC: what somebody does within one hour counts once.
  public internal(set) var lastHour: UInt32 = 0

  public init() {}

  /// - Parameter counts: 24, or none.
  init(counts: [UInt8], lastHour: UInt32) {
    for (hour, count) in counts.prefix(24).enumerated() { set(hour, count) }
    self.lastHour = lastHour
  }

  public var isEmpty: Bool { night | day | evening == 0 }
  public var total: Int { (0..<24).reduce(0) { $0 + Int(self[$1]) } }
  /// By local hour, 24 of them; empty if nothing was seen.
  public var counts: [UInt8] { isEmpty ? [] : (0..<24).map { self[$0] } }

  /// How often something was seen in a local hour, 0…23.
  public subscript(hour: Int) -> UInt8 {
    let word = hour < 8 ? night : hour < 16 ? day : evening
    return UInt8(truncatingIfNeeded: word &>> UInt64(hour & 7 &* 8))
  }

  mutating func set(_ hour: Int, _ count: UInt8) {
    let shift = UInt64(hour & 7 &* 8)
    let (mask, bits) = (~(0xFF &<< shift), UInt64(count) &<< shift)
    switch hour {
    case 0..<8: night = night & mask | bits
    case 8..<16: day = day & mask | bits
    default: evening = evening & mask | bits
    }
  }

  /// Whether something seen at this moment would be counted.
  @inline(__always)
  public func isNews(at moment: Instant) -> Bool { UInt32(clamping: moment.milliseconds / 3_600_000) > lastHour }

  /// Counts an hour, unless it was counted or a later one was. When a count is full all are halved: old habits fade.
  ///
  /// - Parameter localHour: 0…23, by the person's clocks.
  public mutating func note(localHour: Int, at moment: Instant) {
    guard isNews(at: moment), (0..<24).contains(localHour) else { return }
    lastHour = UInt32(clamping: moment.milliseconds / 3_600_000)
    if self[localHour] == .max { for hour in 0..<24 { set(hour, self[hour] / 2) } }
    set(localHour, self[localHour] + 1)
  }

  /// Takes in the hours of another person, who is the same.
  mutating func absorb(_ source: ActivityHours) {
    lastHour = max(lastHour, source.lastHour)
    let sums = (0..<24).map { Int(self[$0]) + Int(source[$0]) }
    let halvings = (sums.max() ?? 0) > Int(UInt8.max) ? 2 : 1
    for hour in 0..<24 { set(hour, UInt8(sums[hour] / halvings)) }
  }
}

/// How a person answers to messages by one kind of channel, lately.
public struct ChannelAnswers: Sendable, Equatable {
  /// The channel's kind, as `Delivery` numbers them.
  public var channelKind: UInt8
  public var sent: UInt16
  /// Opened or clicked; no more than were sent.
  public var answered: UInt16

  public init(channelKind: UInt8, sent: UInt16, answered: UInt16) {
    self.channelKind = channelKind
    self.sent = sent
    self.answered = answered
  }

  static let countMax: UInt16 = 1_000

  mutating func add(sent more: UInt16, answered answers: UInt16) {
    sent += more
    answered = min(answered + answers, sent)
    guard sent > Self.countMax else { return }
    sent /= 2
    answered /= 2
  }
}
