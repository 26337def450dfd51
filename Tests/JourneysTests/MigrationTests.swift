import Profiles
import RoostCore
import Testing

@testable import Journeys

/// What a new version does with people inside.
@Suite struct MigrationTests {
  static func journey(_ inside: String, _ steps: String) -> String {
    #"{"journey":"a",\#(inside)"again":"always","enter":{"event":"E"},"steps":\#(steps)}"#
  }

  static let old = journey(
    "",
    """
    [{"send":{"id":"one","channel":"email","template":"t"}},{"id":"pause","wait":"2d"},
     {"send":{"id":"two","channel":"email","template":"t"}},
     {"id":"order","waitFor":{"event":"Order Completed","within":"4d"},
      "then":[{"send":{"id":"thanks","channel":"email","template":"t"}}],
      "else":[{"send":{"id":"nudge","channel":"email","template":"t"}}]}]
    """)

  /// One person in version 1 after `days`, when version 2 comes.
  static func story(after days: Int64, _ versions: String..., status: JourneyProgram.Status = .live) throws -> Story {
    var story = try Story(old)
    try story.event("E")
    story.advance(to: .days(days))
    try publish([old] + versions, in: &story, status)
    return story
  }

  static func publish(_ documents: [String], in story: inout Story, _ status: JourneyProgram.Status = .live) throws {
    var versions: [CompiledJourney] = []
    for (index, document) in documents.enumerated() {
      versions.append(try story.compile(document, version: UInt32(index + 1)))
    }
    story.replaceProgram([.init(status: status, published: UInt32(documents.count), versions: versions)])
  }

  @Test func `Pinned people finish the old version, new ones get the new`() throws {
    let new = Self.journey(#""inside":"pin","#, #"[{"send":{"id":"new","channel":"email","template":"t"}}]"#)
    var story = try Self.story(after: 1, new)
    #expect(story.due == Instant(milliseconds: 2 * 86_400_000))
    story.advance(to: .days(9))
    #expect(story.sent == ["one@0s", "two@2d", "nudge@6d"])
    try story.event("E")
    #expect(story.sent.last == "new@9d")
    // Nothing said is pinned too: publication asks before it comes to that.
    var silent = try Self.story(after: 1, new.replacing(#""inside":"pin","#, with: ""))
    silent.advance(to: .days(9))
    #expect(silent.sent == ["one@0s", "two@2d", "nudge@6d"])
  }

  @Test func `Exit takes everybody out at once`() throws {
    let new = Self.journey(#""inside":"exit","#, #"[{"exit":true}]"#)
    var story = try Self.story(after: 1, new)
    #expect(story.due == .distantPast)
    story.advance(to: .days(1))
    #expect(story.run("a")?.phase == .exited)
    #expect(story.moves.last?.reason == .edited)
    #expect(story.moves.last?.from == 1)
    #expect(story.sent == ["one@0s"])
  }

  @Test func `Whoever waits goes on waiting at the step of the same id, as long as the new version says`() throws {
    let new = Self.journey(
      #""inside":"migrate","#,
      """
      [{"send":{"id":"zero","channel":"email","template":"t"}},{"send":{"id":"one","channel":"email","template":"t"}},
       {"id":"pause","wait":"5d"},{"send":{"id":"two","channel":"email","template":"t"}}]
      """)
    var story = try Self.story(after: 1, new)
    story.advance(to: .days(1))
    #expect(story.due == Instant(milliseconds: 5 * 86_400_000))
    #expect(story.run("a")?.version == 2)
    #expect(
      story.moves.last
        == JourneyMove(
          journey: story.run("a")!.journey, version: 2, entry: 1, from: nil, to: 2, phase: .running, reason: .edited))
    story.advance(to: .days(9))
    #expect(story.sent == ["one@0s", "two@5d"])
    #expect(story.moves.last?.phase == .finished)
    // A shorter wait that is over by now ends now.
    var short = try Self.story(after: 1, new.replacing("5d", with: "12h"))
    short.advance(to: .days(1))
    #expect(short.sent == ["one@0s", "two@1d"])
  }

  @Test func `People who wait for an event go on with the new window and the new question`() throws {
    let new = Self.journey(
      #""inside":{"migrate":{"order":"buy"}},"#,
      """
      [{"id":"buy","waitFor":{"event":"Order Paid","within":"10d"},
        "then":[{"send":{"id":"thanks","channel":"email","template":"t"}}],
        "else":[{"send":{"id":"nudge","channel":"email","template":"t"}}]}]
      """)
    var story = try Self.story(after: 3, new)
    story.advance(to: .days(3))
    // Reached on day 2, for ten days now.
    #expect(story.due == Instant(milliseconds: 12 * 86_400_000))
    try story.event("Order Completed")
    #expect(story.run("a")?.phase == .running)
    var paid = story
    try paid.event("Order Paid")
    #expect(paid.sent.last == "thanks@3d")
    story.advance(to: .days(20))
    #expect(story.sent.last == "nudge@12d")
  }

  @Test func `The table sends people elsewhere: they begin that step, never the one before it`() throws {
    let new = Self.journey(
      #""inside":{"migrate":{"pause":"hello","order":"exit"}},"#,
      """
      [{"send":{"id":"first","channel":"email","template":"t"}},{"send":{"id":"hello","channel":"email","template":"t"}},
       {"wait":"1d"},{"send":{"id":"bye","channel":"email","template":"t"}}]
      """)
    var story = try Self.story(after: 1, new)
    story.advance(to: .days(9))
    #expect(story.sent == ["one@0s", "hello@1d", "bye@2d"])
    var out = try Self.story(after: 3, new)
    out.advance(to: .days(9))
    #expect(out.sent == ["one@0s", "two@2d"])
    #expect(out.moves.last?.reason == .edited)
  }

  @Test func `In a pause people move and wait; then they begin the step that they came to`() throws {
    let new = Self.journey(
      #""inside":{"migrate":{"pause":"hello"}},"#,
      """
      [{"id":"ask","waitFor":{"event":"F","within":"1d"},"else":[{"send":{"id":"no","channel":"email","template":"t"}}]},
       {"send":{"id":"hello","channel":"email","template":"t"}}]
      """)
    var story = try Self.story(after: 1, new, status: .paused)
    story.advance(to: .days(5))
    #expect(story.sent == ["one@0s"])
    #expect(story.run("a")?.version == 2)
    try story.event("F")
    try Self.publish([Self.old, new], in: &story)
    story.advance(to: .days(5))
    #expect(story.sent == ["one@0s", "hello@5d"])
  }

  @Test func `Through several versions, one after another, past those that pin`() throws {
    let pin = Self.journey(#""inside":"pin","#, #"[{"id":"other","wait":"1d"}]"#)
    let second = Self.journey(#""inside":{"migrate":{"pause":"rest"}},"#, #"[{"id":"rest","wait":"3d"}]"#)
    let third = Self.journey(
      #""inside":{"migrate":{"rest":"end"}},"#,
      #"[{"id":"end","wait":"6d"},{"send":{"id":"x","channel":"email","template":"t"}}]"#)
    var story = try Self.story(after: 1, pin, second, third)
    story.advance(to: .days(9))
    #expect(story.sent == ["one@0s", "x@6d"])
    #expect(story.moves.filter { $0.reason == .edited }.map(\.version) == [3, 4])
  }

  @Test func `A step that vanished without a place to go takes people out`() throws {
    let new = Self.journey(#""inside":"migrate","#, #"[{"id":"other","wait":"1d"}]"#)
    var story = try Self.story(after: 1, new)
    story.advance(to: .days(1))
    #expect(story.run("a")?.phase == .exited)
    #expect(story.moves.last?.reason == .edited)
  }

  @Test func `Messages keep the names of the version in which the run began`() throws {
    let new = Self.journey(
      #""inside":"migrate","#,
      """
      [{"send":{"id":"one","channel":"email","template":"t"}},{"id":"pause","wait":"2d"},
       {"send":{"id":"two","channel":"email","template":"t"}},
       {"waitFor":{"event":"Email Opened","of":"one","within":"1d"},
        "then":[{"send":{"id":"three","channel":"email","template":"t"}}]}]
      """)
    var moved = try Self.story(after: 1, new)
    var stayed = try Self.story(after: 1, new.replacing("migrate", with: "pin"))
    moved.advance(to: .days(2))
    stayed.advance(to: .days(2))
    #expect(moved.intents.map(\.id) == stayed.intents.map(\.id))
    try moved.event("Email Opened", ["message_id": .string(moved.intents[0].id.text)])
    #expect(moved.sent.last == "three@2d")
    #expect(Set(moved.intents.map(\.id)).count == 3)
  }
}

/// What publishing must not let happen: a message twice.
@Suite struct RepeatingTests {
  static func definition(_ steps: String, _ inside: String = #""inside":"migrate","#) throws -> JourneyDefinition {
    try JourneyDefinition(json: JSONValue(parsing: MigrationTests.journey(inside, steps)))
  }

  static func send(_ id: String) -> String { #"{"send":{"id":"\#(id)","channel":"email","template":"t"}}"# }

  @Test func `A message behind the place that stood before it is named`() throws {
    let wait = #"{"id":"w","wait":"1d"}"#
    let old = try Self.definition("[\(Self.send("a")),\(Self.send("b")),\(wait),\(Self.send("c"))]", "")
    func repeated(_ steps: String, _ inside: String = #""inside":"migrate","#) throws -> [String] {
      try Self.definition(steps, inside).messagesRepeated(from: "w", of: old)
    }
    #expect(try repeated("[\(Self.send("a")),\(wait),\(Self.send("c")),\(Self.send("d"))]") == [])
    #expect(try repeated("[\(Self.send("a")),\(wait),\(Self.send("b"))]") == ["b"])
    #expect(try repeated("[\(wait),\(Self.send("b")),\(Self.send("a"))]") == ["b", "a"])
    #expect(try repeated("[\(Self.send("a"))]", #""inside":{"migrate":{"w":"a"}},"#) == ["a"])
    #expect(try repeated("[\(Self.send("a")),\(wait),\(Self.send("b"))]", #""inside":"pin","#) == [])
    #expect(try repeated("[\(Self.send("a"))]", #""inside":{"migrate":{"w":"exit"}},"#) == [])
  }

  @Test func `So is one that an earlier version had`() throws {
    let wait = #"{"id":"w","wait":"1d"}"#
    let first = try Self.definition("[\(Self.send("a")),\(wait)]", "")
    let second = try Self.definition("[\(wait)]")
    let third = try Self.definition("[\(wait),\(Self.send("a"))]")
    #expect(third.messagesRepeated(from: "w", of: second) == [])
    #expect(third.messagesRepeated(from: "w", of: second, earlier: [first]) == ["a"])
  }
}
