import RoostCore

/// All journeys of a workspace, ready to run: one immutable snapshot per batch of inputs.
public struct JourneyProgram: Sendable {
  public enum Status: Sendable, Equatable {
    /// Nobody enters; people inside an earlier version go on.
    case draft
    case live
    /// People enter and wait; nothing is done and nothing skipped until it is live again. Exit rules act.
    case paused
    /// Nobody enters; people inside leave.
    case archived
  }

  /// A journey with the versions that anybody may still be in.
  public struct Source: Sendable {
    public var status: Status
    /// The version that new people enter.
    public var published: UInt32
    public var versions: [CompiledJourney]
    public init(status: Status, published: UInt32, versions: [CompiledJourney]) {
      self.status = status
      self.published = published
      self.versions = versions
    }
  }

  /// No further run goes on in a handling that has executed this many instructions; the rest stays due.
  public static let instructionsMax = 1_000

  struct Entry: Sendable {
    var status: Status
    var published: Int?
    var versions: [CompiledJourney]
  }
  let journeys: [Entry]
  /// What is asked of every run of every person: flat, for speed.
  private let heads: [Head]
  private struct Head: Sendable {
    var status: Status
    /// The only version, from 1; 0 if there are several.
    var version: UInt32
  }
  /// Index into `journeys` by the number of the journey's symbol; -1 for none.
  private let indexBySymbol: [Int32]
  /// By the number of an event's symbol: whether it may take anybody out.
  private let endedByEvent: [Bool]
  /// Whether people may have to leave whatever happens: by a segment they are in, or since a journey is archived.
  private let mayEndAnyTime: Bool
  /// Indexes into `journeys` of those that an event may start, by the number of its symbol.
  private let startedByEvent: [[Int]]
  private let startedBySegment: [Int: [Int]]

  public init(_ sources: [Source]) {
    var byEvent: [Int: [Int]] = [:]
    var bySegment: [Int: [Int]] = [:]
    journeys = sources.enumerated().map { index, source in
      let published = source.versions.firstIndex { $0.version == source.published }
      if let published, source.status == .live || source.status == .paused {
        switch source.versions[published].entry {
        case .event(let match): byEvent[Int(match.event.number), default: []].append(index)
        case .segment(let slot): bySegment[slot, default: []].append(index)
        }
      }
      return Entry(status: source.status, published: published, versions: source.versions)
    }
    heads = sources.map { Head(status: $0.status, version: $0.versions.count == 1 ? $0.versions[0].version : 0) }
    startedBySegment = bySegment
    startedByEvent = Self.table(byEvent, otherwise: [])
    let versions = sources.enumerated().flatMap { index, source in source.versions.map { (index, $0) } }
    indexBySymbol = Self.table(
      Dictionary(versions.map { (Int($1.journey.number), Int32($0)) }) { $1 }, otherwise: -1)
    let exits = versions.flatMap { $1.exitEvents.map { (Int($0.match.event.number), true) } }
    endedByEvent = Self.table(Dictionary(exits) { $1 }, otherwise: false)
    mayEndAnyTime =
      sources.contains { $0.status == .archived } || versions.contains { !$1.exitSegments.isEmpty }
  }

  /// Dense, for these are asked about every event.
  private static func table<Element>(_ entries: [Int: Element], otherwise: Element) -> [Element] {
    var table = [Element](repeating: otherwise, count: (entries.keys.max() ?? -1) + 1)
    for (index, element) in entries { table[index] = element }
    return table
  }

  func journeys(startedBy event: Symbol) -> [Int] {
    Int(event.number) < startedByEvent.count ? startedByEvent[Int(event.number)] : []
  }

  func journeys(startedBySegment slot: Int) -> [Int] { startedBySegment[slot] ?? [] }

  /// Whether anybody may have to leave by this.
  func mayEnd(by cause: JourneyCause) -> Bool {
    guard case .event(let event) = cause, !mayEndAnyTime else { return true }
    return Int(event.name.number) < endedByEvent.count && endedByEvent[Int(event.name.number)]
  }

  func index(of journey: Symbol) -> Int? {
    guard Int(journey.number) < indexBySymbol.count else { return nil }
    let index = Int(indexBySymbol[Int(journey.number)])
    return index < 0 ? nil : index
  }

  /// The status of a run's journey; `nil` if the journey or the version is gone.
  func status(of journey: Symbol, version: UInt32) -> Status? {
    guard let index = index(of: journey) else { return nil }
    let head = heads[index]
    guard head.version != version else { return head.status }
    return journeys[index].versions.contains { $0.version == version } ? head.status : nil
  }

  /// The version a run is in; `nil` if it is gone.
  public func version(_ version: UInt32, of journey: Symbol) -> CompiledJourney? {
    guard let index = index(of: journey) else { return nil }
    return journeys[index].versions.first { $0.version == version }
  }
}
