import RoostCore
import Segments
import Testing

/// Definitions: what is understood, and what is said about what is not.
@Suite struct ParserTests {
  @Test func readsTheContractsSegment() throws {
    let definition = try SegmentDefinition(json: [
      "segment": "lapsing", "name": "Bought before, silent for 30 days",
      "all": [
        ["event": "Order Completed", "count": ["atLeast": 1]],
        ["not": ["event": "Order Completed", "within": "30d"]],
        ["trait": "country", "in": ["IT", "ES"]],
        ["sum": "total", "of": "Order Completed", "within": "90d", "atLeast": 100],
        ["sequence": ["Product Viewed", "Checkout Started"], "within": "1d", "not": "Order Completed"],
        ["journey": "welcome", "state": "finished"], ["segment": "vip"],
      ],
    ])
    #expect(definition.key == "lapsing")
    #expect(definition.name == "Bought before, silent for 30 days")
    let order = EventPattern(event: "Order Completed")
    #expect(
      definition.expression
        == .all([
          .condition(.event(EventCondition(pattern: order, count: CountRange(least: 1)))),
          .not(.condition(.event(EventCondition(pattern: order, window: .days(30))))),
          .condition(
            .trait(TraitCondition(trait: "country", tests: [.oneOf([.text("IT"), .text("ES")])]))),
          .condition(
            .sum(
              SumCondition(
                property: "total", pattern: order, window: .days(90),
                range: CountRange(least: 100_000_000, most: .max)))),
          .condition(
            .sequence(
              SequenceCondition(
                steps: [EventPattern(event: "Product Viewed"), EventPattern(event: "Checkout Started")],
                window: .days(1), without: order))),
          .condition(.journey(key: "welcome", state: .finished)), .condition(.segment(key: "vip")),
        ]))
  }

  @Test func readsTheOtherForms() throws {
    let pattern = EventPattern(event: "A")
    #expect(
      try Expression(json: ["event": "A", "count": ["moreThan": 2, "lessThan": 9], "within": "2h"])
        == .condition(.event(EventCondition(pattern: pattern, count: CountRange(least: 3, most: 8), window: .hours(2))))
    )
    #expect(
      try Expression(json: ["event": "A", "count": 2])
        == .condition(.event(EventCondition(pattern: pattern, count: CountRange(least: 2, most: 2)))))
    #expect(
      try Expression(json: ["event": "A", "first": ["after": "2026-03-01", "before": "2026-03-02T00:00:00+01:00"]])
        == .condition(
          .occurrence(
            OccurrenceCondition(
              pattern: pattern, which: .first, before: Instant(milliseconds: 1_772_406_000_000),
              after: Instant(milliseconds: 1_772_323_200_000)))))
    #expect(
      try Expression(json: ["event": "A", "where": ["total": ["atLeast": 50], "coupon": "X"]])
        == .condition(
          .event(
            EventCondition(
              pattern: EventPattern(
                event: "A",
                filters: [
                  PropertyTest(property: "coupon", tests: [.oneOf([.text("X")])]),
                  PropertyTest(property: "total", tests: [.atLeast(50)]),
                ])))))
    #expect(
      try Expression(json: ["consent": "marketing.email", "granted": false])
        == .condition(.consent(purpose: "marketing.email", isGranted: false)))
    #expect(
      try Expression(json: ["orders": "revenue", "currency": "EUR", "moreThan": .double(99.5)])
        == .condition(
          .orders(OrdersCondition(figure: .revenue, currency: "EUR", range: CountRange(least: 99_500_001, most: .max))))
    )
    #expect(
      try Expression(json: ["trigger": ["total": ["atLeast": 50]]], context: .journey)
        == .condition(.trigger([PropertyTest(property: "total", tests: [.atLeast(50)])])))
  }

  /// Each wrong input, where the finding points, and a word of the remedy.
  static let mistakes: [(JSONValue, String, String)] = [
    (["event": "A", "wihtin": "30d"], "/wihtin", "did you mean `within`?"),
    (["evnet": "A"], "", "did you mean `event`?"),
    (["colour": "red"], "", "one of `all`"),
    ("A", "", "expected a condition"),
    (["all": []], "/all", "at least one"),
    (["all": [["event": "A"], ["event": ""]]], "/all/1/event", "name of 1 to 256"),
    (["not": [["event": "A"]]], "/not", "{\"not\": {\"any\""),
    (["event": "A", "within": "30 days"], "/within", "`30d`"),
    (["event": "A", "within": "0s"], "/within", "duration"),
    (["event": "A", "count": ["atLeast": 300], "within": "1d"], "/count", "at most 255"),
    (["event": "A", "count": ["atLeast": 3, "lessThan": 2]], "/count", "no number"),
    (["event": "A", "count": ["atLeast": .double(1.5)]], "/count/atLeast", "whole number"),
    (["event": "A", "first": ["within": "1d"], "within": "1d"], "/within", "does not go with"),
    (["event": "A", "last": ["after": "yesterday"]], "/last/after", "2026-03-01"),
    (["event": "A", "where": ["total": ["atLast": 1]]], "/where/total/atLast", "did you mean `atLeast`?"),
    (["event": "A", "where": ["a/b~c": [1]]], "/where/a~1b~0c", "{\"in\""),
    (["event": "A", "where": ["d": ["within": "1d"]]], "/where/d/within", "unknown key"),
    (["trait": "country"], "", "needs a test"),
    (["trait": "country", "is": .null], "/is", "{\"exists\": false}"),
    (["trait": "age", "atLeast": "18"], "/atLeast", "expected a number"),
    (["sum": "total", "atLeast": 1], "", "needs `of`"),
    (["sum": "total", "of": "A"], "", "needs a comparison"),
    (["sequence": ["A"]], "/sequence", "2 to 8"),
    (["sequence": ["A", "B"], "not": "B"], "/not", "never come true"),
    (["journey": "j", "state": "done"], "/state", "`finished`"),
    (["consent": "marketing", "granted": "yes"], "/granted", "true or false"),
    (["orders": "revenue", "atLeast": 1], "", "currency"),
    (["trigger": ["total": 1]], "/trigger", "only a journey"),
  ]

  @Test(arguments: mistakes.indices)
  func saysWhatIsWrongAndWhatWouldBeRight(index: Int) throws {
    let (json, pointer, words) = Self.mistakes[index]
    let problem = try #require(throws: Problem.self) { try Expression(json: json, pointer: "/if") }
    #expect(
      problem.findings.contains { $0.pointer == "/if" + pointer && $0.detail.contains(words) }, "\(problem.findings)")
  }

  @Test func collectsAllFindings() throws {
    let problem = try #require(throws: Problem.self) {
      try SegmentDefinition(json: ["segment": "A B", "name": 1, "any": [["event": 1], ["trait": "x"]]])
    }
    #expect(problem.findings.map(\.pointer) == ["/segment", "/name", "/any/0/event", "/any/1"])
  }

  @Test func limitsDepthAndNumber() throws {
    var deep: JSONValue = ["event": "A"]
    for _ in 0..<15 { deep = ["not": deep] }
    _ = try Expression(json: deep)
    #expect(throws: Problem.self) { try Expression(json: ["not": deep]) }
    let conditions = (0..<256).map { JSONValue.object([.init("event", .string("E\($0)"))]) }
    _ = try Expression(json: ["any": .array(conditions)])
    #expect(throws: Problem.self) { try Expression(json: ["any": .array(conditions + conditions.prefix(1))]) }
  }

  @Test func keepsKeysInLine() throws {
    let json: JSONValue = ["name": "VIP", "event": "A"]
    #expect(try SegmentDefinition(json: json, key: "vip").key == "vip")
    #expect(throws: Problem.self) { try SegmentDefinition(json: json) }
    #expect(throws: Problem.self) { try SegmentDefinition(json: ["segment": "vip", "event": "A"], key: "other") }
    #expect(throws: Problem.self) { try SegmentDefinition(json: ["segment": "vip", "not": ["segment": "vip"]]) }
  }
}
