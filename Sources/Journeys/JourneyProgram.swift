import Profiles
import RoostCore
import Segments

/// All journeys of a workspace, ready to run: one immutable snapshot per batch of inputs.
///
/// A class, so that handing it to an event's handling costs one count and not the copying of its lists.
public final class JourneyProgram: Sendable {
  public enum Status: Sendable, Equatable {
    /// Nobody enters; people inside an earlier version go on.
    case draft
    case live
    /// People enter and wait; nothing is done and nothing skipped until it is live again. Exit rules, goals and answers
    /// count.
    case paused
    /// Nobody enters; people inside leave.
    case archived
  }

  /// A journey with the versions that were published, oldest first: anybody may still be in any of them.
  public struct Source: Sendable {
    public var status: Status
    /// The version that new people enter.
    public var published: UInt32
    public var versions: [CompiledJourney]
    /// Since when it is published as it is: what a schedule had before is not made up for.
    public var since: Instant
    public init(
      status: Status, published: UInt32, versions: [CompiledJourney], since: Instant = .distantPast
    ) {
      self.status = status
      self.published = published
      self.versions = versions
      self.since = since
    }
  }

  /// No further run goes on in a handling that has executed this many instructions; the rest stays due.
  public static let instructionsMax = 1_000
  /// So many runs of one journey a person may have at once, where there is one for each value of a property.
  public static let instancesMax = 100

  let journeys: [Entry]
  let surroundings: JourneySurroundings
  /// What is asked of every run of every person: flat, for speed.
  private let heads: [Head]
  /// Index into `journeys` by the number of the journey's symbol; -1 for none.
  private let indexBySymbol: [Int32]
  /// By the number of an event's symbol: what it may do to people inside.
  private let uses: [EventUse]
  /// Whether people may have to leave whatever happens: by a segment they are in, or since a journey is archived.
  private let mayEndAnyTime: Bool
  /// Whether anybody may have to go on in another version.
  let mayMigrate: Bool
  /// Whether anybody may wait for a date that an event may change.
  let mayWaitForDates: Bool
  /// The journeys that an event may start, by the number of its symbol.
  private let startedByEvent: [[EventStart]]
  private let startedBySegment: [Int: [Int]]
  /// Of those that start by the clock.
  let startedBySchedule: [Int]

  struct Entry: Sendable {
    var status: Status
    var published: Int?
    var versions: [CompiledJourney]
    var since: Instant
    /// By the index of a version: that of the one in which its people go on, or with which they leave.
    var successors: [Int?]
  }

  private struct Head: Sendable {
    var status: Status
    var published: UInt32
  }

  struct EventUse: OptionSet, Sendable {
    let rawValue: UInt8
    static let ends = EventUse(rawValue: 1)
    static let answers = EventUse(rawValue: 2)
  }

  /// - Parameter sources: in the order of the journeys' keys.
  public init(_ sources: [Source], _ surroundings: JourneySurroundings) {
    self.surroundings = surroundings
    journeys = sources.map { Entry($0) }
    heads = sources.map { Head(status: $0.status, published: $0.published) }
    let starts = Starts(journeys)
    startedByEvent = Self.table(starts.byEvent, otherwise: [])
    startedBySegment = starts.bySegment
    startedBySchedule = starts.bySchedule
    let versions = sources.enumerated().flatMap { index, source in source.versions.map { (index, $0) } }
    indexBySymbol = Self.table(
      Dictionary(versions.map { (Int($1.journey.number), Int32($0)) }) { $1 }, otherwise: -1)
    var uses: [Int: EventUse] = [:]
    for (_, version) in versions {
      for event in version.endingEvents { uses[Int(event.number), default: []].insert(.ends) }
      for event in version.awaitedEvents { uses[Int(event.number), default: []].insert(.answers) }
    }
    self.uses = Self.table(uses, otherwise: [])
    mayEndAnyTime =
      sources.contains { $0.status == .archived } || versions.contains { !$1.exitSegments.isEmpty }
    mayMigrate = journeys.contains { $0.successors.contains { $0 != nil } }
    mayWaitForDates = versions.contains { $1.waitsForDates }
  }

  /// Dense, for these are asked about every event.
  private static func table<Element>(_ entries: [Int: Element], otherwise: Element) -> [Element] {
    var table = [Element](repeating: otherwise, count: (entries.keys.max() ?? -1) + 1)
    for (index, element) in entries { table[index] = element }
    return table
  }

  func starts(by event: Symbol) -> [EventStart] {
    Int(event.number) < startedByEvent.count ? startedByEvent[Int(event.number)] : []
  }

  func journeys(startedBySegment slot: Int) -> [Int] { startedBySegment[slot] ?? [] }

  func use(of event: Symbol) -> EventUse {
    Int(event.number) < uses.count ? uses[Int(event.number)] : []
  }

  /// Whether anybody may have to leave by this.
  func mayEnd(by cause: JourneyCause) -> Bool {
    guard case .event(let event) = cause, !mayEndAnyTime else { return true }
    return use(of: event.name).contains(.ends)
  }

  func index(of journey: Symbol) -> Int? {
    guard Int(journey.number) < indexBySymbol.count else { return nil }
    let index = Int(indexBySymbol[Int(journey.number)])
    return index < 0 ? nil : index
  }

  /// Where a run stands among the versions.
  enum Standing {
    case inForce(index: Int, Status)
    /// Its version, or the whole journey, is gone, or it has to go on in another one, or the journey is archived.
    case mustMove
  }

  @inline(__always)
  func standing(of journey: Symbol, _ version: UInt32) -> Standing {
    guard let index = index(of: journey), heads[index].status != .archived else { return .mustMove }
    if heads[index].published == version { return .inForce(index: index, heads[index].status) }
    return standing(index, version)
  }

  /// Of a version that nobody enters any more.
  private func standing(_ index: Int, _ number: UInt32) -> Standing {
    let journey = journeys[index]
    guard let version = journey.versions.firstIndex(where: { $0.version == number }),
      journey.successors[version] == nil
    else { return .mustMove }
    return .inForce(index: index, heads[index].status)
  }

  /// The version a run is in; `nil` if it is gone.
  public func version(_ version: UInt32, of journey: Symbol) -> CompiledJourney? {
    guard let index = index(of: journey) else { return nil }
    return journeys[index].versions.first { $0.version == version }
  }

  /// The version that people enter; `nil` if nobody does.
  func published(_ index: Int) -> CompiledJourney? {
    journeys[index].published.map { journeys[index].versions[$0] }
  }
}

extension JourneyProgram.Entry {
  init(_ source: JourneyProgram.Source) {
    status = source.status
    versions = source.versions
    since = source.since
    published = source.versions.firstIndex { $0.version == source.published }
    successors = source.versions.indices.map { index in
      source.versions.indices.first { $0 > index && source.versions[$0].movesPeople }
    }
  }
}

/// A journey that an event starts if it matches.
struct EventStart: Sendable {
  var match: EventMatcher
  var version: CompiledJourney
}

/// Which journeys what starts.
private struct Starts {
  var byEvent: [Int: [EventStart]] = [:]
  var bySegment: [Int: [Int]] = [:]
  var bySchedule: [Int] = []

  init(_ journeys: [JourneyProgram.Entry]) {
    for (index, journey) in journeys.enumerated() where journey.status == .live || journey.status == .paused {
      guard let published = journey.published else { continue }
      switch journey.versions[published].entry {
      case .event(let match):
        byEvent[Int(match.event.number), default: []]
          .append(EventStart(match: match, version: journey.versions[published]))
      case .segment(let slot): bySegment[slot, default: []].append(index)
      case .schedule: bySchedule.append(index)
      case .broadcast: break
      }
    }
  }
}

extension CompiledJourney {
  /// Whether people of earlier versions do not finish those.
  var movesPeople: Bool {
    switch inside {
    case nil, .pin: false
    case .exit, .migrate: true
    }
  }

  var endingEvents: [Symbol] { exitEvents.map(\.match.event) + (goal.map { [$0.match.event] } ?? []) }

  var awaitedEvents: [Symbol] {
    instructions.compactMap { if case .waitFor(let awaited, _) = $0.operation { awaited.match.event } else { nil } }
  }

  var waitsForDates: Bool {
    instructions.contains { if case .waitDate = $0.operation { true } else { false } }
  }
}
