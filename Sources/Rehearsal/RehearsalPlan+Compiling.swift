import Engine
import Journeys
import RoostCore
import Segments

extension RehearsalPlan {
  /// Compiles a request against a workspace's definitions, which it does not change.
  ///
  /// - Parameters:
  ///   - past: what became of the published journeys, oldest first: from when on which version was in force.
  ///   - symbols: a copy of the workspace's names, so that a draft's new ones stay out of it.
  /// - Throws: findings that name what the request or a draft names and there is none of.
  public init(
    _ request: RehearsalRequest, sources: WorkspaceSources, past: [JourneyChange], symbols: SymbolTable,
    zones: ZoneTable
  ) throws(Problem) {
    var stage = try RehearsalStage(request, sources)
    try stage.cast(past)
    try self.init(request, stage, symbols: symbols, zones: zones)
  }

  private init(
    _ request: RehearsalRequest, _ stage: RehearsalStage, symbols: SymbolTable, zones: ZoneTable
  ) throws(Problem) {
    let segments = stage.neededSegments()
    let watching = stage.conditions
    func compile(
      _ journeys: [WorkspaceSources.TrialJourney], _ trackers: TrackerRegistry
    ) throws(Problem) -> WorkspaceDefinitions {
      try WorkspaceDefinitions(
        stage.sources.trial(segments: segments, journeys: journeys, watching: watching, trackers: trackers),
        symbols: symbols, zones: zones)
    }
    // Everything at once, for one list of what people are remembered for.
    let all = try compile(stage.everything, TrackerRegistry())
    let base = try compile([], all.trackers)
    var phases: [Phase] = []
    for scene in stage.scenes {
      phases.append(
        Phase(
          from: scene.from, engine: Engine(try compile(scene.journeys, all.trackers)),
          isStart: scene.from == request.from))
    }
    let journeys = stage.cast.map { role in
      let symbol = symbols.find(role.definition.key) ?? .none
      let versions = role.documents.compactMap { all.journeys.version($0.version, of: symbol) }
      return RehearsedJourney(
        role.definition, versions: versions, published: role.published, isDraft: role.isDraft)
    }
    self.init(
      request, workspace: stage.sources.workspace.id, symbols: symbols, journeys: journeys,
      names: stage.names, notes: stage.notes, base: Engine(base), phases: phases,
      peopleSlot: request.people.flatMap { key in segments.firstIndex { $0.key == key } },
      dropsRuns: !request.withLive)
  }
}
