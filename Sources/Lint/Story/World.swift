import Engine
import Journeys
import RoostCore
import Segments

/// Some of the journeys, compiled with what they need for the production engine: where stories are told.
///
/// Fewer journeys than the workspace has, so that what happens has only the causes that are looked for.
final class World: Sendable {
  let engine: Engine
  let symbols: SymbolTable
  let epoch: UInt32
  /// By key.
  let journeys: [String: JourneyDefinition]
  /// The step ids of each journey in the order of `JourneyMove` indices.
  let places: [String: [String]]

  /// - Throws: what compiling throws: names of segments that there are none of, conditions beyond the limits.
  init(_ library: Library, journeys keys: Set<String>) throws(Problem) {
    symbols = library.symbols
    let keys = library.closure(of: keys)
    journeys = library.journeys.filter { keys.contains($0.key) }
    let sources = library.sources(for: journeys)
    epoch = sources.epoch
    let definitions = try WorkspaceDefinitions(sources, symbols: symbols, zones: library.input.zones)
    engine = Engine(definitions)
    var places: [String: [String]] = [:]
    for key in journeys.keys {
      guard let symbol = symbols.find(key), let version = definitions.journeys.version(1, of: symbol) else { continue }
      places[key] = version.places.map(\.id)
    }
    self.places = places
  }
}

/// Everything that journeys may name, by key: what worlds are made of.
struct Library {
  let input: LintInput
  let symbols = SymbolTable()
  let journeys: [String: JourneyDefinition]
  let segments: [String: Expression]
  private let documents: [DocumentKind: [String: Document]]

  init(_ input: LintInput) {
    self.input = input
    journeys = input.journeys
    documents = Dictionary(grouping: input.documents, by: \.kind)
      .mapValues { Dictionary($0.map { ($0.key, $0) }) { $1 } }
    var segments: [String: Expression] = [:]
    for document in documents[.segment]?.values.sorted(by: { $0.key < $1.key }) ?? [] {
      do throws(Problem) {
        segments[document.key] = try SegmentDefinition(json: document.body, key: document.key).expression
      } catch { continue }
    }
    self.segments = segments
  }

  func document(_ kind: DocumentKind, _ key: String) -> Document? { documents[kind]?[key] }
  func all(_ kind: DocumentKind) -> [Document] { (documents[kind] ?? [:]).values.sorted { $0.key < $1.key } }

  /// The journeys and those whose states their conditions ask about, by segments too.
  func closure(of keys: Set<String>) -> Set<String> {
    var all: Set<String> = []
    var rest = Array(keys)
    while let key = rest.popLast() {
      guard let journey = journeys[key], all.insert(key).inserted else { continue }
      for expression in expressions(of: journey) { rest += journeysNamed(in: expression) }
    }
    return all
  }

  /// Its conditions, and those of the segments that it names.
  private func expressions(of journey: JourneyDefinition) -> [Expression] {
    journey.conditions + journey.references.segments.compactMap { segments[$0.key] }
  }

  private func journeysNamed(in expression: Expression) -> [String] {
    expression.referencedJourneys
      + segmentsNamed(in: expression).compactMap { segments[$0] }.flatMap(\.referencedJourneys)
  }

  /// The segments that an expression refers to, directly or not.
  func segmentsNamed(in expression: Expression) -> Set<String> {
    var all: Set<String> = []
    var rest = expression.referencedSegments
    while let key = rest.popLast() {
      guard let inner = segments[key], all.insert(key).inserted else { continue }
      rest += inner.referencedSegments
    }
    return all
  }

  /// A workspace with these journeys published, and with all that they name.
  func sources(for journeys: [String: JourneyDefinition]) -> WorkspaceSources {
    var sources = WorkspaceSources(workspace: input.workspace)
    var segmentKeys: Set<String> = []
    var templateKeys: Set<String> = []
    for journey in journeys.values {
      for named in journey.references.segments {
        segmentKeys.insert(named.key)
        if let inner = segments[named.key] { segmentKeys.formUnion(segmentsNamed(in: inner)) }
      }
      for condition in journey.conditions { segmentKeys.formUnion(segmentsNamed(in: condition)) }
      templateKeys.formUnion(journey.references.templates.map(\.key))
    }
    for (slot, key) in segmentKeys.sorted().enumerated() {
      guard let document = document(.segment, key) else { continue }
      sources.documents[.segment, default: [:]][key] = [document.asFirst]
      sources.segments[key] = .init(slot: slot, epoch: 1)
    }
    for (key, document) in documents[.template] ?? [:] where document.isPart || templateKeys.contains(key) {
      sources.documents[.template, default: [:]][key] = [document.asFirst]
    }
    for kind in DocumentKind.allCases where ![.segment, .template, .journey].contains(kind) {
      for document in all(kind) { sources.documents[kind, default: [:]][document.key] = [document.asFirst] }
    }
    for (key, journey) in journeys {
      let document = Document(kind: .journey, key: key, version: 1, body: journey.json, createdAt: input.now)
      sources.documents[.journey, default: [:]][key] = [document]
      sources.journeys[key] = .init(status: .published, published: 1, epoch: 1)
    }
    sources.epoch = 1
    sources.filledEpoch = 1
    return sources
  }
}

extension Document {
  /// A snippet or layout, which templates may take in.
  fileprivate var isPart: Bool { body["kind"]?.string.map { $0 != "message" } ?? false }

  /// The same as a version 1: a world has one version of each.
  fileprivate var asFirst: Document {
    var document = self
    document.version = 1
    return document
  }
}

extension Library {
  /// When stories begin: the next Monday, 8:00 UTC, so that they are the same all week and nothing is quiet by chance.
  var start: Instant {
    let week: Int64 = 7 * 86_400_000
    // 1970-01-05 was a Monday.
    let phase: Int64 = 4 * 86_400_000 + 8 * 3_600_000
    let past = (input.now.milliseconds - phase) % week
    return Instant(milliseconds: input.now.milliseconds - past + week)
  }

  /// Stories do not go on beyond.
  var horizon: Instant { start + .days(40 * 366) }

  var hasPhoneChannels: Bool {
    all(.channel).contains { $0.body["type"]?.string?.hasPrefix("sms") == true }
  }
}
