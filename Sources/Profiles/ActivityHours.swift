import RoostCore

/// At which hours of their day a person is there: how often something of theirs was seen in each, lately.
public struct ActivityHours: Sendable, Equatable {
  /// By local hour, 24 of them; empty if nothing was seen.
  public private(set) var counts: [UInt8] = []
  /// The last hour that was counted, since 1970 in UTC: what somebody does within one hour counts once.
  public private(set) var lastHour: UInt32 = 0

  public init() {}

  /// - Parameter counts: 24, or none.
  init(counts: [UInt8], lastHour: UInt32) {
    self.counts = counts
    self.lastHour = lastHour
  }

  public var isEmpty: Bool { counts.isEmpty }
  public var total: Int { counts.reduce(0) { $0 + Int($1) } }

  /// Counts an hour, unless it was counted or a later one was. When a count is full all are halved: old habits fade.
  ///
  /// - Parameter localHour: 0…23, by the person's clocks.
  public mutating func note(localHour: Int, at moment: Instant) {
    let hour = UInt32(clamping: moment.milliseconds / 3_600_000)
    guard hour > lastHour, (0..<24).contains(localHour) else { return }
    lastHour = hour
    if counts.isEmpty { counts = Array(repeating: 0, count: 24) }
    if counts[localHour] == .max { counts = counts.map { $0 / 2 } }
    counts[localHour] += 1
  }

  /// Takes in the hours of another person, who is the same.
  mutating func absorb(_ source: ActivityHours) {
    lastHour = max(lastHour, source.lastHour)
    guard !source.counts.isEmpty else { return }
    guard !counts.isEmpty else {
      counts = source.counts
      return
    }
    let sums = zip(counts, source.counts).map { Int($0) + Int($1) }
    let halvings = (sums.max() ?? 0) > Int(UInt8.max) ? 2 : 1
    counts = sums.map { UInt8($0 / halvings) }
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
