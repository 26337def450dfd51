import RoostCore
import Testing

@testable import Journeys

@Suite struct EnteringTests {
  static func welcome(again: String = "never") -> String {
    """
    {"journey":"welcome","again":"\(again)","enter":{"event":"Signed Up","where":{"plan":{"in":["pro","team"]}}},
     "steps":[{"send":{"id":"hello","channel":"email","template":"hello"}},{"wait":"2d"},
              {"send":{"id":"tips","channel":"email","template":"tips"}}]}
    """
  }

  @Test func `An event enters if its properties answer the questions`() throws {
    var story = try Story(Self.welcome())
    try story.event("Signed Up", ["plan": .string("free")])
    try story.event("Signed Up")
    try story.event("Order Completed", ["plan": .string("pro")])
    #expect(story.state.runs.isEmpty)
    #expect(story.due == .distantFuture)
    try story.event("Signed Up", ["plan": .string("pro")])
    #expect(story.sent == ["hello@0s"])
    #expect(story.due == Instant(milliseconds: 2 * 86_400_000))
  }

  @Test func `Effects come in order and say where the person went`() throws {
    var story = try Story(Self.welcome())
    try story.event("Signed Up", ["plan": .string("pro")])
    let steps = story.effects.map { effect in
      switch effect {
      case .moved(let move): "\(move.from.map(Int.init) ?? -1)→\(move.to.map(Int.init) ?? -1) \(move.phase)"
      case .send(let intent): "send \(intent.step)"
      case .setTrait: "set"
      }
    }
    #expect(steps == ["-1→-1 running", "-1→0 running", "send hello", "0→1 running"])
    story.advance(to: .days(2))
    let rest = story.effects.compactMap { effect in
      if case .moved(let move) = effect {
        "\(move.from.map(Int.init) ?? -1)→\(move.to.map(Int.init) ?? -1) \(move.phase)"
      } else {
        nil
      }
    }
    #expect(rest == ["1→2 running", "2→-1 finished"])
    #expect(story.due == .distantFuture)
  }

  @Test func `History starts nothing`() throws {
    var story = try Story(Self.welcome(), #"{"journey":"back","enter":{"segment":"lapsing"},"steps":[{"exit":true}]}"#)
    try story.event("Signed Up", ["plan": .string("pro")], isHistorical: true)
    try story.enter("lapsing", byHistory: true)
    #expect(story.state.runs.isEmpty)
  }

  @Test func `Coming into the segment enters, being in it does not`() throws {
    var story = try Story(
      #"{"journey":"back","again":"always","enter":{"segment":"vip"},"steps":[{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    )
    try story.enter("lapsing")
    #expect(story.sent.isEmpty)
    try story.enter("vip")
    try story.event("Anything")
    story.advance(to: .days(400))
    #expect(story.sent == ["x@0s"])
    try story.leave("vip")
    try story.enter("vip")
    #expect(story.sent == ["x@0s", "x@400d"])
    #expect(story.run("back")?.entries == 2)
  }

  /// Rule, days of the sign-ups, days of the greetings. The journey takes two days.
  @Test(arguments: [
    ("never", [0, 1, 5, 400], [0]),
    ("always", [0, 1, 2, 5, 6, 7], [0, 2, 5, 7]),
    ("after 30d", [0, 29, 30, 31, 59, 60], [0, 30, 60]),
    ("after 1d", [0, 1, 2, 3], [0, 2]),
  ])
  func `Entering again`(rule: String, days: [Int64], greeted: [Int64]) throws {
    var story = try Story(Self.welcome(again: rule))
    for day in days {
      story.advance(to: .days(day))
      try story.event("Signed Up", ["plan": .string("pro")])
    }
    #expect(story.sent.filter { $0.hasPrefix("hello") } == greeted.map { "hello@\(TimeSpan.days($0).text)" })
    #expect(Set(story.intents.map(\.id)).count == story.intents.count)
  }

  @Test func `The trigger sees the change it made to the profile`() throws {
    var story = try Story(
      """
      {"journey":"a","enter":{"event":"Signed Up"},"steps":[{"branch":[
        {"if":{"trait":"country","is":"IT"},"steps":[{"send":{"id":"ciao","channel":"email","template":"t"}}]},
        {"else":[{"send":{"id":"hi","channel":"email","template":"t"}}]}]}]}
      """)
    try story.event("Signed Up", traits: ["country": .string("IT")])
    #expect(story.sent == ["ciao@0s"])
  }

  @Test func `Who is in a segment that makes leave does not come in`() throws {
    var story = try Story(
      #"{"journey":"a","again":"always","exit":[{"segment":"complained"}],"enter":{"event":"E"},"steps":[{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    )
    try story.enter("complained")
    try story.event("E")
    #expect(story.sent.isEmpty)
    #expect(story.state.runs.isEmpty)
    try story.leave("complained")
    try story.event("E")
    #expect(story.sent == ["x@0s"])
  }

  @Test func `The run keeps what started it until it ends`() throws {
    var story = try Story(Self.welcome())
    try story.event("Signed Up", ["plan": .string("team")])
    #expect(story.run("welcome")?.trigger.isEmpty == false)
    #expect(story.intents[0].trigger == story.run("welcome")?.trigger)
    story.advance(to: .days(3))
    #expect(story.intents[1].trigger == story.intents[0].trigger)
    #expect(story.run("welcome")?.trigger == [])
  }
}
