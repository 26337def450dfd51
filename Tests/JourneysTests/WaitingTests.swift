import Profiles
import RoostCore
import Testing

@testable import Journeys

@Suite struct WaitingTests {
  static let series = """
    {"journey":"series","enter":{"event":"E"},"steps":[
      {"send":{"id":"a","channel":"email","template":"t"}},{"wait":"1d"},
      {"send":{"id":"b","channel":"email","template":"t"}},{"wait":"2d"},{"wait":"12h"},
      {"send":{"id":"c","channel":"email","template":"t"}}]}
    """

  @Test func `Every message at its time`() throws {
    var story = try Story(Self.series)
    try story.event("E")
    story.advance(to: .days(10))
    #expect(story.sent == ["a@0s", "b@1d", "c@84h"])
  }

  @Test func `Nothing happens a millisecond early, even if asked`() throws {
    var story = try Story(Self.series)
    try story.event("E")
    story.pass(to: TimeSpan(milliseconds: 86_399_999))
    story.handle(.due)
    #expect(story.sent == ["a@0s"])
    #expect(story.due == Instant(milliseconds: 86_400_000))
    story.pass(to: .days(1))
    story.handle(.due)
    #expect(story.sent == ["a@0s", "b@1d"])
  }

  @Test func `A machine that slept goes on in order, and waits count from when their step was reached`() throws {
    var story = try Story(Self.series)
    try story.event("E")
    story.oversleep(to: .days(100))
    #expect(story.sent == ["a@0s", "b@100d"])
    story.advance(to: .days(200))
    #expect(story.sent == ["a@0s", "b@100d", "c@2460h"])
  }

  @Test func `Of several journeys the one that is longest due goes first`() throws {
    var story = try Story(
      #"{"journey":"one","enter":{"event":"E"},"steps":[{"wait":"2h"},{"send":{"id":"one","channel":"email","template":"t"}}]}"#,
      #"{"journey":"two","enter":{"event":"E"},"steps":[{"wait":"1h"},{"send":{"id":"two","channel":"email","template":"t"}}]}"#
    )
    try story.event("E")
    story.oversleep(to: .hours(5))
    #expect(story.sent == ["two@5h", "one@5h"])
  }

  @Test func `Until a time of day`() throws {
    var story = try Story(
      #"{"journey":"a","timezone":"UTC","enter":{"event":"E"},"steps":[{"wait":{"until":"10:00"}},{"send":{"id":"x","channel":"email","template":"t"}},{"wait":{"until":"10:00"}},{"send":{"id":"y","channel":"email","template":"t"}},{"wait":{"until":"MON 09:00"}},{"send":{"id":"z","channel":"email","template":"t"}}]}"#
    )
    // 1970-01-01 was a Thursday: Monday the 5th, nine o'clock, is 4 × 24 + 9 = 105 hours later.
    story.advance(to: .hours(3))
    try story.event("E")
    story.advance(to: .days(10))
    #expect(story.sent == ["x@10h", "y@10h", "z@105h"])
  }

  @Test func `A branch takes the first case that holds, at the time it is reached`() throws {
    var story = try Story(
      """
      {"journey":"a","again":"always","enter":{"event":"E"},"steps":[{"wait":"1d"},{"branch":[
        {"if":{"trait":"points","atLeast":100},"steps":[{"send":{"id":"gold","channel":"email","template":"t"}}]},
        {"if":{"any":[{"trait":"points","atLeast":10},{"trigger":{"total":{"moreThan":50}}}]},
         "steps":[{"send":{"id":"silver","channel":"email","template":"t"}},{"wait":"1h"}]}]},
        {"send":{"id":"all","channel":"email","template":"t"}}]}
      """)
    try story.event("E", traits: ["points": .number(500)])
    story.advance(to: .hours(1))
    try story.event("Other", traits: ["points": .number(20)])
    story.advance(to: .days(2))
    #expect(story.sent == ["silver@1d", "all@25h"])
    try story.event("Other", traits: ["points": .number(1)])
    try story.event("E", ["total": .number(50)])
    story.advance(to: .days(4))
    #expect(story.sent.suffix(1) == ["all@3d"])
    try story.event("E", ["total": .number(51)])
    story.advance(to: .days(6))
    #expect(story.sent.suffix(2) == ["silver@5d", "all@121h"])
  }

  @Test func `A step sets a trait, the next one sees it, and a message before it does not`() throws {
    var story = try Story(
      """
      {"journey":"a","again":"always","enter":{"event":"E"},"steps":[
        {"send":{"id":"x","channel":"email","template":"t"}},
        {"set":{"trait":"tried","to":true}},{"set":{"trait":"tried","to":"yes"}},{"set":{"trait":"gone","to":null}},
        {"branch":[{"if":{"trait":"tried","is":"yes"},"steps":[{"send":{"id":"y","channel":"email","template":"t"}}]}]}]}
      """)
    try story.event("E", traits: ["gone": .string("z"), "tried": .string("zz")])
    #expect(story.sent == ["x@0s", "y@0s"])
    #expect(story.trait("tried") == .string("yes"))
    #expect(story.trait("gone") == nil)
    let tried = try #require(story.symbols.find("tried"))
    let gone = try #require(story.symbols.find("gone"))
    let sends = story.effects.indices.filter { if case .send = story.effects[$0] { true } else { false } }
    let seen = sends.map { JourneyEffect.trait(tried, seenBy: $0, of: story.effects, in: story.state) }
    #expect(seen == [.string("zz"), .string("yes")])
    #expect(JourneyEffect.trait(gone, seenBy: sends[0], of: story.effects, in: story.state) == .string("z"))
    let sets = story.effects.compactMap { if case .setTrait(_, let value, _) = $0 { value } else { nil } }
    #expect(sets == [.bool(true), .string("yes"), .null])
    story.advance(to: .days(1))
    try story.event("E")
    let again = story.effects.compactMap { if case .setTrait(_, let value, _) = $0 { value } else { nil } }
    #expect(again == [.bool(true), .string("yes")])
  }

  @Test func `A condition on what happened is asked of what is remembered`() throws {
    var story = try Story(
      """
      {"journey":"a","enter":{"event":"Signed Up"},"steps":[{"wait":"3d"},{"branch":[
        {"if":{"event":"Order Completed","within":"3d"},"steps":[{"send":{"id":"thanks","channel":"email","template":"t"}}]},
        {"else":[{"send":{"id":"first-order","channel":"email","template":"t"}}]}]}]}
      """)
    try story.event("Signed Up")
    story.advance(to: .days(1))
    try story.event("Order Completed")
    story.advance(to: .days(4))
    #expect(story.sent == ["thanks@3d"])
  }

  @Test func `A handling does a bounded amount of work and goes on where it stopped`() throws {
    let steps = Array(repeating: #"{"set":{"trait":"n","to":1}},{"set":{"trait":"n","to":2}}"#, count: 200)
    var story = try Story()
    story.replaceProgram(
      try (0..<10).map { number in
        let document =
          #"{"journey":"j\#(number)","enter":{"event":"E"},"steps":[\#(steps.joined(separator: ","))]}"#
        return .init(status: .live, published: 1, versions: [try story.compile(document, version: 1)])
      })
    try story.event("E")
    #expect(story.due == story.now)
    #expect(story.state.runs.count { $0.phase == .finished } == 3)
    story.advance(to: .seconds(1))
    #expect(story.state.runs.count { $0.phase == .finished } == 10)
    #expect(story.due == .distantFuture)
  }
}
