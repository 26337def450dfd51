import Profiles
import RoostCore
import Testing

@testable import Journeys

/// What operators do to journeys with people inside.
@Suite struct OperatingTests {
  static let cart = """
    {"journey":"cart","again":"always","enter":{"event":"Checkout Started"},"exit":[{"event":"Order Completed"}],
     "steps":[{"wait":"1h"},{"send":{"id":"first","channel":"email","template":"t"}},
              {"wait":"1d"},{"send":{"id":"second","channel":"email","template":"t"}}]}
    """

  /// A story in the journey, and its one version.
  static func begin() throws -> (Story, CompiledJourney) {
    var story = try Story(cart)
    let version = try story.compile(cart, version: 1)
    try story.event("Checkout Started")
    return (story, version)
  }

  @Test func `Paused: people wait, nothing is skipped, and they go on in order`() throws {
    var (story, version) = try Self.begin()
    story.replaceProgram([.init(status: .paused, published: 1, versions: [version])])
    #expect(story.due == .distantFuture)
    story.advance(to: .days(9))
    story.handle(.due)
    #expect(story.sent.isEmpty)
    #expect(story.run("cart")?.phase == .running)
    story.replaceProgram([.init(status: .live, published: 1, versions: [version])])
    #expect(story.due == Instant(milliseconds: 3_600_000))
    story.advance(to: .days(20))
    #expect(story.sent == ["first@9d", "second@10d"])
  }

  @Test func `Paused: people still enter and leave, but no step is taken`() throws {
    var story = try Story()
    let version = try story.compile(
      Self.cart.replacing(#"{"wait":"1h"},"#, with: ""), version: 1)
    story.replaceProgram([.init(status: .paused, published: 1, versions: [version])])
    try story.event("Checkout Started")
    #expect(story.run("cart")?.step == 0)
    #expect(story.sent.isEmpty)
    try story.event("Order Completed")
    #expect(story.run("cart")?.phase == .exited)
    story.advance(to: .days(1))
    try story.event("Checkout Started")
    story.replaceProgram([.init(status: .live, published: 1, versions: [version])])
    story.advance(to: .days(3))
    #expect(story.sent == ["first@1d", "second@2d"])
  }

  @Test func `Archived: people leave, and nobody enters`() throws {
    var (story, version) = try Self.begin()
    story.replaceProgram([.init(status: .archived, published: 1, versions: [version])])
    #expect(story.due == .distantPast)
    story.handle(.due)
    #expect(story.run("cart")?.phase == .exited)
    #expect(story.moves.last?.reason == .archived)
    #expect(story.moves.last?.from == 0)
    #expect(story.due == .distantFuture)
    try story.event("Checkout Started")
    story.advance(to: .days(3))
    #expect(story.sent.isEmpty)
  }

  @Test func `A run keeps its version, new people get the new one`() throws {
    var (story, first) = try Self.begin()
    let second = try story.compile(
      """
      {"journey":"cart","again":"always","enter":{"event":"Checkout Started"},
       "steps":[{"send":{"id":"at-once","channel":"email","template":"t"}}]}
      """, version: 2)
    story.replaceProgram([.init(status: .live, published: 2, versions: [first, second])])
    story.advance(to: .days(2))
    #expect(story.sent == ["first@1h", "second@25h"])
    try story.event("Checkout Started")
    #expect(story.sent.last == "at-once@2d")
    #expect(story.run("cart")?.version == 2)
    #expect(story.intents.map(\.version) == [1, 1, 2])
  }

  @Test func `A version deleted under a run takes the person out, with the reason`() throws {
    var (story, _) = try Self.begin()
    story.replaceProgram([])
    #expect(story.due == .distantPast)
    story.handle(.due)
    #expect(story.run("cart")?.phase == .exited)
    #expect(story.moves.last?.reason == .versionGone)
    #expect(story.due == .distantFuture)
  }

  @Test func `A draft lets nobody in, and people inside go on`() throws {
    var (story, version) = try Self.begin()
    story.replaceProgram([.init(status: .draft, published: 1, versions: [version])])
    story.advance(to: .days(2))
    #expect(story.sent == ["first@1h", "second@25h"])
    try story.event("Checkout Started")
    #expect(story.run("cart")?.entries == 1)
  }

  @Test func `Merging: the run that began first goes on, and no message is named twice`() throws {
    var (story, _) = try Self.begin()
    story.advance(to: .hours(2))
    var other = PersonState(workspace: WorkspaceID(1), id: PersonID(8), createdAt: story.now)
    var run = try #require(story.run("cart"))
    run.enteredAt = story.now - .minutes(30)
    run.step = 1
    run.dueAt = story.now + .minutes(30)
    other.runs = [run]
    var effects: [JourneyEffect] = []
    story.program.mergeRuns(of: other, into: &story.state, now: story.now, effects: &effects)
    #expect(story.run("cart")?.enteredAt == Instant(milliseconds: 0))
    #expect(story.run("cart")?.entries == 2)
    guard case .moved(let move)? = effects.first else {
      Issue.record("nobody left")
      return
    }
    #expect(effects.count == 1)
    #expect(move.reason == .merged)
    #expect(move.from == 0)
    story.advance(to: .days(3))
    #expect(story.sent == ["first@1h", "second@25h"])
    #expect(story.intents.map(\.entry) == [1, 2])
  }

  @Test func `Merging: a journey only the other one was in comes along, and once means once`() throws {
    let once =
      #"{"journey":"once","enter":{"event":"E"},"steps":[{"wait":"1d"},{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    var a = try Story(once)
    let b = a
    try a.event("E")
    var effects: [JourneyEffect] = []
    var merged = b.state
    a.program.mergeRuns(of: a.state, into: &merged, now: a.now, effects: &effects)
    // Its messages go on being named after whom it began with.
    var moved = a.state.runs[0]
    moved.naming = .init(person: a.state.id, version: 1, entry: 1)
    #expect(merged.runs == [moved])
    #expect(effects.isEmpty)
    // The survivor went through it long ago; the other one is in it.
    a.advance(to: .days(2))
    var late = b
    late.pass(to: .days(3))
    try late.event("E")
    var survivor = a.state
    a.program.mergeRuns(of: late.state, into: &survivor, now: late.now, effects: &effects)
    #expect(survivor.runs.map(\.phase) == [.finished])
    #expect(effects.count == 1)
  }
}
