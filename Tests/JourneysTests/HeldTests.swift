import Delivery
import Profiles
import RoostCore
import Testing

@testable import Journeys

/// Messages that may not go out yet: the run waits at them.
@Suite struct HeldTests {
  static let quiet = #"{"quietHours":{"from":"21:00","to":"09:00","over":"hold"}}"#
  static let onceADay = #"{"caps":[{"max":1,"per":"1d","scope":"all","over":"hold"}]}"#

  static func story(_ policies: String, _ documents: String...) throws -> Story {
    var story = try Story()
    story.surroundings = try Story.surroundings(story.symbols, policies: policies)
    let versions = try documents.map { try story.compile($0, version: 1) }
    story.replaceProgram(versions.map { .init(status: .live, published: 1, versions: [$0]) })
    return story
  }

  static func journey(_ key: String, _ head: String = "", steps: String? = nil) -> String {
    let own =
      #"{"send":{"id":"\#(key)1","channel":"email","template":"t"}},{"send":{"id":"\#(key)2","channel":"email","template":"t"}}"#
    return #"{"journey":"\#(key)","again":"always",\#(head)"enter":{"event":"E"},"steps":[\#(steps ?? own)]}"#
  }

  @Test func `A message in quiet hours waits for the morning, and what follows it with it`() throws {
    var story = try Self.story(Self.quiet, Self.journey("a"))
    story.advance(to: .hours(22))
    try story.event("E")
    #expect(story.held == ["a1@22h"])
    #expect(story.sent == [])
    #expect(story.moves.last?.to == 0)
    story.advance(to: .days(2))
    #expect(story.sent == ["a1@33h", "a2@33h"])
    // One message under one name: first held, then sent; it is as old as it is.
    #expect(story.intents.map(\.step) == ["a1", "a1", "a2"])
    #expect(story.intents[0].id == story.intents[1].id)
    #expect(story.intents[1].createdAt == Instant(milliseconds: 22 * 3_600_000))
    #expect(story.run("a")?.phase == .finished)
    #expect(story.run("a")?.heldSince == nil)
  }

  @Test func `A step may skip instead`() throws {
    let steps = """
      {"send":{"id":"x","channel":"email","template":"t","quiet":"skip"}},{"wait":"12h"},
      {"send":{"id":"y","channel":"email","template":"t"}}
      """
    var story = try Self.story(Self.quiet, Self.journey("a", steps: steps))
    story.advance(to: .hours(22))
    try story.event("E")
    story.advance(to: .days(2))
    #expect(story.suppressed == ["x@22h quiet_hours"])
    #expect(story.sent == ["y@34h"])
  }

  @Test func `Over a cap the run waits for a place, and steps keep their order`() throws {
    var story = try Self.story(Self.onceADay, Self.journey("a"))
    try story.event("E")
    story.advance(to: .days(3))
    #expect(story.sent == ["a1@0s", "a2@1d"])
    #expect(story.held == ["a2@0s"])
  }

  @Test func `The freed place is for the highest priority`() throws {
    var story = try Self.story(
      Self.onceADay, Self.journey("low", #""priority":10,"#), Self.journey("mid"),
      Self.journey("top", #""priority":90,"#))
    try story.event("E")
    story.advance(to: .days(9))
    #expect(story.sent == ["top1@0s", "top2@1d", "mid1@2d", "mid2@3d", "low1@4d", "low2@5d"])
    #expect(Set(story.intents.map(\.id)).count == 6)
  }

  @Test func `A transactional message goes out whatever the caps and the hour`() throws {
    var story = try Self.story(Self.onceADay, Self.journey("a"), Self.journey("r", #""class":"transactional","#))
    try story.event("E")
    #expect(story.sent.sorted() == ["a1@0s", "r1@0s", "r2@0s"])
  }

  @Test(arguments: [
    (#""exit":[{"event":"Stop"}],"#, "exit rule 1"), (#""goal":{"event":"Stop"},"#, "the goal was reached"),
  ])
  func `Who leaves while a message is held does not get it`(head: String, reason: String) throws {
    var story = try Self.story(Self.quiet, Self.journey("a", head))
    story.advance(to: .hours(22))
    try story.event("E")
    story.advance(to: .hours(23))
    try story.event("Stop")
    #expect(story.suppressed == ["a1@23h journey_exit"])
    #expect(story.intents[0].id == story.intents[1].id)
    #expect(story.intents[1].createdAt == story.intents[0].createdAt)
    #expect(story.moves.last?.reason?.text == reason)
    story.advance(to: .days(2))
    #expect(story.sent == [])
  }

  @Test func `Archived, paused, edited and merged while a message is held`() throws {
    func held() throws -> Story {
      var story = try Self.story(Self.quiet, Self.journey("a"))
      story.advance(to: .hours(22))
      try story.event("E")
      return story
    }
    var archived = try held()
    let version = try archived.compile(Self.journey("a"), version: 1)
    archived.replaceProgram([.init(status: .archived, published: 1, versions: [version])])
    archived.advance(to: .days(2))
    #expect(archived.suppressed == ["a1@22h journey_exit"])

    var paused = try held()
    paused.replaceProgram([.init(status: .paused, published: 1, versions: [version])])
    paused.advance(to: .days(2))
    #expect(paused.sent == [])
    paused.replaceProgram([.init(status: .live, published: 1, versions: [version])])
    paused.advance(to: .hours(60))
    #expect(paused.sent == ["a1@57h", "a2@57h"])

    // Asked about again under the same name, as the new version has it.
    var edited = try held()
    let steps = #"{"send":{"id":"a1","channel":"email","template":"hello"}}"#
    let new = try edited.compile(Self.journey("a", #""inside":"migrate","#, steps: steps), version: 2)
    edited.replaceProgram([.init(status: .live, published: 2, versions: [version, new])])
    edited.advance(to: .days(2))
    #expect(edited.sent == ["a1@33h"])
    #expect(Set(edited.intents.map(\.id)).count == 1)
    #expect(edited.intents.last?.template == "hello")

    // Sent elsewhere: the message is taken back.
    var moved = try held()
    let other = try moved.compile(
      Self.journey("a", #""inside":{"migrate":{"a1":"w"}},"#, steps: #"{"id":"w","wait":"1d"}"#), version: 2)
    moved.replaceProgram([.init(status: .live, published: 2, versions: [version, other])])
    moved.advance(to: .days(2))
    #expect(moved.suppressed == ["a1@22h journey_exit"])
    #expect(moved.sent == [])

    // Two people with the same message held: the first one's stays, under its name.
    var one = try held()
    var two = one.twin(PersonID(99))
    try two.event("E")
    let name = one.intents[0].id
    let its = two.intents[0].id
    #expect(name != its)
    one.absorb(two)
    one.advance(to: .days(2))
    #expect(one.intents.filter { $0.id == its }.count == 1)
    #expect(one.suppressed == ["a1@22h journey_exit"])
    #expect(one.intents.last { $0.step == "a1" }?.id == name)
    #expect(one.sent == ["a1@33h", "a2@33h"])
  }
}
