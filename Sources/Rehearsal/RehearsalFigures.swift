import Delivery
import RoostCore

/// All that is counted in a rehearsal. Counting and joining in any order gives the same figures, so they do not depend
/// on how the people are divided among threads.
public struct RehearsalFigures: Sendable {
  public let days: Int
  public let hours: Int
  let from: Instant

  public internal(set) var people = 0
  public internal(set) var events = 0
  /// Recorded events about messages of the same name, left out so that they are not taken for answers to a rehearsed one.
  public internal(set) var engagementsLeftOut = 0
  public internal(set) var openingsAssumed = 0
  public internal(set) var clicksAssumed = 0
  /// People whose journeys went round in circles and were given up.
  public internal(set) var abandoned = 0
  public internal(set) var journeys: [Journey]
  /// Messages by journey, step, channel and template.
  public internal(set) var sends: [SendKey: SendCounts] = [:]
  /// What would go out in each hour of the period.
  public internal(set) var sentByHour: [UInt32]
  /// By two places in `RehearsalPlan.journeys`, the lower first: people who were in both, and messages of one within a day
  /// of one of the other.
  public internal(set) var overlaps: [Pair: Overlap] = [:]
  /// People who got a message of the first before their first of the second.
  public internal(set) var orders: [StepPair: Int] = [:]

  public struct Journey: Sendable {
    public internal(set) var entries = 0
    public internal(set) var people = 0
    public internal(set) var heldOut = 0
    public internal(set) var finished = 0
    public internal(set) var goals = 0
    public internal(set) var exited: [String: Int] = [:]
    public internal(set) var insideAtStart = 0
    public internal(set) var insideAtEnd = 0
    /// By step and day: how many more people are there at the day's end than at the one before.
    var changes: [[Int32]]
    /// By the steps from which and to which somebody went.
    public internal(set) var spans: [StepPlaces: SpanHistogram] = [:]
  }

  public struct StepPlaces: Hashable, Sendable, Comparable {
    public var from: Int
    public var to: Int
    public static func < (a: StepPlaces, b: StepPlaces) -> Bool { (a.from, a.to) < (b.from, b.to) }
  }

  public struct Pair: Hashable, Sendable, Comparable {
    public var a: Int
    public var b: Int
    public static func < (x: Pair, y: Pair) -> Bool { (x.a, x.b) < (y.a, y.b) }
  }

  public struct Overlap: Sendable, Equatable {
    public internal(set) var people = 0
    public internal(set) var messages = 0
  }

  public struct StepPlace: Hashable, Sendable, Comparable {
    public var journey: Int
    public var step: Int
    public static func < (a: StepPlace, b: StepPlace) -> Bool { (a.journey, a.step) < (b.journey, b.step) }
  }

  public struct StepPair: Hashable, Sendable, Comparable {
    public var first: StepPlace
    public var second: StepPlace
    public static func < (a: StepPair, b: StepPair) -> Bool { (a.first, a.second) < (b.first, b.second) }
  }

  /// `channel` and `template` as in `RehearsalPlan.names`.
  public struct SendKey: Hashable, Sendable, Comparable {
    public var place: StepPlace
    public var channel: Int
    public var template: Int
    public static func < (a: SendKey, b: SendKey) -> Bool {
      (a.place, a.channel, a.template) < (b.place, b.channel, b.template)
    }
  }

  public struct SendCounts: Sendable, Equatable {
    public internal(set) var sent = 0
    public internal(set) var suppressed: [SuppressionReason: Int] = [:]
    /// Held at least once, whatever came of it.
    public internal(set) var held: [SuppressionReason: Int] = [:]
    /// Still held at the end of the period.
    public internal(set) var waiting = 0
    /// What would go out on each day.
    public internal(set) var sentByDay: [UInt32]
  }

  public init(_ plan: RehearsalPlan) {
    from = plan.from
    days = plan.days
    hours = Int((plan.to - plan.from).milliseconds - 1) / 3_600_000 + 1
    sentByHour = Array(repeating: 0, count: hours)
    journeys = plan.journeys.map {
      Journey(changes: Array(repeating: Array(repeating: 0, count: plan.days), count: $0.steps.count))
    }
  }

  func day(_ moment: Instant) -> Int { Int((moment - from).milliseconds / Instant.millisecondsPerDay) }
  func hour(_ moment: Instant) -> Int { Int((moment - from).milliseconds / 3_600_000) }

  /// How many people were at a step at the end of each day.
  public func peopleByDay(journey: Int, step: Int) -> [Int] {
    var sum = 0
    return journeys[journey].changes[step].map { change in
      sum += Int(change)
      return sum
    }
  }

  mutating func arrive(_ journey: Int, _ step: Int, at moment: Instant) {
    journeys[journey].changes[step][day(moment)] += 1
  }

  mutating func depart(_ journey: Int, _ step: Int, at moment: Instant) {
    journeys[journey].changes[step][day(moment)] -= 1
  }

  /// Counts a message as it stands in the end.
  mutating func add(_ message: RehearsedMessage) {
    let place = StepPlace(journey: Int(message.journey), step: Int(message.step))
    let key = SendKey(place: place, channel: Int(message.channel), template: Int(message.template))
    // Taken out while it is changed, so that its list of days is not copied.
    var counts = sends.removeValue(forKey: key) ?? SendCounts(sentByDay: Array(repeating: 0, count: days))
    if let reason = message.heldFor { counts.held[reason, default: 0] += 1 }
    switch message.status {
    case .sent:
      counts.sent += 1
      counts.sentByDay[day(message.scheduledAt)] += 1
      sentByHour[hour(message.scheduledAt)] += 1
    case .held: counts.waiting += 1
    default: if let reason = message.reason { counts.suppressed[reason, default: 0] += 1 }
    }
    sends[key] = counts
  }

  public mutating func join(_ other: RehearsalFigures) {
    people += other.people
    events += other.events
    engagementsLeftOut += other.engagementsLeftOut
    openingsAssumed += other.openingsAssumed
    clicksAssumed += other.clicksAssumed
    abandoned += other.abandoned
    for place in journeys.indices { journeys[place].join(other.journeys[place]) }
    for (key, counts) in other.sends {
      if sends[key] == nil { sends[key] = counts } else { sends[key]!.join(counts) }
    }
    for hour in sentByHour.indices { sentByHour[hour] += other.sentByHour[hour] }
    for (pair, overlap) in other.overlaps {
      overlaps[pair, default: Overlap()].people += overlap.people
      overlaps[pair]!.messages += overlap.messages
    }
    for (pair, count) in other.orders { orders[pair, default: 0] += count }
  }
}

extension RehearsalFigures.Journey {
  mutating func join(_ other: RehearsalFigures.Journey) {
    entries += other.entries
    people += other.people
    heldOut += other.heldOut
    finished += other.finished
    goals += other.goals
    for (reason, count) in other.exited { exited[reason, default: 0] += count }
    insideAtStart += other.insideAtStart
    insideAtEnd += other.insideAtEnd
    for step in changes.indices {
      for day in changes[step].indices { changes[step][day] += other.changes[step][day] }
    }
    for (steps, histogram) in other.spans { spans[steps, default: SpanHistogram()].join(histogram) }
  }
}

extension RehearsalFigures.SendCounts {
  mutating func join(_ other: RehearsalFigures.SendCounts) {
    sent += other.sent
    for (reason, count) in other.suppressed { suppressed[reason, default: 0] += count }
    for (reason, count) in other.held { held[reason, default: 0] += count }
    waiting += other.waiting
    for day in sentByDay.indices { sentByDay[day] += other.sentByDay[day] }
  }
}
