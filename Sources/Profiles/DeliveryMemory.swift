import RoostCore

/// What decisions about messages remember of a person. Empty for whoever gets none, and takes no byte then.
public struct DeliveryMemory: Sendable, Equatable {
  /// Messages that a cap still counts, sorted by time, then as they came.
  public var marks: [SentMark] = []
  /// Addresses that get nothing any more, sorted by kind, then address.
  public var suppressions: [AddressSuppression] = []

  /// At which hours the person is there.
  public var hours = ActivityHours()
  /// How they answer to marketing, sorted by kind of channel.
  public internal(set) var answers: [ChannelAnswers] = []
  /// Messages that came back from an address which may work later, sorted by kind, address and time.
  public internal(set) var softBounces: [SoftBounce] = []
  /// What was sent to have consents confirmed, sorted by kind of channel.
  public internal(set) var requests: [ConfirmationRequest] = []

  public init() {}

  public var isEmpty: Bool {
    marks.isEmpty && suppressions.isEmpty && hours.isEmpty && answers.isEmpty && softBounces.isEmpty && requests.isEmpty
  }
}

/// A marketing message that was decided to go out: what caps count it by.
public struct SentMark: Sendable, Equatable {
  public var at: Instant
  /// The channel's kind, as `Delivery` numbers them.
  public var channelKind: UInt8
  /// The key of the journey that sent it; `.none` for other senders.
  public var journey: Symbol
  /// `tag:spring`, `advertiser:acme`, `network`, `channel:KEY`.
  public var labels: [Symbol]

  public init(at: Instant, channelKind: UInt8, journey: Symbol, labels: [Symbol]) {
    self.at = at
    self.channelKind = channelKind
    self.journey = journey
    self.labels = labels
  }
}

/// An address of the person to which nothing is sent any more.
public struct AddressSuppression: Sendable, Equatable {
  public enum Cause: UInt8, Sendable, CaseIterable {
    /// Refused for good by whoever keeps the address.
    case bounced = 1
    /// Its owner called a message unwanted.
    case complained = 2
    /// Its owner asked for no more marketing there.
    case unsubscribed = 3
    /// Put on the list by an operator.
    case manual = 4
  }
  /// The channel's kind, as `Delivery` numbers them.
  public var channelKind: UInt8
  /// Of the address in lower case (`AddressSuppression.hash`): the list needs no address that erasing would have to find.
  public var address: UInt64
  public var cause: Cause
  public var at: Instant
  /// The message that brought it; `nil` if none did.
  public var message: IntentID?

  public init(channelKind: UInt8, address: UInt64, cause: Cause, at: Instant, message: IntentID? = nil) {
    self.channelKind = channelKind
    self.address = address
    self.cause = cause
    self.at = at
    self.message = message
  }

  /// The hash under which an address is kept; case does not matter.
  public static func hash(_ address: String) -> UInt64 { hash64(address.lowercased(), seed: 0x524F_4F53_545F_5355) }
}

extension DeliveryMemory {
  /// Adds a mark in its place.
  public mutating func add(_ mark: SentMark) {
    var index = marks.count
    while index > 0, marks[index - 1].at > mark.at { index -= 1 }
    marks.insert(mark, at: index)
  }

  /// Counts messages by a kind of channel, and answers to them.
  public mutating func count(channelKind: UInt8, sent: UInt16, answered: UInt16) {
    let index = answers.firstIndex { $0.channelKind >= channelKind } ?? answers.count
    if index == answers.count || answers[index].channelKind != channelKind {
      answers.insert(ChannelAnswers(channelKind: channelKind, sent: 0, answered: 0), at: index)
    }
    answers[index].add(sent: sent, answered: answered)
  }

  /// Puts an address on the list. Of two causes the graver one stays: a complaint before a bounce before the rest, and of
  /// the same the earlier. Whether anything changed.
  @discardableResult
  public mutating func suppress(_ row: AddressSuppression) -> Bool {
    let index = index(of: row.channelKind, row.address)
    guard index < suppressions.count, suppressions[index].isAbout(row.channelKind, row.address) else {
      suppressions.insert(row, at: index)
      return true
    }
    let present = suppressions[index]
    guard (row.cause.gravity, present.at) > (present.cause.gravity, row.at) else { return false }
    suppressions[index] = row
    return true
  }

  /// Takes an address off the list; whether it was on it.
  @discardableResult
  public mutating func unsuppress(channelKind: UInt8, address: UInt64) -> Bool {
    let index = index(of: channelKind, address)
    guard index < suppressions.count, suppressions[index].isAbout(channelKind, address) else { return false }
    suppressions.remove(at: index)
    return true
  }

  /// What is known against an address.
  public func suppression(channelKind: UInt8, address: UInt64) -> AddressSuppression? {
    let index = index(of: channelKind, address)
    return index < suppressions.count && suppressions[index].isAbout(channelKind, address) ? suppressions[index] : nil
  }

  /// Takes in another person's, who is the same: all messages count.
  mutating func absorb(_ source: DeliveryMemory) {
    for mark in source.marks { add(mark) }
    for row in source.suppressions { suppress(row) }
    hours.absorb(source.hours)
    for row in source.answers { count(channelKind: row.channelKind, sent: row.sent, answered: row.answered) }
    absorbAddresses(of: source)
  }

  private func index(of channelKind: UInt8, _ address: UInt64) -> Int {
    suppressions.firstIndex { ($0.channelKind, $0.address) >= (channelKind, address) } ?? suppressions.count
  }
}

extension AddressSuppression {
  fileprivate func isAbout(_ channelKind: UInt8, _ address: UInt64) -> Bool {
    (self.channelKind, self.address) == (channelKind, address)
  }
}

extension AddressSuppression.Cause {
  fileprivate var gravity: Int {
    switch self {
    case .unsubscribed: 0
    case .manual: 1
    case .bounced: 2
    case .complained: 3
    }
  }
}
