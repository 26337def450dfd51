import Profiles
import RoostCore
import Testing

@testable import Segments

/// Sequences: the rule from docs/segments.md by hand, and what happens beyond 256 occurrences.
@Suite struct SequenceTests {
  let symbols = SymbolTable()
  static let minute: Int64 = 60_000

  func program(_ json: JSONValue) throws -> SegmentProgram {
    var registry = TrackerRegistry()
    let source = SegmentSource(slot: 0, key: "s", expression: try Expression(json: json), state: .live, epoch: 0)
    return try SegmentProgram(segments: [source], trackers: &registry, symbols: symbols)
  }

  /// Membership after each of the events, given as name and minute.
  func memberships(_ json: JSONValue, _ events: [(String, Int64)]) throws -> [Bool] {
    let program = try program(json)
    var state = PersonState.fresh()
    return events.map { name, minute in
      let time = RandomWorld.start + minute * Self.minute
      program.record(PlainEvent(name: name, time: time, properties: [:]), in: &state, symbols)
      var changes: [MembershipChange] = []
      _ = program.evaluate(&state, now: Instant(milliseconds: time), changes: &changes)
      return state.isMember(0)
    }
  }

  @Test func abandonedCheckout() throws {
    let json: JSONValue = [
      "sequence": ["Product Viewed", "Checkout Started"], "within": "1d", "not": "Order Completed",
    ]
    #expect(try memberships(json, [("Product Viewed", 0), ("Checkout Started", 5)]) == [false, true])
    #expect(try memberships(json, [("Product Viewed", 0), ("Checkout Started", 1_440)]) == [false, true])
    #expect(try memberships(json, [("Product Viewed", 0), ("Checkout Started", 1_441)]) == [false, false])
    #expect(try memberships(json, [("Checkout Started", 0), ("Product Viewed", 5)]) == [false, false])
    // Bought within the day that began with the view: not abandoned; later: it was.
    let view: [(String, Int64)] = [("Product Viewed", 0), ("Checkout Started", 5)]
    #expect(try memberships(json, view + [("Order Completed", 1_440)]) == [false, true, false])
    #expect(try memberships(json, view + [("Order Completed", 1_441)]) == [false, true, true])
    // An order that arrives late counts where it happened.
    #expect(try memberships(json, view + [("Page", 3_000), ("Order Completed", 60)]) == [false, true, true, false])
  }

  @Test func equalStepsNeedDistinctEvents() throws {
    #expect(try memberships(["sequence": ["A", "A"]], [("A", 0), ("A", 0)]) == [false, true])
    #expect(try memberships(["sequence": ["A", "B", "A"]], [("B", 0), ("A", 0), ("A", 0)]) == [false, false, true])
  }

  @Test func withoutNotItIsFinishedForEverAndForgets() throws {
    let program = try program(["sequence": ["A", "B"], "within": "1h"])
    var state = PersonState.fresh()
    for (name, minute) in [("A", Int64(0)), ("B", 1), ("A", 2), ("C", 3)] {
      let time = RandomWorld.start + minute * Self.minute
      program.record(PlainEvent(name: name, time: time, properties: [:]), in: &state, symbols)
    }
    #expect(state.trackers.values == [SequenceTracker.isTrue | SequenceTracker.isDecided])
  }

  @Test func beyondTheLimitItStaysDecidedAndBounded() throws {
    let json: JSONValue = ["sequence": ["A", "B"], "within": "1h", "not": "C"]
    let finished: [(String, Int64)] = [("A", 0), ("B", 1)]
    let views = (0..<400).map { ("B", Int64($0 + 100)) }
    #expect(try memberships(json, finished + views).allSatisfy { $0 } == false)
    #expect(try memberships(json, finished + views).dropFirst().allSatisfy { $0 })
    let program = try program(json)
    var state = PersonState.fresh()
    for (name, minute) in [("A", Int64(0)), ("C", 1)] + views {
      let time = RandomWorld.start + minute * Self.minute
      program.record(PlainEvent(name: name, time: time, properties: [:]), in: &state, symbols)
      #expect(state.trackers.values.count <= 1 + SequenceTracker.occurrencesMax)
    }
    #expect(state.trackers.values[0] == 0)
  }
}
