import RoostCore
import Testing

@testable import Journeys

/// Stories over months, with segments that follow time.
@Suite struct ScenarioTests {
  static let winback = """
    {"journey":"winback","enter":{"segment":"lapsing"},"again":"after 90d",
     "exit":[{"event":"Order Completed"},{"segment":"complained"}],
     "steps":[{"wait":"10m"},{"send":{"id":"miss-you","channel":"email","template":"t"}},{"wait":"7d"},
       {"branch":[{"if":{"trait":"vip","is":true},"steps":[{"send":{"id":"gift","channel":"email","template":"t"}}]},
                  {"else":[{"send":{"id":"coupon","channel":"email","template":"t"}}]}]},
       {"set":{"trait":"winback_tried","to":true}}]}
    """

  /// Orders on days 0, 20, 60 and 300. Thirty days of silence end on days 50, 90 and 330:
  /// * day 50: entered; the letter goes out ten minutes later, the coupon a week after it (day 57);
  /// * day 90: not ninety days since day 50: nothing;
  /// * day 330: entered again, now a gift.
  @Test func `Twelve months of a customer`() throws {
    var story = try Story(Self.winback)
    story.followsSegments = true
    try story.event("Order Completed")
    story.advance(to: .days(20))
    try story.event("Order Completed")
    story.advance(to: .days(60))
    try story.event("Order Completed")
    story.advance(to: .days(300))
    try story.event("Order Completed", traits: ["vip": .bool(true)])
    story.advance(to: .days(400))
    #expect(story.sent == ["miss-you@72010m", "coupon@82090m", "miss-you@475210m", "gift@485290m"])
    #expect(story.run("winback")?.entries == 2)
    #expect(story.trait("winback_tried") == .bool(true))
  }

  @Test func `An order or a complaint in time silences the rest`() throws {
    var story = try Story(Self.winback)
    story.followsSegments = true
    try story.event("Order Completed")
    story.advance(to: .days(33))
    try story.event("Order Completed")
    story.advance(to: .days(200))
    #expect(story.sent == ["miss-you@43210m"])
    var other = try Story(Self.winback)
    other.followsSegments = true
    try other.event("Order Completed")
    other.advance(to: .days(33))
    try other.event("Complained")
    other.advance(to: .days(300))
    #expect(other.sent == ["miss-you@43210m"])
    #expect(other.moves.last?.reason == .rule(1))
  }
}
