import Events
import Profiles
import RoostCore
import Segments
import Testing

/// Incremental membership against the brute-force evaluator: after every event, at every moment that `evaluate` names,
/// one millisecond before it and at moments between.
@Suite struct DifferentialTests {
  static let chunks = 4
  static let casesPerChunk = 2_500

  @Test(arguments: 0..<chunks)
  func membershipEqualsBruteForce(chunk: Int) throws {
    let symbols = SymbolTable()
    var flips = 0
    for number in 0..<Self.casesPerChunk {
      let seed = UInt64(chunk * Self.casesPerChunk + number)
      var trial = try Trial(seed: seed, symbols: symbols)
      try trial.run()
      flips += trial.flipsByTime
    }
    // A world in which time alone changes nothing would test nothing.
    #expect(flips > Self.casesPerChunk / 10)
  }
}

/// One random person with two segments.
struct Trial {
  let seed: UInt64
  let symbols: SymbolTable
  var world: RandomWorld
  var registry = TrackerRegistry()
  let program: SegmentProgram
  let expressions: [Expression]
  let brute: BruteForce
  var person = PlainPerson()
  var state = PersonState.fresh()
  var now = RandomWorld.start
  var next = Instant.distantPast
  var flipsByTime = 0

  init(seed: UInt64, symbols: SymbolTable) throws {
    self.seed = seed
    self.symbols = symbols
    world = RandomWorld(seed: seed)
    expressions = [world.expression(), world.expression(segments: ["s0"])]
    brute = BruteForce(segments: ["s0": expressions[0]])
    let sources = expressions.enumerated().map {
      SegmentSource(slot: $0 * 67, key: "s\($0)", expression: $1, state: .live, epoch: 0)
    }
    program = try SegmentProgram(segments: sources, trackers: &registry, symbols: symbols)
  }

  mutating func run() throws {
    for _ in 0..<(3 + world.random.below(8)) {
      let target = now + (world.chance(30) ? 0 : Int64(world.random.below(500)))
      try passTime(until: target)
      now = target
      let event = change()
      try check("after a change", by: event)
    }
    try passTime(until: now + 1_500)
    try checkFill()
  }

  /// The event, if it was one.
  private mutating func change() -> PlainEvent? {
    switch world.random.below(8) {
    case 0: person.traits[world.pick(["t", "d"])] = world.chance(50) ? world.date() : world.value()
    case 1: person.runs[world.pick(["j1", "j2"])] = world.pick([.running, .finished, .exited])
    case 2: person.consents[world.pick(["m", "m.e"])] = world.chance(50)
    default:
      let event = world.event(now: now)
      person.events.append(event)
      program.record(event, in: &state, symbols)
      return event
    }
    state.adopt(person, symbols)
    return nil
  }

  /// Goes from one moment that the program names to the next; between them nothing may change.
  private mutating func passTime(until target: Int64) throws {
    while next.milliseconds <= target {
      let due = next.milliseconds
      try #require(due > now || next == .distantPast, "seed \(seed): the next look does not move on")
      if due > now {
        try expectUnchanged(at: due - 1)
        now = due
      }
      let before = memberships
      try check("at the moment it named")
      if memberships != before { flipsByTime += 1 }
    }
    if target > now { try expectUnchanged(at: now + 1 + Int64(world.random.below(Int(target - now)))) }
  }

  private func expectUnchanged(at moment: Int64) throws {
    let expected = expressions.map { brute.holds($0, person, moment) }
    try #require(memberships == expected, "seed \(seed): changed unseen before \(moment - RandomWorld.start)")
  }

  /// Evaluates everything, or for half of the trials only what the event can touch.
  private mutating func check(_ occasion: String, by event: PlainEvent? = nil) throws {
    let before = memberships
    var changes: [MembershipChange] = []
    let moment = Instant(milliseconds: now)
    if let event, seed % 2 == 0 {
      next = event.record(symbols).withUnsafeBytes {
        program.evaluate(&state, after: EventView(trusted: $0), now: moment, until: next, changes: &changes)
      }
    } else {
      next = program.evaluate(&state, now: moment, changes: &changes)
    }
    let expected = expressions.map { brute.holds($0, person, now) }
    try #require(
      memberships == expected, "seed \(seed), \(occasion), at \(now - RandomWorld.start): \(expressions)")
    let told = before.enumerated().map { index, was in changes.last { $0.slot == index * 67 }?.isMember ?? was }
    try #require(told == expected && changes.count <= 2, "seed \(seed): the changes do not tell the difference")
  }

  /// Filling from history in order of time, and merging two halves, give the same trackers as living through it.
  private mutating func checkFill() throws {
    var filled = PersonState.fresh()
    filled.adopt(person, symbols)
    program.beginFill(&filled)
    for event in person.events.sorted(by: { $0.time < $1.time }) { program.record(event, in: &filled, symbols) }
    program.finishFill(&filled)
    try expectSame(filled, "filled")
    var merged = PersonState.fresh()
    merged.adopt(person, symbols)
    var other = PersonState.fresh()
    for event in person.events {
      if world.chance(50) {
        program.record(event, in: &merged, symbols)
      } else {
        program.record(event, in: &other, symbols)
      }
    }
    program.absorb(other, into: &merged)
    try expectSame(merged, "merged")
  }

  private mutating func expectSame(_ other: PersonState, _ what: String) throws {
    var other = other
    var changes: [MembershipChange] = []
    try check("at the end")
    let next = program.evaluate(&other, now: Instant(milliseconds: now), changes: &changes)
    try #require(other.trackers == state.trackers, "seed \(seed): \(what) trackers differ: \(expressions)")
    try #require(other.memberships == state.memberships && next == self.next, "seed \(seed): \(what)")
  }

  private var memberships: [Bool] { expressions.indices.map { state.isMember($0 * 67) } }
}
