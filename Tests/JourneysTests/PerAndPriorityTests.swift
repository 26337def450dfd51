import Profiles
import RoostCore
import Testing

@testable import Journeys

@Suite struct PerAndPriorityTests {
  static func order(again: String = "never") -> String {
    #"""
    {"journey":"order","again":"\#(again)","per":"order_id","enter":{"event":"Order Completed"},"steps":[
      {"send":{"id":"paid","channel":"email","template":"t"}},
      {"waitFor":{"event":"Order Shipped","match":{"order_id":"same"},"within":"5d"},
       "then":[{"send":{"id":"shipped","channel":"email","template":"t"}}],
       "else":[{"send":{"id":"sorry","channel":"email","template":"t"}}]}]}
    """#
  }

  @Test func `One run for each order, each with its own answers`() throws {
    var story = try Story(Self.order())
    try story.event("Order Completed", ["order_id": .string("A")])
    story.advance(to: .days(1))
    try story.event("Order Completed", ["order_id": .string("B")])
    try story.event("Order Completed", ["order_id": .string("A")])
    try story.event("Order Completed")
    #expect(story.sent == ["paid@0s", "paid@1d"])
    #expect(story.state.runs.count == 2)
    story.advance(to: .days(2))
    try story.event("Order Shipped", ["order_id": .string("B")])
    story.advance(to: .days(9))
    #expect(story.sent == ["paid@0s", "paid@1d", "shipped@2d", "sorry@5d"])
    #expect(Set(story.intents.map(\.id)).count == 4)
    #expect(Set(story.intents.map(\.entry)) == [1, 2])
    // Once in a run for this order is once.
    try story.event("Order Completed", ["order_id": .string("A")])
    #expect(story.sent.count == 4)
  }

  @Test func `Text and number are different values`() throws {
    var story = try Story(Self.order())
    try story.event("Order Completed", ["order_id": .string("7")])
    try story.event("Order Completed", ["order_id": .number(7)])
    #expect(story.state.runs.count == 2)
  }

  @Test func `The oldest that ended are forgotten, those that run never; entries count on`() throws {
    var story = try Story(Self.order())
    for number in 0..<JourneyProgram.instancesMax {
      try story.event("Order Completed", ["order_id": .number(Double(number))])
    }
    // All of them run: there is no room.
    try story.event("Order Completed", ["order_id": .string("new")])
    #expect(story.state.runs.count == JourneyProgram.instancesMax)
    #expect(story.sent.count == JourneyProgram.instancesMax)
    try story.event("Order Shipped", ["order_id": .number(3)])
    try story.event("Order Completed", ["order_id": .string("new")])
    #expect(story.state.runs.count == JourneyProgram.instancesMax)
    #expect(story.state.runs.map(\.entries).max() == UInt32(JourneyProgram.instancesMax) + 1)
    #expect(Set(story.intents.map(\.id)).count == story.intents.count)
    #expect(zip(story.state.runs, story.state.runs.dropFirst()).allSatisfy { JourneyRun.isOrdered($0, before: $1) })
  }

  @Test func `Merging keeps both people's orders apart and joins the same one`() throws {
    var story = try Story(Self.order())
    var other = story
    other.state.id = PersonID(99)
    try story.event("Order Completed", ["order_id": .string("A")])
    try other.event("Order Completed", ["order_id": .string("B")])
    try other.event("Order Completed", ["order_id": .string("A")])
    var effects: [JourneyEffect] = []
    story.program.mergeRuns(of: other.state, into: &story.state, now: story.now, effects: &effects)
    #expect(story.state.runs.count == 2)
    #expect(effects.count == 1)
    try story.event("Order Shipped", ["order_id": .string("B")])
    try story.event("Order Shipped", ["order_id": .string("A")])
    try story.event("Order Completed", ["order_id": .string("C")])
    #expect(story.sent.map { $0.prefix(4) } == ["paid", "ship", "ship", "paid"])
    let ids = story.intents.map(\.id) + other.intents.map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  static func reminder(_ key: String, priority: Int) -> String {
    #"""
    {"journey":"\#(key)","priority":\#(priority),"timezone":"UTC","enter":{"event":"E"},"steps":[
      {"wait":{"until":"10:00"}},{"send":{"id":"\#(key)","channel":"email","template":"t"}}]}
    """#
  }

  @Test func `Of journeys due at the same instant the higher priority goes first, then the key`() throws {
    var story = try Story(
      Self.reminder("a", priority: 10), Self.reminder("b", priority: 90), Self.reminder("c", priority: 50),
      Self.reminder("d", priority: 90))
    try story.event("E")
    story.advance(to: .days(1))
    #expect(story.sent == ["b@10h", "d@10h", "c@10h", "a@10h"])
  }

  @Test func `An api journey is entered by a request for it`() throws {
    var story = try Story(
      #"{"journey":"quote","enter":"api","again":"always","steps":[{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    )
    try story.event("Journey Requested", ["journey": .string("other")])
    try story.event("Journey Requested")
    #expect(story.sent.isEmpty)
    try story.event("Journey Requested", ["journey": .string("quote")])
    try story.event("Journey Requested", ["journey": .string("quote")])
    #expect(story.sent == ["x@0s", "x@0s"])
  }
}
