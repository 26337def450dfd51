import Journeys
import RoostCore
import Segments

extension WorkspaceSources {
  /// A broadcast that was put and not deleted.
  public func broadcast(_ key: String) -> BroadcastRun? { broadcasts[key].flatMap { $0.isRemoved ? nil : $0 } }

  /// The definition that was started, or the newest one of a draft.
  public func broadcastDefinition(_ key: String) throws(Problem) -> BroadcastDefinition? {
    guard let run = broadcasts[key] else { return nil }
    let document = run.version == 0 ? latest(.broadcast, key) : document(.broadcast, key, version: run.version)
    return try document.map { document throws(Problem) in try BroadcastDefinition(json: document.body, key: key) }
  }

  /// A new version of a draft; one that was deleted begins anew.
  mutating func putBroadcast(_ key: String) {
    guard let run = broadcasts[key] else { return broadcasts[key] = BroadcastRun() }
    if run.isRemoved { broadcasts[key] = BroadcastRun(number: run.number + 1) }
  }

  mutating func setBroadcast(_ key: String, _ run: BroadcastRun, symbols: SymbolTable) throws(Problem) {
    guard broadcasts[key] != nil else { throw Problem(.notFound, "there is no broadcast \"\(key)\"") }
    broadcasts[key] = run
    // Its names get their numbers now, so that they stand in the log before what uses them.
    if run.isUnderWay { _ = try registerTrackers(symbols: symbols) }
  }

  /// The journeys that broadcasts under way are made of. What is over needs none: nobody is inside.
  func broadcastJourneys(
    _ segments: [SegmentSource], zones: ZoneTable, trackers: inout TrackerRegistry, symbols: SymbolTable
  ) throws(Problem) -> [(key: String, source: JourneyProgram.Source)] {
    var sources: [(key: String, source: JourneyProgram.Source)] = []
    for (key, run) in broadcasts where run.isUnderWay {
      guard let definition = try broadcastDefinition(key) else { continue }
      var versions: [CompiledJourney] = []
      func add(_ journey: JourneyDefinition, _ version: UInt32) throws(Problem) {
        versions.append(
          try CompiledJourney(
            journey, version: version, isBroadcast: true, segments: segments, zones: zones, trackers: &trackers,
            symbols: symbols))
      }
      if let trial = definition.trial(number: run.number) { try add(trial, BroadcastDefinition.trialVersion) }
      if definition.test == nil || run.decision != nil {
        try add(
          definition.main(winner: run.decision?.winner, number: run.number), BroadcastDefinition.mainVersion)
      }
      let status: JourneyProgram.Status = run.stage == .stopping ? .archived : run.isPaused ? .paused : .live
      sources.append(
        (
          BroadcastDefinition.journeyKey(key, number: run.number),
          .init(
            status: status, published: versions.last?.version ?? 0, versions: versions,
            since: run.startedAt ?? .distantPast)
        ))
    }
    return sources
  }

  /// What a broadcast names and nobody has put, and templates that are for another kind of channel.
  public func findings(of definition: BroadcastDefinition) -> [Problem.Finding] {
    var findings: [Problem.Finding] = []
    for (key, pointer) in [(definition.segment, "/segment"), (definition.exclude, "/exclude")] {
      if let key, segments[key] == nil {
        findings.append(.init(pointer: pointer, detail: "there is no segment \"\(key)\"; put it first"))
      }
    }
    var ways = [(definition.channel, definition.template, "/channel", "/template")]
    if case .templates(let keys)? = definition.test?.variants {
      ways = keys.enumerated().map { (definition.channel, $1, "/channel", "/test/templates/\($0)") }
    }
    if case .instead(let channel, let template)? = definition.over {
      ways.append((channel, template, "/over/channel", "/over/template"))
    }
    for (channel, template, channelPlace, templatePlace) in ways {
      findings += self.findings(channel: channel, at: channelPlace, template: template, at: templatePlace)
    }
    var unique: [Problem.Finding] = []
    for finding in findings where !unique.contains(finding) { unique.append(finding) }
    return unique
  }

  /// The templates with the variants' subjects, to be put when the broadcast starts: what goes out can be read again.
  public func variantTemplates(
    of definition: BroadcastDefinition, number: UInt32, at instant: Instant
  ) throws(Problem) -> [Document] {
    guard case .subjects(let subjects)? = definition.test?.variants,
      let template = latest(.template, definition.template)
    else { return [] }
    var documents: [Document] = []
    var findings: [Problem.Finding] = []
    for (place, subject) in subjects.enumerated() {
      let key = BroadcastDefinition.templateKey(definition.key, number: number, variant: place + 1)
      let body = template.body.replacing("subject", by: .string(subject))
      do throws(Problem) { try checkTemplate(body, key: key) } catch {
        let details = error.findings.isEmpty ? [error.message] : error.findings.map(\.detail)
        findings += details.map { .init(pointer: "/test/subjects/\(place)", detail: $0) }
      }
      documents.append(
        Document(
          kind: .template, key: key, version: (latest(.template, key)?.version ?? 0) + 1, body: body, createdAt: instant
        ))
    }
    guard findings.isEmpty else {
      throw Problem(.invalid, "a subject of the test cannot be used", findings: findings)
    }
    return documents
  }
}

extension JSONValue {
  /// An object with one member more, or another value for it.
  fileprivate func replacing(_ key: String, by value: JSONValue) -> JSONValue {
    .object((members ?? []).filter { $0.key != key } + [.init(key, value)])
  }
}
