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
  var program: JourneyProgram
  var state: PersonState
  private(set) var now: Instant
  /// What was sent, as `step@time`, in order.
  private(set) var sent: [String] = []
  private(set) var intents: [SendIntent] = []
  private(set) var moves: [JourneyMove] = []
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
    program = JourneyProgram([])
    state = PersonState(workspace: WorkspaceID(1), id: PersonID(7), createdAt: start)
    segments = try SegmentProgram(segments: [], trackers: &trackers, symbols: symbols)
    now = start
    self.start = start
    state.trackersEpoch = 1
    let definitions = try documents.map { try JourneyDefinition(json: JSONValue(parsing: $0)) }
    segments = try SegmentProgram(
      segments: Self.sources, watching: definitions.flatMap(\.conditions), trackers: &trackers, symbols: symbols)
    program = JourneyProgram(
      try documents.map { .init(status: .live, published: 1, versions: [try compile($0, version: 1)]) })
  }

  mutating func compile(_ document: String, version: UInt32) throws -> CompiledJourney {
    let definition = try JourneyDefinition(json: JSONValue(parsing: document))
    return try CompiledJourney(
      definition, version: version, segments: Self.sources, trackers: &trackers, symbols: symbols)
  }

  mutating func replaceProgram(_ sources: [JourneyProgram.Source]) {
    program = JourneyProgram(sources)
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
    for (key, value) in properties { writer.value(.property, try #require(symbols.intern(key)), value) }
    for (key, value) in traits { writer.value(.trait, try #require(symbols.intern(key)), value) }
    writer.end()
    let record = writer.bytes
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
    for effect in effects[first...] {
      switch effect {
      case .send(let intent):
        sent.append("\(intent.step)@\((now - start).text)")
        intents.append(intent)
      case .moved(let move): moves.append(move)
      case .setTrait: break
      }
    }
  }

  func trait(_ name: String) -> Value? { symbols.find(name).flatMap { state.trait($0) } }

  func run(_ journey: String) -> JourneyRun? {
    symbols.find(journey).flatMap { symbol in state.runs.first { $0.journey == symbol } }
  }
}
