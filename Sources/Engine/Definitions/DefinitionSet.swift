import Journeys
import RoostCore
import Segments

/// All definitions of an installation: the result of applying all `DefinitionChange`s in order. A value: a trial on a
/// copy costs nothing that lasts.
public struct DefinitionSet: Sendable, Equatable {
  /// Counts the changes.
  public private(set) var version: UInt64 = 0
  /// By id, which counts from 1.
  public private(set) var workspaces: [WorkspaceSources] = []

  public init() {}

  public subscript(workspace: WorkspaceID) -> WorkspaceSources? {
    let index = Int(workspace.number) - 1
    return workspaces.indices.contains(index) ? workspaces[index] : nil
  }

  public func workspace(key: String) -> WorkspaceSources? { workspaces.first { $0.workspace.key == key } }

  /// Applies one change. Throws without changing anything if it does not fit what is there.
  ///
  /// - Parameter instant: when it came into force: a schedule that is published then has nothing to make up for.
  public mutating func apply(
    _ change: DefinitionChange, symbols: SymbolTable, at instant: Instant = .distantPast
  ) throws(Problem) {
    var copy = self
    switch change {
    case .workspace(let workspace): try copy.put(workspace)
    case .document(let id, let document):
      try copy.edit(id) { sources throws(Problem) in try sources.put(document, symbols: symbols) }
    case .journey(let id, let key, let status, let published):
      try copy.edit(id) { sources throws(Problem) in
        try sources.setJourney(key, status, published: published, symbols: symbols, at: instant)
      }
    case .activity(let id, let record):
      try copy.edit(id) { sources throws(Problem) in sources.activity = record }
    case .broadcast(let id, let key, let run):
      try copy.edit(id) { sources throws(Problem) in
        try sources.setBroadcast(key, run, symbols: symbols)
      }
    case .filled(let id, let epoch):
      try copy.edit(id) { sources throws(Problem) in sources.filledEpoch = max(sources.filledEpoch, epoch) }
    }
    copy.version += 1
    self = copy
  }

  private mutating func put(_ workspace: Workspace) throws(Problem) {
    guard workspace.id.number == UInt32(workspaces.count + 1) else {
      throw Problem(.internalFault, "workspace \(workspace.id.number) out of turn")
    }
    workspaces.append(WorkspaceSources(workspace: workspace))
  }

  private mutating func edit(
    _ id: WorkspaceID, _ body: (inout WorkspaceSources) throws(Problem) -> Void
  ) throws(Problem) {
    let index = Int(id.number) - 1
    guard workspaces.indices.contains(index) else { throw Problem(.notFound, "there is no such workspace") }
    try body(&workspaces[index])
  }

  /// For a checkpoint.
  public var json: JSONValue {
    ["version": .int(Int64(version)), "workspaces": .array(workspaces.map(\.json))]
  }

  public init?(json: JSONValue) {
    guard let version = json["version"]?.int, let items = json["workspaces"]?.array else { return nil }
    self.version = UInt64(version)
    for item in items {
      guard let sources = WorkspaceSources(json: item) else { return nil }
      workspaces.append(sources)
    }
  }
}

extension WorkspaceSources {
  /// Takes in the next version of a document.
  mutating func put(_ document: Document, symbols: SymbolTable) throws(Problem) {
    let versions = documents[document.kind]?[document.key]?.count ?? 0
    guard document.version == UInt32(versions + 1) else {
      throw Problem(.conflict, "version \(document.version) of \(document.key) out of turn")
    }
    documents[document.kind, default: [:]][document.key, default: []].append(document)
    switch document.kind {
    case .segment: try putSegment(document.key, symbols: symbols)
    case .journey:
      if journeys[document.key] == nil { journeys[document.key] = .init(status: .draft, published: 0, epoch: 0) }
    case .broadcast: putBroadcast(document.key)
    case .template, .channel, .preferenceCentre, .voucherPool: break
    case .policies: try policies().intern(in: symbols)
    }
  }

  /// A new expression: everybody has to be looked at again, and filled from history where it needs new trackers.
  private mutating func putSegment(_ key: String, symbols: SymbolTable) throws(Problem) {
    epoch += 1
    let slot = segments[key]?.slot ?? segments.count
    segments[key] = SegmentState(slot: slot, epoch: epoch)
    if try registerTrackers(symbols: symbols) { historyEpoch = epoch }
  }

  /// Publishing may bring conditions that need new trackers.
  mutating func setJourney(
    _ key: String, _ status: JourneyStatus, published: UInt32, symbols: SymbolTable, at instant: Instant
  ) throws(Problem) {
    guard let old = journeys[key] else { throw Problem(.notFound, "there is no journey \"\(key)\"") }
    var new = old
    new.status = status
    new.published = published
    if published != old.published {
      new.publications = publications(of: key) + [published]
      if !entersAlike(key, old.published, published) { new.since = instant }
    }
    if old.status == .archived, status != .archived { new.since = instant }
    journeys[key] = new
    guard published != old.published, try registerTrackers(symbols: symbols) else { return }
    epoch += 1
    historyEpoch = epoch
    journeys[key]?.epoch = epoch
  }

  private func entersAlike(_ key: String, _ old: UInt32, _ new: UInt32) -> Bool {
    document(.journey, key, version: old)?.body["enter"] == document(.journey, key, version: new)?.body["enter"]
  }

  /// The versions that people may be inside of, oldest first. Which were published is known of newer installations only.
  public func publications(of key: String) -> [UInt32] {
    guard let state = journeys[key], state.published > 0 else { return [] }
    return state.publications.last == state.published ? state.publications : Array(1...state.published)
  }

  /// Compiles everything for its trackers; whether there are new ones.
  mutating func registerTrackers(symbols: SymbolTable) throws(Problem) -> Bool {
    let before = trackers.count
    _ = try compile(trackers: &trackers, symbols: symbols, zones: .fixed)
    return trackers.count > before
  }

  func compile(
    trackers: inout TrackerRegistry, symbols: SymbolTable, zones: ZoneTable
  ) throws(Problem) -> (segments: SegmentProgram, journeys: [JourneyProgram.Source]) {
    let segmentSources = try segmentSources()
    var watched = self.watched
    var journeySources = try broadcastJourneys(segmentSources, zones: zones, trackers: &trackers, symbols: symbols)
    for (key, state) in journeys.sorted(by: { $0.key < $1.key }) where state.published > 0 {
      var versions: [CompiledJourney] = []
      for number in publications(of: key) {
        guard let document = document(.journey, key, version: number) else { continue }
        let definition = try JourneyDefinition(json: document.body)
        watched += definition.conditions
        versions.append(
          try CompiledJourney(
            definition, version: number, segments: segmentSources, zones: zones, trackers: &trackers,
            symbols: symbols))
      }
      let status = state.status.program(isReady: state.epoch <= filledEpoch)
      journeySources.append(
        (key, .init(status: status, published: state.published, versions: versions, since: state.since)))
    }
    let segments = try SegmentProgram(
      segments: segmentSources, watching: watched, trackers: &trackers, symbols: symbols)
    return (segments, journeySources.sorted { $0.key < $1.key }.map(\.source))
  }

  /// All segments at their newest version.
  func segmentSources() throws(Problem) -> [SegmentSource] {
    var sources: [SegmentSource] = []
    for document in all(.segment) {
      guard let state = segments[document.key] else { continue }
      let definition = try SegmentDefinition(json: document.body, key: document.key)
      sources.append(
        SegmentSource(
          slot: state.slot, key: document.key, expression: definition.expression,
          state: state.epoch <= filledEpoch ? .live : .filling, epoch: state.epoch))
    }
    return sources
  }
}

extension JourneyStatus {
  /// A journey whose conditions are not exact yet waits as if paused: people enter, nothing is skipped.
  func program(isReady: Bool) -> JourneyProgram.Status {
    switch self {
    case .draft: .draft
    case .published: isReady ? .live : .paused
    case .paused: .paused
    case .archived: .archived
    }
  }
}
