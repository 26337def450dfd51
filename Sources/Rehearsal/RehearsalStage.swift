import Engine
import Journeys
import RoostCore
import Segments

/// Who takes part in a rehearsal and from when on, before anything is compiled.
struct RehearsalStage {
  let request: RehearsalRequest
  private(set) var sources: WorkspaceSources
  /// Drafts first, then published ones, each by key.
  private(set) var cast: [Role] = []
  /// Oldest first; the last one is the period.
  private(set) var scenes: [Scene] = []
  private(set) var notes: [String] = []
  private var segmentDrafts: [String: Document] = [:]
  private var findings: [Problem.Finding] = []

  /// A journey with all the versions that matter.
  struct Role {
    var definition: JourneyDefinition
    var documents: [Document]
    var published: UInt32
    var isDraft: Bool
  }

  struct Scene {
    var from: Instant
    var journeys: [WorkspaceSources.TrialJourney]
  }

  /// More changes of published journeys than this before the period are taken as if they had come with the last of them.
  static let scenesMax = 64

  init(_ request: RehearsalRequest, _ sources: WorkspaceSources) throws(Problem) {
    self.request = request
    self.sources = sources
    for (place, key) in request.journeys.enumerated() {
      guard let document = sources.latest(.journey, key) else {
        findings.append(.init(pointer: "/journeys/\(place)", detail: "there is no journey \"\(key)\""))
        continue
      }
      try add(document, at: "/journeys/\(place)")
    }
    for (place, draft) in request.drafts.enumerated() { try add(draft, at: "/drafts/\(place)") }
    if let people = request.people, sources.segments[people] == nil, segmentDrafts[people] == nil {
      findings.append(.init(pointer: "/people", detail: "there is no segment \"\(people)\""))
    }
    guard findings.isEmpty else { throw Problem(.invalid, "the rehearsal cannot begin", findings: findings) }
    cast.sort { $0.definition.key < $1.definition.key }
  }

  private mutating func add(_ draft: RehearsalRequest.Draft, at pointer: String) throws(Problem) {
    let version = (sources.latest(draft.kind, draft.key)?.version ?? 0) + 1
    let document = Document(
      kind: draft.kind, key: draft.key, version: version, body: draft.body, createdAt: request.from)
    do throws(Problem) {
      switch draft.kind {
      case .journey: return try add(document, at: pointer)
      case .segment:
        segmentDrafts[draft.key] = document
        _ = try SegmentDefinition(json: draft.body, key: draft.key)
      case .template: try sources.checkTemplate(draft.body, key: draft.key)
      case .channel: _ = try ChannelDefinition(draft.body, key: draft.key)
      case .preferenceCentre: try PreferenceCentre.check(draft.body)
      case .broadcast: _ = try BroadcastDefinition(json: draft.body, key: draft.key)
      case .voucherPool: try sources.checkVoucherPool(draft.body, key: draft.key)
      case .policies: break
      }
      if draft.kind != .segment { sources.documents[draft.kind, default: [:]][draft.key] = [document] }
    } catch { report(error, at: pointer) }
  }

  private mutating func add(_ document: Document, at pointer: String) throws(Problem) {
    do throws(Problem) {
      let definition = try JourneyDefinition(json: document.body)
      guard !cast.contains(where: { $0.definition.key == definition.key }) else {
        findings.append(.init(pointer: pointer, detail: "the journey \"\(definition.key)\" is given twice"))
        return
      }
      cast.append(
        Role(definition: definition, documents: [document], published: document.version, isDraft: true))
    } catch { report(error, at: pointer) }
  }

  private mutating func report(_ problem: Problem, at pointer: String) {
    let found = problem.findings.isEmpty ? [.init(pointer: "", detail: problem.message)] : problem.findings
    findings += found.map { .init(pointer: pointer + $0.pointer, detail: $0.detail) }
  }

  /// Decides which published journeys run, and since when.
  mutating func cast(_ past: [JourneyChange]) throws(Problem) {
    let drafts = Set(cast.map(\.definition.key))
    // Without --with-live they still matter if they left their mark on people before the period.
    let isNeeded = request.withLive || leavesMarks()
    var changes = isNeeded ? past.filter { $0.at < request.to && sources.journeys[$0.key] != nil } : []
    if !request.withLive { changes.removeAll { $0.at >= request.from } }
    // A draft takes its journey's place for good.
    changes.removeAll { $0.at >= request.from && drafts.contains($0.key) }
    if changes.count > Self.scenesMax {
      let cut = changes[changes.count - Self.scenesMax].at
      notes.append("published journeys before \(cut.text) are taken as they were then")
      changes = changes.enumerated().map { place, change in
        var change = change
        if place < changes.count - Self.scenesMax { change.at = cut }
        return change
      }
    }
    try addLive(Set(changes.map(\.key)), drafts)
    layScenes(changes, drafts)
    noteMissing()
  }

  /// Whether what the published journeys did can be seen in a person besides the runs themselves.
  private func leavesMarks() -> Bool {
    let bodies =
      cast.flatMap { $0.documents.map(\.body) } + sources.all(.segment).map(\.body)
      + sources.journeys.keys.flatMap { sources.documents[.journey]?[$0] ?? [] }.map(\.body)
    return bodies.contains(where: Self.looksAtJourneys)
      || sources.journeys.keys.contains { key in
        (sources.documents[.journey]?[key] ?? []).contains { Self.setsTraits($0.body) }
      }
  }

  private static func looksAtJourneys(_ json: JSONValue) -> Bool {
    holds(json) { $0["journey"] != nil && $0["state"] != nil }
  }

  private static func setsTraits(_ json: JSONValue) -> Bool { holds(json) { $0["set"] != nil } }

  private static func holds(_ json: JSONValue, _ test: (JSONValue) -> Bool) -> Bool {
    switch json {
    case .object(let members): test(json) || members.contains { holds($0.value, test) }
    case .array(let items): items.contains { holds($0, test) }
    default: false
    }
  }

  private mutating func addLive(_ keys: Set<String>, _ drafts: Set<String>) throws(Problem) {
    for key in keys.sorted() {
      let published = sources.journeys[key]?.published ?? 0
      let documents = (sources.documents[.journey]?[key] ?? []).filter { $0.version <= published }
      guard let last = documents.last else { continue }
      if let place = cast.firstIndex(where: { $0.definition.key == key }) {
        // People inside finish the version that they are in.
        let draft = cast[place].documents[0]
        cast[place].documents = documents.filter { $0.version < draft.version } + [draft]
      } else {
        let definition = try JourneyDefinition(json: last.body)
        cast.append(
          Role(definition: definition, documents: documents, published: published, isDraft: false))
      }
    }
  }

  private mutating func layScenes(_ changes: [JourneyChange], _ drafts: Set<String>) {
    var live: [String: WorkspaceSources.TrialJourney] = [:]
    for role in cast {
      live[role.definition.key] = .init(documents: role.documents, status: .draft, published: role.published)
    }
    func scene(_ from: Instant) -> Scene {
      Scene(from: from, journeys: live.sorted { $0.key < $1.key }.map(\.value))
    }
    func enact(_ change: JourneyChange) {
      let statuses: [JourneyChange.Status: JourneyStatus] = [
        .published: .published, .paused: .paused, .archived: .archived,
      ]
      live[change.key]?.status = statuses[change.status] ?? .draft
      live[change.key]?.published = change.version
    }
    let before = changes.filter { $0.at < request.from }
    for (place, change) in before.enumerated() {
      enact(change)
      if place + 1 == before.count || before[place + 1].at > change.at { scenes.append(scene(change.at)) }
    }
    if !request.withLive {
      for role in cast where !role.isDraft { live[role.definition.key] = nil }
    }
    for change in changes where change.at == request.from { enact(change) }
    for role in cast where role.isDraft {
      live[role.definition.key]?.status = .published
      live[role.definition.key]?.published = role.published
      if !request.withLive { live[role.definition.key]?.documents = role.documents.suffix(1) }
    }
    scenes.append(scene(request.from))
    let after = changes.filter { $0.at > request.from }
    for (place, change) in after.enumerated() {
      enact(change)
      if place + 1 == after.count || after[place + 1].at > change.at { scenes.append(scene(change.at)) }
    }
    if !request.withLive { cast.removeAll { !$0.isDraft } }
    everything = before.isEmpty && after.isEmpty ? scenes[scenes.count - 1].journeys : Self.union(scenes)
  }

  /// Every journey of any scene with all its versions.
  private(set) var everything: [WorkspaceSources.TrialJourney] = []

  private static func union(_ scenes: [Scene]) -> [WorkspaceSources.TrialJourney] {
    var byKey: [String: WorkspaceSources.TrialJourney] = [:]
    for journey in scenes.flatMap(\.journeys) {
      guard let last = journey.documents.last else { continue }
      let known = byKey[last.key]?.documents.count ?? 0
      if journey.documents.count >= known {
        byKey[last.key] = .init(documents: journey.documents, status: .published, published: last.version)
      }
    }
    return byKey.sorted { $0.key < $1.key }.map(\.value)
  }

  private mutating func noteMissing() {
    for role in cast {
      let references = role.definition.references
      for template in references.templates where sources.latest(.template, template.key) == nil {
        notes.append(
          "\(role.definition.key)\(template.pointer): there is no template \"\(template.key)\" yet; its messages have no subject"
        )
      }
    }
  }

  /// Keys of the channels and templates that a message may go by.
  var names: Set<String> {
    var names = Set((sources.all(.channel) + sources.all(.template)).map(\.key))
    for document in everything.flatMap(\.documents) {
      do throws(Problem) {
        let references = try JourneyDefinition(json: document.body).references
        names.formUnion((references.channels + references.templates).map(\.key))
      } catch { continue }
    }
    return names
  }

  /// The conditions of all versions of all journeys.
  var conditions: [Expression] {
    everything.flatMap(\.documents).flatMap { document -> [Expression] in
      do throws(Problem) { return try JourneyDefinition(json: document.body).conditions } catch { return [] }
    }
  }

  /// The newest version of each segment that a journey or the request names, and of those that they refer to.
  func neededSegments() -> [Document] {
    var wanted = conditions.flatMap(\.referencedSegments) + (request.people.map { [$0] } ?? [])
    for document in everything.flatMap(\.documents) {
      do throws(Problem) {
        wanted += try JourneyDefinition(json: document.body).references.segments.map(\.key)
      } catch { continue }
    }
    var found: [String: Document] = [:]
    while let key = wanted.popLast() {
      guard found[key] == nil, let document = segmentDrafts[key] ?? sources.latest(.segment, key) else { continue }
      found[key] = document
      do throws(Problem) {
        wanted += try SegmentDefinition(json: document.body, key: key).expression.referencedSegments
      } catch { continue }
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }
}
