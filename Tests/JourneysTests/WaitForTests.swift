import Profiles
import RoostCore
import Testing

@testable import Journeys

@Suite struct WaitForTests {
  static func journey(_ wait: String, head: String = "") -> String {
    #"""
    {"journey":"cart","again":"always",\#(head)"enter":{"event":"Checkout Started"},"steps":[
      {"send":{"id":"first","channel":"email","template":"t"}},
      {"waitFor":\#(wait),
       "then":[{"send":{"id":"thanks","channel":"email","template":"t"}}],
       "else":[{"send":{"id":"nudge","channel":"email","template":"t"}},{"wait":"1h"}]},
      {"send":{"id":"end","channel":"email","template":"t"}}]}
    """#
  }

  static let plain = #"{"event":"Order Completed","within":"3d"}"#

  @Test func `The event takes the run to then, at once`() throws {
    var story = try Story(Self.journey(Self.plain))
    try story.event("Checkout Started")
    #expect(story.due == Instant(milliseconds: 3 * 86_400_000))
    story.advance(to: .days(1))
    try story.event("Order Completed")
    story.advance(to: .days(9))
    #expect(story.sent == ["first@0s", "thanks@1d", "end@1d"])
    #expect(story.run("cart")?.phase == .finished)
  }

  @Test func `Silence takes it to else`() throws {
    var story = try Story(Self.journey(Self.plain))
    try story.event("Checkout Started")
    story.advance(to: .days(9))
    #expect(story.sent == ["first@0s", "nudge@3d", "end@73h"])
  }

  @Test func `What came before the step was reached does not count`() throws {
    var story = try Story(
      """
      {"journey":"a","enter":{"event":"E"},"steps":[{"wait":"1d"},
        {"waitFor":{"event":"Order Completed","within":"1d"},"then":[{"send":{"id":"x","channel":"email","template":"t"}}]}]}
      """)
    try story.event("E")
    story.advance(to: .hours(5))
    try story.event("Order Completed")
    story.advance(to: .days(9))
    #expect(story.sent == [])
    #expect(story.run("a")?.phase == .finished)
  }

  /// An event that came late counts by its arrival; one that happened before the run began never does.
  @Test func `Late events`() throws {
    var story = try Story(Self.journey(Self.plain), start: Instant(milliseconds: 86_400_000_000))
    try story.event("Checkout Started")
    story.advance(to: .hours(5))
    try story.event("Order Completed", late: .hours(6))
    #expect(story.sent == ["first@0s"])
    try story.event("Order Completed", late: .hours(4))
    #expect(story.sent == ["first@0s", "thanks@5h", "end@5h"])
  }

  @Test func `An event of the window that comes after it changes nothing`() throws {
    var story = try Story(Self.journey(Self.plain))
    try story.event("Checkout Started")
    story.advance(to: TimeSpan(milliseconds: 3 * 86_400_000))
    try story.event("Order Completed", late: .hours(1))
    story.advance(to: .days(9))
    #expect(story.sent == ["first@0s", "nudge@3d", "end@73h"])
    // The machine slept: the window was over all the same.
    var asleep = try Story(Self.journey(Self.plain))
    try asleep.event("Checkout Started")
    asleep.pass(to: .days(4))
    try asleep.event("Order Completed", late: .days(2))
    asleep.advance(to: .days(9))
    #expect(asleep.sent == ["first@0s", "nudge@4d", "end@97h"])
  }

  @Test func `The last millisecond of the window still counts`() throws {
    var story = try Story(Self.journey(Self.plain))
    try story.event("Checkout Started")
    story.advance(to: TimeSpan(milliseconds: 3 * 86_400_000 - 1))
    try story.event("Order Completed")
    #expect(story.sent.count == 3)
  }

  @Test func `History and pages are no answer`() throws {
    var story = try Story(Self.journey(Self.plain))
    try story.event("Checkout Started")
    try story.event("Order Completed", isHistorical: true)
    #expect(story.sent == ["first@0s"])
  }

  @Test func `Correlation: the same property, and another one of the event that started the run`() throws {
    var story = try Story(
      Self.journey(
        #"{"event":"Order Completed","match":{"order_id":"same","cart":{"trigger":"cart_id"}},"within":"3d"}"#))
    try story.event("Checkout Started", ["order_id": .string("7"), "cart_id": .number(3)])
    try story.event("Order Completed")
    try story.event("Order Completed", ["order_id": .string("8"), "cart": .number(3)])
    try story.event("Order Completed", ["order_id": .string("7")])
    try story.event("Order Completed", ["order_id": .number(7), "cart": .number(3)])
    try story.event("Order Completed", ["order_id": .string("7"), "cart": .null])
    #expect(story.sent == ["first@0s"])
    try story.event("Order Completed", ["order_id": .string("7"), "cart": .number(3)])
    #expect(story.sent == ["first@0s", "thanks@0s", "end@0s"])
  }

  @Test func `Filters`() throws {
    var story = try Story(
      Self.journey(#"{"event":"Order Completed","where":{"total":{"atLeast":50}},"within":"3d"}"#))
    try story.event("Checkout Started")
    try story.event("Order Completed", ["total": .number(49)])
    #expect(story.sent == ["first@0s"])
    try story.event("Order Completed", ["total": .number(50)])
    #expect(story.sent.count == 3)
  }

  @Test func `Of a step: by the message's id, or by journey and step`() throws {
    let document = Self.journey(#"{"event":"Email Opened","of":"first","within":"3d"}"#)
    var story = try Story(document)
    try story.event("Checkout Started")
    let id = story.intents[0].id.text
    try story.event("Email Opened")
    try story.event("Email Opened", ["message_id": .string("00000000000000000000000000000000")])
    try story.event("Email Opened", ["journey": .string("cart"), "step": .string("end")])
    try story.event("Email Opened", ["journey": .string("other"), "step": .string("first")])
    #expect(story.sent == ["first@0s"])
    var other = story
    try story.event("Email Opened", ["message_id": .string(id)])
    #expect(story.sent.count == 3)
    try other.event("Email Opened", ["journey": .string("cart"), "step": .string("first")])
    #expect(other.sent.count == 3)
    // The next time it is another message.
    try story.event("Checkout Started")
    try story.event("Email Opened", ["message_id": .string(id)])
    #expect(story.sent.count == 4)
  }

  @Test func `For ever, without within`() throws {
    var story = try Story(
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"waitFor":{"event":"F"}},{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    )
    try story.event("E")
    #expect(story.due == .distantFuture)
    story.advance(to: .days(4_000))
    #expect(story.run("a")?.phase == .running)
    try story.event("F")
    #expect(story.sent == ["x@4000d"])
  }

  @Test func `One event answers one wait, not the next one of the same run`() throws {
    var story = try Story(
      """
      {"journey":"a","enter":{"event":"E"},"steps":[{"waitFor":{"event":"F"}},{"send":{"id":"x","channel":"email","template":"t"}},
        {"waitFor":{"event":"F"}},{"send":{"id":"y","channel":"email","template":"t"}}]}
      """)
    try story.event("E")
    try story.event("F")
    #expect(story.sent == ["x@0s"])
    try story.event("F")
    #expect(story.sent == ["x@0s", "y@0s"])
  }

  @Test func `The event that starts a run is no answer to it`() throws {
    var story = try Story(
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"waitFor":{"event":"E"}},{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    )
    try story.event("E")
    #expect(story.sent.isEmpty)
    try story.event("E")
    #expect(story.sent == ["x@0s"])
  }

  @Test func `An answer in a pause counts when the journey goes on, one after the window does not`() throws {
    let document = Self.journey(Self.plain)
    for (day, expected) in [(1, "thanks@10d"), (5, "nudge@10d")] as [(Int64, String)] {
      var story = try Story(document)
      try story.event("Checkout Started")
      let version = try story.compile(document, version: 1)
      story.replaceProgram([.init(status: .paused, published: 1, versions: [version])])
      story.advance(to: .days(day))
      try story.event("Order Completed")
      #expect(story.sent == ["first@0s"])
      story.advance(to: .days(10))
      story.replaceProgram([.init(status: .live, published: 1, versions: [version])])
      story.advance(to: .days(10))
      #expect(story.sent[1] == expected)
    }
  }

  @Test func `An exit takes people out of the wait, and comes before an answer`() throws {
    var story = try Story(Self.journey(Self.plain, head: #""exit":[{"event":"Order Completed"}],"#))
    try story.event("Checkout Started")
    try story.event("Order Completed")
    story.advance(to: .days(9))
    #expect(story.sent == ["first@0s"])
    #expect(story.moves.last?.reason == .rule(0))
    #expect(story.moves.last?.from == 1)
  }

  @Test func `Merged people wait for what comes to the one person, and know their message by its old name`() throws {
    let document = Self.journey(#"{"event":"Email Opened","of":"first","within":"3d"}"#)
    var other = try Story(document)
    other.state.id = PersonID(99)
    try other.event("Checkout Started")
    let id = other.intents[0].id.text
    var story = other
    story.state = PersonState(workspace: WorkspaceID(1), id: PersonID(7), createdAt: story.now)
    var effects: [JourneyEffect] = []
    story.program.mergeRuns(of: other.state, into: &story.state, now: story.now, effects: &effects)
    try story.event("Email Opened", ["message_id": .string(id)])
    #expect(story.run("cart")?.phase == .finished)
    #expect(Set(story.intents.map(\.id)).count == story.intents.count)
  }
}
