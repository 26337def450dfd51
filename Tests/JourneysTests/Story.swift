import Delivery
import Events
import Profiles
import RoostCore
import Segments
import Testing

@testable import Journeys

/// One person, some journeys and a clock: what a test tells a story with. Plays the engine's part: profile first, then
/// memberships, then journeys; wakes the person when due. Segments follow their expressions once `followsSegments` is
/// set; till then the test moves the person in and out.
struct Story {
  let symbols: SymbolTable
  var surroundings: JourneySurroundings
  var program: JourneyProgram
  var state: PersonState
  private(set) var now: Instant
  /// What was sent, as `step@time`, in order.
  private(set) var sent: [String] = []
  private(set) var held: [String] = []
  /// With the reason.
  private(set) var suppressed: [String] = []
  private(set) var intents: [SendIntent] = []
  private(set) var moves: [JourneyMove] = []
  /// Of people who turned out to be this one, from before.
  private(set) var absorbed: [SendIntent] = []
  private(set) var hasAbsorbed = false
  /// All effects of the story, in order.
  private(set) var log: [JourneyEffect] = []
  /// Of the last handling.
  private(set) var effects: [JourneyEffect] = []
  private(set) var due = Instant.distantFuture
  private let start: Instant

  var followsSegments = false
  private var segments: SegmentProgram
  private var trackers = TrackerRegistry()

  static let sources: [SegmentSource] = [
    ("lapsing", 0, #"{"all":[{"event":"Order Completed"},{"not":{"event":"Order Completed","within":"30d"}}]}"#),
    ("complained", 1, #"{"event":"Complained"}"#),
    ("vip", 70, #"{"trait":"vip","is":true}"#),
  ].map { key, slot, text in
    guard let json = try? JSONValue(parsing: text), let expression = try? Expression(json: json) else {
      preconditionFailure("the segment \(key) is wrong")
    }
    return SegmentSource(slot: slot, key: key, expression: expression, state: .live, epoch: 1)
  }

  init(_ documents: String..., start: Instant = Instant(milliseconds: 0)) throws {
    symbols = SymbolTable()
    surroundings = try Self.surroundings(symbols)
    program = JourneyProgram([], surroundings)
    state = PersonState(workspace: WorkspaceID(1), id: PersonID(7), createdAt: start)
    state.traits = [Trait(symbol: .email, value: .string("ann@example.com"), changedAt: .distantPast)]
    segments = try SegmentProgram(segments: [], trackers: &trackers, symbols: symbols)
    now = start
    self.start = start
    state.trackersEpoch = 1
    let definitions = try documents.map { try JourneyDefinition(json: JSONValue(parsing: $0)) }
    segments = try SegmentProgram(
      segments: Self.sources, watching: definitions.flatMap(\.conditions), trackers: &trackers, symbols: symbols)
    replaceProgram(try documents.map { .init(status: .live, published: 1, versions: [try compile($0, version: 1)]) })
  }

  /// Everybody may be sent to and nobody is held out, unless the policies say otherwise.
  static func surroundings(
    _ symbols: SymbolTable, consent: ConsentPolicy = .implied, policies: String = "{}",
    templates: [String: ChannelKind] = Story.templates
  ) throws -> JourneySurroundings {
    JourneySurroundings(
      gate: try DeliveryGate(
        consentPolicy: consent, policies: DeliveryPolicies(json: JSONValue(parsing: policies), version: 1), routes: [:],
        zones: zones, workspaceZone: .utc, symbols: symbols), templates: templates)
  }

  static let templates: [String: ChannelKind] = [
    "t": .email, "hello": .email, "tips": .email, "miss-you": .email, "gift": .email, "coupon": .email, "crm": .webhook,
  ]

  mutating func compile(_ document: String, version: UInt32) throws -> CompiledJourney {
    var definition = try JourneyDefinition(json: JSONValue(parsing: document))
    // So that stories are about their person: nobody is held out unless the document says so.
    if definition.json["holdout"] == nil { definition.holdout = .none }
    return try CompiledJourney(
      definition, version: version, segments: Self.sources, zones: Self.zones, trackers: &trackers, symbols: symbols)
  }

  mutating func replaceProgram(_ sources: [JourneyProgram.Source]) {
    program = JourneyProgram(sources, surroundings)
    due = program.nextDue(of: state)
  }

  /// Time goes on to `span` after the story's beginning; whatever is due on the way happens at its time.
  mutating func advance(to span: TimeSpan) {
    let target = start + span
    while due <= target {
      now = max(now, due)
      handle(.due)
    }
    now = target
  }

  /// Time has come to `span`, and nobody was woken yet.
  mutating func pass(to span: TimeSpan) { now = start + span }

  /// The machine slept: everything due by then happens at `span`.
  mutating func oversleep(to span: TimeSpan) {
    now = start + span
    while due <= now { handle(.due) }
  }

  /// An event at the story's time, or one that happened `late` before it.
  mutating func event(
    _ name: String, _ properties: [String: Value] = [:], late: TimeSpan = TimeSpan(milliseconds: 0),
    isHistorical: Bool = false, traits: [String: Value] = [:]
  ) throws {
    var writer = EventWriter()
    writer.begin(
      .track, name: try #require(symbols.intern(name)), timestamp: now - late, receivedAt: now,
      isHistorical: isHistorical, messageID: UnsafeRawBufferPointer(start: nil, count: 0))
    writer.beginFields()
    for (key, value) in properties.sorted(by: { $0.key < $1.key }) {
      writer.value(.property, try #require(symbols.intern(key)), value)
    }
    for (key, value) in traits.sorted(by: { $0.key < $1.key }) {
      writer.value(.trait, try #require(symbols.intern(key)), value)
    }
    writer.end()
    let record = writer.bytes
    if due <= now { handle(.due) }
    record.withUnsafeBytes { bytes in
      let view = EventView(trusted: bytes)
      var fields = view.fields
      while let field = fields.next() {
        if field.section == .trait { state.setTrait(field.symbol, field.value, at: view.timestamp) }
      }
      segments.record(view, in: &state)
      handle(.event(view))
    }
  }

  mutating func enter(_ segment: String, byHistory: Bool = false) throws {
    let slot = try #require(Self.sources.first { $0.key == segment }).slot
    while state.memberships.count <= slot >> 6 { state.memberships.append(0) }
    state.memberships[slot >> 6] |= 1 << UInt64(slot & 63)
    handle(.entered(segment: slot, byHistory: byHistory))
  }

  mutating func leave(_ segment: String) throws {
    let slot = try #require(Self.sources.first { $0.key == segment }).slot
    state.memberships[slot >> 6] &= ~(1 << UInt64(slot & 63))
    handle(.left(segment: slot))
  }

  mutating func handle(_ cause: JourneyCause) {
    effects = []
    var cause = cause
    if case .due = cause {
      let entries = program.scheduledEntries(of: state, after: state.handledAt, now: now)
      if !entries.isEmpty { cause = .scheduled(entries) }
    }
    state.handledAt = max(state.handledAt, now)
    var changes: [MembershipChange] = []
    let moment = followsSegments ? segments.evaluate(&state, now: now, changes: &changes) : .distantFuture
    due = min(moment, program.handle(&state, cause: cause, now: now, seed: 1, effects: &effects))
    note(from: 0)
    for change in changes {
      let count = effects.count
      let cause =
        change.isMember ? JourneyCause.entered(segment: change.slot, byHistory: false) : .left(segment: change.slot)
      due = min(moment, program.handle(&state, cause: cause, now: now, seed: 1, effects: &effects))
      note(from: count)
    }
  }

  private mutating func note(from first: Int) {
    log += effects[first...]
    for effect in effects[first...] {
      switch effect {
      case .send(let intent):
        let time = "\(intent.step)@\((now - start).text)"
        switch intent.decision {
        case .deliver: sent.append(time)
        case .hold: held.append(time)
        case .suppress(let reason, _): suppressed.append("\(time) \(reason.rawValue)")
        }
        intents.append(intent)
      case .moved(let move): moves.append(move)
      case .setTrait: break
      }
    }
  }

  func trait(_ name: String) -> Value? { symbols.find(name).flatMap { state.trait($0) } }

  /// Somebody else in the same world, who has done nothing yet.
  func twin(_ id: PersonID) -> Story {
    var other = self
    other.state = PersonState(workspace: state.workspace, id: id, createdAt: now)
    other.state.traits = Array(state.traits.prefix(1))
    other.state.trackersEpoch = state.trackersEpoch
    (other.sent, other.intents, other.moves, other.log, other.due) = ([], [], [], [], .distantFuture)
    return other
  }

  /// Another person turns out to be this one.
  mutating func absorb(_ other: Story) {
    absorbed += other.intents
    hasAbsorbed = true
    effects = []
    program.mergeRuns(of: other.state, into: &state, now: now, effects: &effects)
    note(from: 0)
    handle(.due)
  }

  func run(_ journey: String) -> JourneyRun? {
    symbols.find(journey).flatMap { symbol in state.runs.first { $0.journey == symbol } }
  }
}
