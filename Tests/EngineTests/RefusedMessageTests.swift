import Delivery
import Engine
import RoostCore
import Testing

/// A message that a strict template refuses was never sent: it takes nobody's place.
@Suite struct RefusedMessageTests {
  private func world(_ cap: String, strict: Bool = true) throws -> World {
    var world = try World(policy: .implied)
    try world.put(.policies, "policies", #"{"caps":[\#(cap)]}"#)
    try world.put(
      .template, "gap", #"{"channel":"email","strict":\#(strict),"subject":"Gap","text":"Hi {{ person.first_name }}"}"#)
    try world.letter("plain", "Plain")
    for (key, event, template) in [("a", "A", "gap"), ("b", "B", "plain")] {
      try world.put(
        .journey, key,
        #"""
        {"journey":"\#(key)","enter":{"event":"\#(event)"},"again":"always","holdout":"0%",
         "steps":[{"send":{"id":"s","channel":"email","template":"\#(template)"}}]}
        """#)
    }
    _ = try world.track("Arrived", at: .seconds(1), traits: [("email", .string("ann@shop.example"))])
    return world
  }

  /// One letter a week by each way of counting: the refused one leaves the place, the sent one takes it.
  @Test(arguments: [
    #"{"max":1,"per":"7d"}"#, #"{"max":1,"per":"7d","scope":"channel:email"}"#,
    #"{"max":1,"per":"1w","scope":"class:marketing","window":"calendar"}"#,
  ])
  func itsPlaceIsFree(cap: String) throws {
    var world = try world(cap.replacing("}", with: #","over":"skip"}"#))
    #expect(try world.track("A", at: .minutes(1))?.letters == ["gap: missing_values"])
    #expect(world.state.delivery.marks.isEmpty)
    #expect(try world.track("B", at: .minutes(2))?.letters == ["plain: Plain"])
    #expect(try world.track("A", at: .minutes(3))?.letters == ["gap: frequency_cap"])
    #expect(try world.track("B", at: .minutes(4))?.letters == ["plain: frequency_cap"])
    #expect(world.state.delivery.marks.count == 1)
  }

  /// What was taken before by others stays taken, also at the same moment.
  @Test func onlyItsOwnPlace() throws {
    var world = try world(#"{"max":2,"per":"7d","over":"skip"}"#)
    #expect(try world.track("B", at: .minutes(1), id: "1")?.letters == ["plain: Plain"])
    #expect(try world.track("A", at: .minutes(1), id: "2")?.letters == ["gap: missing_values"])
    #expect(world.state.delivery.marks.count == 1)
    #expect(try world.track("B", at: .minutes(1), id: "3")?.letters == ["plain: Plain"])
    #expect(try world.track("B", at: .minutes(1), id: "4")?.letters == ["plain: frequency_cap"])
  }

  @Test func aLooseTemplateIsSentAndCounts() throws {
    var world = try world(#"{"max":1,"per":"7d","over":"skip"}"#, strict: false)
    #expect(try world.track("A", at: .minutes(1))?.letters == ["gap: Gap"])
    #expect(try world.track("B", at: .minutes(2))?.letters == ["plain: frequency_cap"])
  }

  /// However triggers and missing values meet, exactly so many are sent as the cap allows.
  @Test func neverMoreNorFewer() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      var random = SeededRandom(seed: seed)
      var world = try world(#"{"max":3,"per":"7d","over":"skip"}"#)
      var sent = 0
      var plain = 0
      for number in 0..<30 {
        let isPlain = random.below(3) == 0
        plain += isPlain ? 1 : 0
        let effects = try world.track(isPlain ? "B" : "A", at: .minutes(Int64(1 + number)))
        sent += effects?.messages.count { $0.status == .scheduled } ?? 0
      }
      #expect(sent == min(3, plain), "seed \(seed)")
    }
  }

  /// A replay does as the log says, whatever the template's values would say by now.
  @Test func aReplayGoesByTheRecord() throws {
    var live = try world(#"{"max":1,"per":"7d","over":"skip"}"#)
    let refused = try #require(try live.track("A", at: .minutes(1))?.messages.first)
    var bytes: [UInt8] = []
    refused.encode(into: &bytes)
    #expect(try bytes.withUnsafeBytes { try MessageRecord.refusedForValues($0) } == refused.id)
    let other = try #require(try live.track("B", at: .minutes(2))?.messages.first)
    bytes = []
    other.encode(into: &bytes)
    #expect(try bytes.withUnsafeBytes { try MessageRecord.refusedForValues($0) } == nil)
    for (recorded, marks) in [([refused.id], 0), ([], 1)] as [(Set<IntentID>, Int)] {
      var replayed = try world(#"{"max":1,"per":"7d","over":"skip"}"#)
      _ = try replayed.track("A", at: .minutes(1), recorded: recorded)
      #expect(replayed.state.delivery.marks.count == marks)
    }
  }
}
