import Delivery
import Journeys
import Profiles
import RoostCore
import Segments

/// One workspace's definitions, compiled: the immutable snapshot under which a batch is handled.
public final class WorkspaceDefinitions: Sendable {
  public let workspace: Workspace
  public let rules: ProfileRules
  public let segments: SegmentProgram
  /// Segments on whose changes journeys act: those that are exact.
  public let liveSegments: Set<Int>
  public let segmentKeys: [Int: String]
  /// Whether a step in a journey may change a membership.
  let segmentsLookAtJourneys: Bool
  public let journeys: JourneyProgram
  public let templates: [String: CompiledTemplate]
  /// The channel types by key.
  public let channels: [String: ChannelDefinition]
  public let zones: ZoneTable
  /// How fast messages of a journey may be handed over, by its key, where it says so.
  public let sendRates: [String: SendRate]
  /// Broadcasts under way, by the keys of their journeys.
  public let broadcasts: [String: BroadcastRun]
  public let policies: DeliveryPolicies
  /// Decides about every message.
  public let gate: DeliveryGate
  /// Which events show that somebody is there.
  let personalActivity: PersonalActivity
  /// Whether it is noted when people are there and how they answer: a journey that was put asks for it, be it a draft, or
  /// the policies do.
  public let observes: Bool
  /// When what the people are like was last written down.
  public let activityAt: Instant
  /// Whether anything is chosen by it, and for which segments that needs to be known.
  public let learns: Bool
  public let learnedSegments: Set<Int>
  public let epoch: UInt32
  public let historyEpoch: UInt32
  /// What people are remembered for under these definitions.
  public let trackers: TrackerRegistry
  /// `nil` where nobody keeps products.
  public let catalog: CatalogReader?
  let symbols: SymbolTable

  /// Compiles. What is in the sources was checked when it was put, so this throws only for a damaged checkpoint.
  public init(_ sources: WorkspaceSources, symbols: SymbolTable, zones: ZoneTable, catalog: CatalogReader? = nil)
    throws(Problem)
  {
    workspace = sources.workspace
    self.catalog = catalog
    self.zones = zones
    self.symbols = symbols
    policies = try sources.policies()
    rules = try Self.rules(sources.workspace, policies, symbols: symbols)
    var trackers = sources.trackers
    let compiled = try sources.compile(trackers: &trackers, symbols: symbols, zones: zones)
    segments = compiled.segments
    let segmentSources = try sources.segmentSources()
    liveSegments = Set(segmentSources.filter { $0.state == .live }.map(\.slot))
    segmentsLookAtJourneys = segmentSources.contains { !$0.expression.referencedJourneys.isEmpty }
    segmentKeys = Dictionary(uniqueKeysWithValues: segmentSources.map { ($0.slot, $0.key) })
    var templates: [String: CompiledTemplate] = [:]
    let library = TemplateLibrary(sources)
    for document in sources.all(.template) where document.body["kind"]?.string ?? "message" == "message" {
      templates[document.key] = try CompiledTemplate(document, library: library)
    }
    for template in try ConfirmationTemplates.missing(templates, policies, library: library) {
      templates[template.key] = template.value
    }
    self.templates = templates
    var channels: [String: ChannelDefinition] = [:]
    for document in sources.all(.channel) {
      channels[document.key] = try ChannelDefinition(document.body, key: document.key)
    }
    self.channels = channels
    sendRates = try Self.sendRates(sources)
    broadcasts = Dictionary(
      sources.broadcasts.filter(\.value.isUnderWay).map { key, run in
        (BroadcastDefinition.journeyKey(key, number: run.number), run)
      }
    ) { $1 }
    gate = try DeliveryGate(
      consentPolicy: sources.workspace.consentPolicy, policies: policies,
      routes: channels.mapValues { $0.route(in: symbols) }, zones: zones,
      workspaceZone: zones[sources.workspace.timezone] ?? .utc, symbols: symbols)
    journeys = JourneyProgram(
      compiled.journeys,
      JourneySurroundings(
        gate: gate, templates: templates.compactMapValues(\.channel.kind), activity: sources.activity))
    personalActivity = PersonalActivity(ignoring: policies.ignoredActivity)
    activityAt = sources.activity.at
    observes = policies.observesActivity || sources.all(.journey).contains { $0.body.asksForActivity }
    let learning = compiled.journeys.flatMap(\.versions).filter(\.learns)
    learns = !learning.isEmpty
    learnedSegments = Set(learning.compactMap(\.audience))
    epoch = sources.epoch
    historyEpoch = sources.historyEpoch
    self.trackers = trackers
  }

  private static func sendRates(_ sources: WorkspaceSources) throws(Problem) -> [String: SendRate] {
    var rates: [String: SendRate] = [:]
    for (key, state) in sources.journeys {
      guard let body = sources.document(.journey, key, version: state.published)?.body, body["rate"] != nil else {
        continue
      }
      rates[key] = try JourneyDefinition(json: body).rate
    }
    for (key, run) in sources.broadcasts where run.isUnderWay {
      let rate = try sources.broadcastDefinition(key)?.rate
      rates[BroadcastDefinition.journeyKey(key, number: run.number)] = rate
    }
    return rates
  }

  private static func rules(
    _ workspace: Workspace, _ policies: DeliveryPolicies, symbols: SymbolTable
  ) throws(Problem) -> ProfileRules {
    guard let currency = OrderTotals.currency(workspace.currency),
      let source = symbols.intern(ProfileRules.consentSourceName),
      let version = symbols.intern(ProfileRules.consentTextVersionName)
    else { throw Problem(.internalFault, "workspace \(workspace.key) has no usable currency or too many names") }
    var rules = ProfileRules(defaultCurrency: currency, consentSource: source, consentTextVersion: version)
    rules.confirmations = try policies.confirmations(in: symbols)
    return rules
  }
}

extension JSONValue {
  /// Whether a journey's document waits for a best hour or takes a best channel anywhere.
  fileprivate var asksForActivity: Bool {
    if self["until"]?.string == JourneyDefinition.bestHourWord || self["channel"]?.string == JourneyDefinition.Send.best
    {
      return true
    }
    return (array ?? members?.map(\.value) ?? []).contains { $0.asksForActivity }
  }
}
