import Delivery
import Engine
import Events
import Profiles
import RoostCore
import Testing

/// One workspace's definitions and one person: what the engine's tests hand in and look at.
struct World {
  let symbols = SymbolTable()
  private(set) var set = DefinitionSet()
  var state: PersonState
  private let id = WorkspaceID(1)
  private static let start = Instant(milliseconds: 1_767_225_600_000)  // 2026-01-01T00:00:00Z

  init(policy: ConsentPolicy = .explicit) throws {
    state = PersonState(workspace: id, id: PersonID(7), createdAt: Self.start)
    try set.apply(
      .workspace(
        Workspace(
          id: id, key: "shop", name: "Shop", timezone: "UTC", currency: "EUR", locale: "en", consentPolicy: policy,
          writeKeyHash: "", secretKeyHash: "", createdAt: Self.start)), symbols: symbols)
  }

  static func time(_ span: TimeSpan) -> Instant { start + span }

  mutating func put(_ kind: DocumentKind, _ key: String, _ json: String) throws {
    let version = UInt32(set[id]?.documents[kind]?[key]?.count ?? 0) + 1
    let document = Document(
      kind: kind, key: key, version: version, body: try JSONValue(parsing: json), createdAt: Self.start)
    try set.apply(.document(id, document), symbols: symbols)
    if kind == .journey {
      try set.apply(.journey(id, key: key, status: .published, published: version), symbols: symbols)
    }
    try set.apply(.filled(id, epoch: set[id]?.epoch ?? 0), symbols: symbols)
    state.trackersEpoch = set[id]?.epoch ?? 0
  }

  /// A letter with its subject.
  mutating func letter(_ key: String, _ subject: String) throws {
    try put(.template, key, #"{"channel":"email","subject":"\#(subject)","text":"Hello"}"#)
  }

  func engine() throws -> Engine {
    Engine(try WorkspaceDefinitions(#require(set[id]), symbols: symbols, zones: .fixed))
  }

  /// A `track` call; what followed, or `nil` if its id was known.
  mutating func track(
    _ event: String, at span: TimeSpan, id: String? = nil, properties: [(String, Value)] = [],
    traits: [(String, Value)] = [], consents: [(String, Bool)] = [], isHistorical: Bool = false,
    handledAt: TimeSpan? = nil, recorded: Set<IntentID>? = nil
  ) throws -> PersonEffects? {
    var writer = EventWriter()
    let name = try #require(symbols.intern(event))
    Array((id ?? "\(event)-\(span.text)").utf8).withUnsafeBytes {
      writer.begin(
        .track, name: name, timestamp: Self.time(span), receivedAt: Self.time(handledAt ?? span),
        isHistorical: isHistorical, messageID: $0)
    }
    Array("ann".utf8).withUnsafeBytes { writer.identifier(.user, $0) }
    writer.beginFields()
    for (name, value) in properties { writer.value(.property, try #require(symbols.intern(name)), value) }
    for (name, value) in traits { writer.value(.trait, try #require(symbols.intern(name)), value) }
    for (name, value) in consents { writer.bool(.consent, try #require(symbols.intern(name)), value) }
    writer.end()
    var effects = PersonEffects()
    effects.recordedRefusals = recorded
    let engine = try engine()
    let isNew = writer.bytes.withUnsafeBytes { bytes in
      engine.handle(
        EventView(trusted: bytes), &state, refused: [], now: Self.time(handledAt ?? span), seed: 1, effects: &effects)
    }
    return isNew ? effects : nil
  }

  /// The person's time has come, or so somebody thinks.
  mutating func wake(at span: TimeSpan) throws -> PersonEffects {
    var effects = PersonEffects()
    try engine().handleDue(&state, now: Self.time(span), seed: 1, effects: &effects)
    return effects
  }

  /// Segments entered (`+key`) and left (`-key`).
  func changes(_ effects: PersonEffects?) throws -> [String] {
    let keys = try engine().definitions.segmentKeys
    return (effects?.memberships ?? []).map { ($0.isMember ? "+" : "-") + (keys[$0.slot] ?? "?") }
  }
}

extension PersonEffects {
  /// Messages as `template: subject`, or `template: reason`.
  var letters: [String] { messages.map { "\($0.template): \($0.reason?.rawValue ?? $0.subject)" } }
}
