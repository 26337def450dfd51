import Console
import Journeys
import RoostCore
import Testing

@testable import Server

struct StepCountTests {
  @Test func stepsCarryTheirCounts() throws {
    let json = try JSONValue(
      yaml: """
        journey: winback
        enter: { segment: lapsing }
        steps:
          - { id: first, wait: 10m }
          - send: { id: miss-you, channel: email, template: a }
          - { id: second, wait: 14d }
          - branch:
              - if: { trait: country, in: [IT, ES] }
                steps: [{ send: { id: gift, channel: email, template: b } }]
              - else: [{ send: { id: coupon, channel: email, template: c } }]
          - set: { trait: tried, to: true }
        """)
    let definition = try JourneyDefinition(json: json)
    let counts = JourneyStepCounts(
      document: json, waiting: ["first": 5, "second": 10],
      passed: ["first": 92, "miss-you": 92, "second": 52, "step-4": 52, "gift": 12, "coupon": 40, "step-5": 52])
    let steps = counts.count(definition.steps)
    #expect(steps.map(\.passed) == [92, 92, 52, 52, 52])
    #expect(steps.map(\.waiting) == [5, 0, 10, 0, 0])
    #expect(steps[3].arms.map(\.condition) == ["trait: country, in: [IT, ES]", ""])
    #expect(steps[3].arms.map { $0.steps[0].passed } == [12, 40])
  }

  @Test func pointers() throws {
    let json = try JSONValue(parsing: #"{"a":[{"b/c":1},{"~":2}]}"#)
    #expect(json.at(pointer: "/a/0/b~1c") == 1)
    #expect(json.at(pointer: "/a/1/~0") == 2)
    #expect(json.at(pointer: "") == json)
    #expect(json.at(pointer: "/a/2") == nil)
  }
}
