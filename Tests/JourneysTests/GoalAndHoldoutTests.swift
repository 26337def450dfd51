import Profiles
import RoostCore
import Testing

@testable import Journeys

@Suite struct GoalAndHoldoutTests {
  static func series(_ head: String) -> String {
    #"""
    {"journey":"series","again":"always",\#(head)"enter":{"event":"E"},"steps":[
      {"send":{"id":"a","channel":"email","template":"t"}},{"wait":"2d"},
      {"send":{"id":"b","channel":"email","template":"t"}},{"wait":"30d"}]}
    """#
  }

  @Test func `A goal that is reached ends the run at once, whatever the step`() throws {
    var story = try Story(
      Self.series(
        #""goal":{"event":"Order Completed","where":{"total":{"atLeast":10}}},"exit":[{"event":"Order Completed"}],"#))
    try story.event("E")
    story.advance(to: .days(1))
    try story.event("Order Completed", ["total": .number(10)])
    #expect(story.moves.last?.reason == .goal)
    #expect(story.moves.last?.from == 1)
    #expect(story.due == .distantFuture)
    story.advance(to: .days(60))
    #expect(story.sent == ["a@0s"])
    // Too small an order is an exit only.
    try story.event("E")
    try story.event("Order Completed", ["total": .number(9)])
    #expect(story.moves.last?.reason == .rule(0))
  }

  @Test func `A goal counts by when it happened, from entering to the window's end`() throws {
    let document = Self.series(#""goal":{"event":"Order Completed","within":"5d"},"#)
    func story(_ day: Int64, late: TimeSpan) throws -> JourneyMove? {
      var story = try Story(document, start: Instant(milliseconds: 86_400_000_000))
      story.advance(to: .days(1))
      try story.event("E")
      story.advance(to: .days(day))
      try story.event("Order Completed", late: late)
      return story.moves.last
    }
    #expect(try story(6, late: .seconds(0))?.reason == .goal)
    #expect(try story(6, late: .days(6))?.reason == nil)
    #expect(try story(7, late: .seconds(0))?.phase == .running)
    #expect(try story(7, late: .days(2))?.reason == .goal)
  }

  @Test func `A paused journey's goal counts`() throws {
    let document = Self.series(#""goal":{"event":"Order Completed"},"#)
    var story = try Story(document)
    try story.event("E")
    story.replaceProgram([.init(status: .paused, published: 1, versions: [try story.compile(document, version: 1)])])
    try story.event("Order Completed")
    #expect(story.run("series")?.phase == .exited)
  }

  /// Who is held out of what, for the same 4,000 people.
  @Test func `Holdouts are stable, about as large as they should be, and independent of each other`() throws {
    func held(_ journey: String, _ share: Int) -> Set<UInt64> {
      Set(
        (1...4_000 as ClosedRange<UInt64>).filter {
          Lot(holdoutOf: journey, workspace: WorkspaceID(1), person: PersonID(mix64($0)))
            .isWithin(Share(hundredths: share))
        })
    }
    let five = held("series", 500)
    // 5 % of 4,000 is 200, with a standard deviation of √(4000 · 0.05 · 0.95) ≈ 13.8: within four of them.
    #expect((145...255).contains(five.count))
    #expect(five == held("series", 500))
    #expect(five.isSubset(of: held("series", 1_000)))
    // Independent: 5 % of 5 % of 4,000 is 10.
    #expect((0...23).contains(five.intersection(held("other", 500)).count))
  }

  @Test func `Whoever is held out enters, is out at once and gets nothing`() throws {
    let document = Self.series(#""holdout":"99.99%","#)
    var story = try Story(document)
    let lot = Lot(holdoutOf: "series", workspace: WorkspaceID(1), person: story.state.id)
    #expect(lot.isWithin(Share(hundredths: 9_999)))
    try story.event("E")
    story.advance(to: .days(90))
    #expect(story.sent.isEmpty)
    #expect(story.moves.map(\.phase) == [.heldOut])
    #expect(story.run("series")?.phase == .heldOut)
    #expect(story.run("series")?.trigger == [])
    #expect(story.due == .distantFuture)
    try story.event("E")
    #expect(story.run("series")?.entries == 2)
    // An exposure is an entry: never means never.
    var once = try Story(document.replacing(#""again":"always""#, with: #""again":"never""#))
    try once.event("E")
    try once.event("E")
    #expect(once.moves.count == 1)
  }

  @Test func `Nobody is held out of transactional journeys, everybody may be out of all others`() throws {
    for (kind, sent) in [("marketing", 0), ("transactional", 1)] {
      let document = Self.series("\"class\":\"\(kind)\",\"holdout\":\"0%\",")
      var story = try Story()
      story.surroundings = try Story.surroundings(story.symbols, policies: #"{"globalHoldout":"99.99%"}"#)
      story.replaceProgram([.init(status: .live, published: 1, versions: [try story.compile(document, version: 1)])])
      try story.event("E")
      #expect(story.sent.count == sent)
    }
  }
}

extension String {
  func replacing(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
