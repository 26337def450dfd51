import Events
import Profiles
import RoostCore
import Testing

@testable import Journeys

/// One person, some journeys and a clock: what a test tells a story with. Plays the engine's part: profile first, then
/// memberships, then journeys; wakes the person when due.
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

  static let segments = ["lapsing": 0, "complained": 1, "vip": 70]

  init(_ documents: String..., start: Instant = Instant(milliseconds: 0)) throws {
    symbols = SymbolTable()
    program = JourneyProgram([])
    state = PersonState(workspace: WorkspaceID(1), id: PersonID(7), createdAt: start)
    now = start
    self.start = start
    program = JourneyProgram(
      try documents.map { document in
        .init(status: .live, published: 1, versions: [try Self.compile(document, version: 1, symbols)])
      })
  }

  static func compile(_ document: String, version: UInt32, _ symbols: SymbolTable) throws -> CompiledJourney {
    let definition = try JourneyDefinition(json: JSONValue(parsing: document))
    return try CompiledJourney(definition, version: version, segments: segments, symbols: symbols)
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
      handle(.event(view))
    }
  }

  mutating func enter(_ segment: String, byHistory: Bool = false) throws {
    let slot = try #require(Self.segments[segment])
    while state.memberships.count <= slot >> 6 { state.memberships.append(0) }
    state.memberships[slot >> 6] |= 1 << UInt64(slot & 63)
    handle(.entered(segment: slot, byHistory: byHistory))
  }

  mutating func leave(_ segment: String) throws {
    let slot = try #require(Self.segments[segment])
    state.memberships[slot >> 6] &= ~(1 << UInt64(slot & 63))
    handle(.left(segment: slot))
  }

  mutating func handle(_ cause: JourneyCause) {
    effects = []
    due = program.handle(&state, cause: cause, now: now, seed: 1, effects: &effects)
    for effect in effects {
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
