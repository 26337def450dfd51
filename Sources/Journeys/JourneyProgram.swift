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
  /// Index into `journeys` by the number of the journey's symbol.
  private let indexBySymbol: [UInt32: Int]
  /// Indexes into `journeys` of those that an event may start, by the number of its symbol.
  private let startedByEvent: [[Int]]
  private let startedBySegment: [Int: [Int]]

  public init(_ sources: [Source]) {
    var indexBySymbol: [UInt32: Int] = [:]
    var byEvent: [Int: [Int]] = [:]
    var bySegment: [Int: [Int]] = [:]
    journeys = sources.enumerated().map { index, source in
      for version in source.versions { indexBySymbol[version.journey.number] = index }
      let published = source.versions.firstIndex { $0.version == source.published }
      if let published, source.status == .live || source.status == .paused {
        switch source.versions[published].entry {
        case .event(let match): byEvent[Int(match.event.number), default: []].append(index)
        case .segment(let slot): bySegment[slot, default: []].append(index)
        }
      }
      return Entry(status: source.status, published: published, versions: source.versions)
    }
    self.indexBySymbol = indexBySymbol
    startedBySegment = bySegment
    // Dense, for it is asked about every event.
    var table = [[Int]](repeating: [], count: (byEvent.keys.max() ?? -1) + 1)
    for (event, indexes) in byEvent { table[event] = indexes }
    startedByEvent = table
  }

  func journeys(startedBy event: Symbol) -> [Int] {
    Int(event.number) < startedByEvent.count ? startedByEvent[Int(event.number)] : []
  }

  func journeys(startedBySegment slot: Int) -> [Int] { startedBySegment[slot] ?? [] }

  func index(of journey: Symbol) -> Int? { indexBySymbol[journey.number] }

  /// The version a run is in; `nil` if it is gone.
  public func version(_ version: UInt32, of journey: Symbol) -> CompiledJourney? {
    guard let index = index(of: journey) else { return nil }
    return journeys[index].versions.first { $0.version == version }
  }
}
