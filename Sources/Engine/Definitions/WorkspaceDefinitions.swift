import Delivery
import Journeys
import Liquid
import Profiles
import RoostCore
import Segments

/// One workspace's definitions, compiled: the immutable snapshot under which a batch is handled.
public final class WorkspaceDefinitions: Sendable {
  public struct CompiledTemplate: Sendable {
    public var version: UInt32
    public var subject: Template
    public var text: Template?
    public var html: Template?

    /// The variables of all parts, each once: what a message keeps of the moment in which it was decided.
    public var variables: [VariablePath] {
      var all = subject.variables
      for path in (text?.variables ?? []) + (html?.variables ?? []) where !all.contains(path) { all.append(path) }
      return all
    }
  }

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
  /// Decides about every message.
  public let gate: DeliveryGate
  public let epoch: UInt32
  public let historyEpoch: UInt32
  /// What people are remembered for under these definitions.
  public let trackers: TrackerRegistry
  let symbols: SymbolTable

  /// Compiles. What is in the sources was checked when it was put, so this throws only for a damaged checkpoint.
  public init(_ sources: WorkspaceSources, symbols: SymbolTable, zones: ZoneTable) throws(Problem) {
    workspace = sources.workspace
    self.zones = zones
    self.symbols = symbols
    rules = try Self.rules(sources.workspace, symbols: symbols)
    var trackers = sources.trackers
    (segments, journeys) = try sources.compile(trackers: &trackers, symbols: symbols)
    let segmentSources = try sources.segmentSources()
    liveSegments = Set(segmentSources.filter { $0.state == .live }.map(\.slot))
    segmentsLookAtJourneys = segmentSources.contains { !$0.expression.referencedJourneys.isEmpty }
    segmentKeys = Dictionary(uniqueKeysWithValues: segmentSources.map { ($0.slot, $0.key) })
    var templates: [String: CompiledTemplate] = [:]
    for document in sources.all(.template) { templates[document.key] = try CompiledTemplate(document) }
    self.templates = templates
    var channels: [String: ChannelDefinition] = [:]
    for document in sources.all(.channel) {
      channels[document.key] = try ChannelDefinition(document.body, key: document.key)
    }
    self.channels = channels
    gate = DeliveryGate(
      consentPolicy: sources.workspace.consentPolicy,
      kinds: channels.compactMapValues { ChannelKind(channelType: $0.kind.rawValue) }, symbols: symbols)
    epoch = sources.epoch
    historyEpoch = sources.historyEpoch
    self.trackers = trackers
  }

  private static func rules(_ workspace: Workspace, symbols: SymbolTable) throws(Problem) -> ProfileRules {
    guard let currency = OrderTotals.currency(workspace.currency),
      let source = symbols.intern(ProfileRules.consentSourceName),
      let version = symbols.intern(ProfileRules.consentTextVersionName)
    else { throw Problem(.internalFault, "workspace \(workspace.key) has no usable currency or too many names") }
    return ProfileRules(defaultCurrency: currency, consentSource: source, consentTextVersion: version)
  }
}

extension WorkspaceDefinitions.CompiledTemplate {
  /// Parses a template document; findings name the part and the place in it.
  public init(_ document: Document) throws(Problem) {
    try self.init(document.body, version: document.version)
  }

  public init(_ body: JSONValue, version: UInt32) throws(Problem) {
    guard body["channel"]?.string == "email" else {
      throw .invalid("/channel", "the channel of a template is \"email\"")
    }
    guard let subject = body["subject"]?.string, !subject.isEmpty else {
      throw .invalid("/subject", "an e-mail needs a subject")
    }
    let text = body["text"]?.string
    let html = body["html"]?.string
    guard text != nil || html != nil else { throw .invalid("/text", "an e-mail needs text, html or both") }
    self.version = version
    self.subject = try Self.parse(subject, at: "/subject")
    self.text = try text.map { source throws(Problem) in try Self.parse(source, at: "/text") }
    self.html = try html.map { source throws(Problem) in try Self.parse(source, at: "/html") }
  }

  private static func parse(_ source: String, at pointer: String) throws(Problem) -> Template {
    do throws(TemplateError) { return try Template(parsing: source) } catch {
      throw .invalid(pointer, "line \(error.line), column \(error.column): \(error.message)")
    }
  }
}
