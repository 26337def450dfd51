import Profiles
import RoostCore
import Testing

@testable import Journeys

@Suite struct LeavingTests {
  static let cart = """
    {"journey":"cart","again":"always","enter":{"event":"Checkout Started"},
     "exit":[{"segment":"complained"},{"event":"Order Completed","where":{"total":{"moreThan":0}}}],
     "steps":[{"wait":"1h"},{"send":{"id":"first","channel":"email","template":"t"}},
              {"wait":"1d"},{"send":{"id":"second","channel":"email","template":"t"}}]}
    """

  @Test func `An order ends the reminders at once, at whatever step`() throws {
    var story = try Story(Self.cart)
    try story.event("Checkout Started")
    story.advance(to: .hours(2))
    try story.event("Order Completed", ["total": .number(0)])
    #expect(story.run("cart")?.phase == .running)
    try story.event("Order Completed", ["total": .number(5)])
    #expect(story.run("cart")?.phase == .exited)
    #expect(story.moves.last?.reason == .rule(1))
    #expect(story.moves.last?.from == 2)
    #expect(story.due == .distantFuture)
    story.advance(to: .days(30))
    #expect(story.sent == ["first@1h"])
  }

  @Test func `An order in the very moment of the reminder comes too late: what was due happens first`() throws {
    var story = try Story(Self.cart)
    try story.event("Checkout Started")
    story.advance(to: .minutes(59))
    story.pass(to: .hours(1))
    try story.event("Order Completed", ["total": .number(5)])
    #expect(story.sent == ["first@1h"])
    #expect(story.run("cart")?.phase == .exited)
  }

  @Test func `The segment of an exit rule acts at once`() throws {
    var story = try Story(Self.cart)
    try story.event("Checkout Started")
    try story.enter("complained")
    #expect(story.moves.last?.reason == .rule(0))
    #expect(story.run("cart")?.phase == .exited)
  }

  @Test func `A late order from before the trigger is no answer to it, one from after it is`() throws {
    var story = try Story(Self.cart)
    story.advance(to: .hours(5))
    try story.event("Checkout Started")
    story.advance(to: .minutes(330))
    try story.event("Order Completed", ["total": .number(5)], late: .minutes(31))
    #expect(story.run("cart")?.phase == .running)
    try story.event("Order Completed", ["total": .number(5)], late: .minutes(10))
    #expect(story.run("cart")?.phase == .exited)
  }

  @Test func `Without a trigger any order counts that arrives`() throws {
    var story = try Story(
      #"{"journey":"back","enter":{"segment":"lapsing"},"exit":[{"event":"Order Completed"}],"steps":[{"wait":"1d"},{"exit":true}]}"#
    )
    story.advance(to: .days(100))
    try story.enter("lapsing")
    try story.event("Order Completed", late: .days(5))
    #expect(story.run("back")?.phase == .exited)
  }

  @Test func `History takes nobody out`() throws {
    var story = try Story(Self.cart)
    try story.event("Checkout Started")
    try story.event("Order Completed", ["total": .number(5)], isHistorical: true)
    #expect(story.run("cart")?.phase == .running)
  }

  @Test func `The event that starts a journey does not end it, the next one does and starts it anew`() throws {
    var story = try Story(
      """
      {"journey":"a","again":"always","enter":{"event":"E"},"exit":[{"event":"E"}],
       "steps":[{"wait":"1d"},{"send":{"id":"x","channel":"email","template":"t"}}]}
      """)
    try story.event("E")
    #expect(story.run("a")?.entries == 1)
    story.advance(to: .hours(12))
    try story.event("E")
    #expect(story.run("a")?.entries == 2)
    #expect(story.run("a")?.phase == .running)
    story.advance(to: .days(9))
    #expect(story.sent == ["x@36h"])
  }

  @Test func `An exit step ends the journey`() throws {
    var story = try Story(
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"exit":true},{"send":{"id":"x","channel":"email","template":"t"}}]}"#
    )
    try story.event("E")
    #expect(story.sent.isEmpty)
    #expect(story.run("a")?.phase == .exited)
    #expect(story.moves.last?.reason == .step)
  }
}
