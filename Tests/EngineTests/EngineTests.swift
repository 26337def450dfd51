import Delivery
import Engine
import Journeys
import Profiles
import RoostCore
import Testing

/// One person's state, an input and a time go in; the next state and the effects come out.
@Suite struct EngineTests {
  private static func journey(_ key: String, enter: String, steps: String, rest: String = "") -> String {
    #"{"journey":"\#(key)","enter":\#(enter),"class":"transactional",\#(rest)"steps":[\#(steps)]}"#
  }
  private static func send(_ template: String, id: String? = nil) -> String {
    #"{"send":{"id":"\#(id ?? template)","channel":"email","template":"\#(template)"}}"#
  }
  private static let lapsing =
    #"{"segment":"lapsing","all":[{"event":"Ordered"},{"not":{"event":"Ordered","within":"30d"}}]}"#

  @Test func aTriggerSeesItsOwnEvent() throws {
    var world = try World()
    try world.letter("hello", "{{ person.plan }} {{ event.total }}")
    try world.put(
      .journey, "welcome",
      Self.journey(
        "welcome", enter: #"{"event":"Signed Up"}"#,
        steps: #"{"branch":[{"if":{"event":"Signed Up","count":1},"steps":[\#(Self.send("hello"))]}]}"#))
    let effects = try world.track(
      "Signed Up", at: .days(1), properties: [("total", .number(5))],
      traits: [("plan", .string("gold")), ("email", .string("a@shop.example"))])
    #expect(effects?.letters == ["hello: gold 5"])
    #expect(effects?.messages.first?.to == "a@shop.example")
    #expect(effects?.messages.first?.status == .scheduled)
  }

  @Test func timeAloneOpensASegmentToTheMillisecond() throws {
    var world = try World()
    try world.put(.segment, "lapsing", Self.lapsing)
    #expect(try world.changes(world.track("Ordered", at: .days(1))) == [])
    #expect(world.state.dueAt == World.time(.days(31)))
    #expect(try world.changes(world.wake(at: TimeSpan(milliseconds: TimeSpan.days(31).milliseconds - 1))) == [])
    #expect(world.state.dueAt == World.time(.days(31)))
    #expect(try world.changes(world.wake(at: .days(31))) == ["+lapsing"])
    #expect(world.state.dueAt == .distantFuture)
    #expect(try world.changes(world.track("Ordered", at: .days(40))) == ["-lapsing"])
  }

  /// A journey sets a trait, the trait lets the person into a segment, the segment starts a journey: all at once.
  @Test func definitionsChain() throws {
    var world = try World()
    try world.letter("vip", "Welcome, {{ person.level }}")
    try world.put(.segment, "gold", #"{"segment":"gold","trait":"level","is":"gold"}"#)
    try world.put(
      .journey, "raise",
      Self.journey("raise", enter: #"{"event":"Ordered"}"#, steps: #"{"set":{"trait":"level","to":"gold"}}"#))
    try world.put(.journey, "gift", Self.journey("gift", enter: #"{"segment":"gold"}"#, steps: Self.send("vip")))
    let effects = try world.track("Ordered", at: .days(1), traits: [("email", .string("a@shop.example"))])
    #expect(try world.changes(effects) == ["+gold"])
    #expect(effects?.letters == ["vip: Welcome, gold"])
    #expect(effects?.moves.filter { $0.phase == .finished }.count == 2)
  }

  /// Nobody woke the person in time: what was due yesterday still comes before today's event, which ends the journey.
  @Test func whatWasDueComesFirst() throws {
    var world = try World()
    try world.letter("first", "One")
    try world.letter("second", "Two")
    try world.put(
      .journey, "welcome",
      Self.journey(
        "welcome", enter: #"{"event":"Signed Up"}"#,
        steps: #"{"wait":"1d"},\#(Self.send("first")),{"wait":"1d"},\#(Self.send("second"))"#,
        rest: #""exit":[{"event":"Ordered"}],"#))
    _ = try world.track("Signed Up", at: .days(1), traits: [("email", .string("a@shop.example"))])
    let effects = try world.track("Ordered", at: .days(4))
    #expect(effects?.letters == ["first: One"])
    #expect(effects?.moves.last?.phase == .exited)
    // The time of the second letter may still be noted; nothing happens then.
    let later = try world.wake(at: .days(5))
    #expect(later.letters == [] && later.moves == [])
    #expect(world.state.dueAt == .distantFuture)
  }

  @Test func aKnownMessageIDChangesNothing() throws {
    var world = try World()
    try world.put(.segment, "lapsing", Self.lapsing)
    _ = try world.track("Ordered", at: .days(1), id: "m1")
    let before = world.state
    #expect(try world.track("Ordered", at: .days(2), id: "m1") == nil)
    #expect(try world.track("Signed Up", at: .days(3), id: "m1", traits: [("plan", .string("gold"))]) == nil)
    #expect(world.state == before)
  }

  /// History fills segments, and starts nothing: neither by its events nor by the segments it fills.
  @Test func historyStartsNothing() throws {
    var world = try World()
    try world.letter("hello", "Hello")
    try world.put(.segment, "lapsing", Self.lapsing)
    try world.put(.journey, "back", Self.journey("back", enter: #"{"segment":"lapsing"}"#, steps: Self.send("hello")))
    try world.put(.journey, "thanks", Self.journey("thanks", enter: #"{"event":"Ordered"}"#, steps: Self.send("hello")))
    let effects = try world.track("Ordered", at: .days(1), isHistorical: true, handledAt: .days(50))
    #expect(try world.changes(effects) == ["+lapsing"])
    #expect(effects?.messages == [])
    #expect(world.state.runs == [])
    #expect(world.state.counters.map(\.count) == [1])
  }

  @Test(arguments: [
    (ConsentPolicy.explicit, Bool?.none, "hello: no_consent"), (.explicit, true, "hello: Hello"),
    (.explicit, false, "hello: no_consent"), (.implied, nil, "hello: Hello"), (.implied, true, "hello: Hello"),
    (.implied, false, "hello: no_consent"),
  ])
  func marketingNeedsConsent(policy: ConsentPolicy, answer: Bool?, letter: String) throws {
    var world = try World(policy: policy)
    try world.letter("hello", "Hello")
    try world.put(
      .journey, "news",
      #"{"journey":"news","holdout":"0%","enter":{"event":"Ordered"},"steps":[\#(Self.send("hello"))]}"#)
    let effects = try world.track(
      "Ordered", at: .days(1), traits: [("email", .string("a@shop.example"))],
      consents: answer.map { [("marketing.email", $0)] } ?? [])
    #expect(effects?.letters == [letter])
  }

  /// A letter says what was true when it was decided, whatever later steps of the same handling set.
  @Test func aLetterKeepsItsMoment() throws {
    var world = try World()
    try world.letter("before", "{{ person.level | default: 'none' }}")
    try world.letter("after", "{{ person.level }}")
    try world.put(
      .journey, "raise",
      Self.journey(
        "raise", enter: #"{"event":"Ordered"}"#,
        steps: #"\#(Self.send("before")),{"set":{"trait":"level","to":"gold"}},\#(Self.send("after"))"#))
    let effects = try world.track("Ordered", at: .days(1), traits: [("email", .string("a@shop.example"))])
    #expect(effects?.letters == ["before: none", "after: gold"])
    let why = effects?.messages.first?.sentences.joined(separator: "; ") ?? ""
    #expect(why.contains("journey raise, version 1, step before, entry 1"))
    #expect(why.contains("triggered by Ordered"))
  }

  /// A segment may ask about journeys: whoever finished one is in it at once, and that starts the next.
  @Test func aSegmentFollowsAJourney() throws {
    var world = try World()
    try world.letter("next", "Next")
    try world.put(.journey, "a", Self.journey("a", enter: #"{"event":"Ordered"}"#, steps: #"{"wait":"1d"}"#))
    try world.put(.segment, "done", #"{"segment":"done","journey":"a","state":"finished"}"#)
    try world.put(.journey, "b", Self.journey("b", enter: #"{"segment":"done"}"#, steps: Self.send("next")))
    #expect(try world.track("Ordered", at: .days(1), traits: [("email", .string("a@shop.example"))])?.letters == [])
    let effects = try world.wake(at: .days(2))
    #expect(try world.changes(effects) == ["+done"])
    #expect(effects.letters == ["next: Next"])
  }

  /// Two who are one: counts add up, the segment sees both pasts.
  @Test func absorbingBringsBothPastsTogether() throws {
    var world = try World()
    try world.put(.segment, "twice", #"{"segment":"twice","event":"Ordered","count":{"atLeast":2}}"#)
    var other = world
    #expect(try world.changes(world.track("Ordered", at: .days(1))) == [])
    #expect(try other.changes(other.track("Ordered", at: .days(2))) == [])
    var effects = PersonEffects()
    try world.engine().absorb(other.state, into: &world.state, now: World.time(.days(3)), seed: 1, effects: &effects)
    #expect(try world.changes(effects) == ["+twice"])
    #expect(world.state.counters.map(\.count) == [2])
  }
}
