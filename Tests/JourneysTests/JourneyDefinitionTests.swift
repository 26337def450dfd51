import RoostCore
import Segments
import Testing

@testable import Journeys

@Suite struct JourneyDefinitionTests {
  @Test func `A journey with the usual forms`() throws {
    let json = try JSONValue(
      parsing: """
        {"journey": "winback", "name": "Win back", "enter": {"event": "Order Completed", "where": {"total": {"atLeast": 50}}},
         "again": "after 30d", "class": "transactional", "holdout": "0%", "timezone": "UTC",
         "exit": [{"event": "Order Refunded"}, {"segment": "complained"}],
         "steps": [
           {"wait": "10m"},
           {"send": {"id": "miss-you", "channel": "email", "template": "miss-you-2"}},
           {"branch": [
             {"if": {"trait": "country", "is": "IT"}, "steps": [{"wait": {"until": "MON 10:30"}}, {"exit": true}]},
             {"else": [{"id": "mark", "set": {"trait": "winback_tried", "to": true}}]}]}]}
        """)
    let journey = try JourneyDefinition(json: json)
    #expect(journey.key == "winback")
    #expect(journey.name == "Win back")
    #expect(
      journey.entry
        == .event(
          EventPattern(event: "Order Completed", filters: [PropertyTest(property: "total", tests: [.atLeast(50)])])))
    #expect(journey.again == .after(.days(30)))
    #expect(journey.messageClass == .transactional)
    #expect(journey.exits == [.event(EventPattern(event: "Order Refunded")), .segment("complained")])
    #expect(journey.steps.map(\.id) == ["step-1", "miss-you", "step-3"])
    #expect(journey.steps.map(\.pointer) == ["/steps/0", "/steps/1", "/steps/2"])
    #expect(journey.steps[1].action == .send(.init(channel: "email", template: "miss-you-2")))
    guard case .branch(let cases) = journey.steps[2].action else { Issue.record("no branch"); return }
    #expect(cases.map(\.pointer) == ["/steps/2/branch/0", "/steps/2/branch/1"])
    #expect(cases[0].steps.map(\.id) == ["step-3.1.1", "step-3.1.2"])
    #expect(cases[0].steps[0].action == .waitUntil(ClockTime(weekday: 0, minuteOfDay: 630)))
    #expect(cases[0].steps[1].action == .exit)
    #expect(cases[1].condition == nil)
    #expect(
      cases[1].steps[0]
        == .init(id: "mark", pointer: "/steps/2/branch/1/else/0", action: .set(trait: "winback_tried", to: .bool(true)))
    )
    #expect(journey.json == json)
    #expect(journey.references.templates == [.init(key: "miss-you-2", pointer: "/steps/1/send/template")])
    #expect(journey.references.segments == [.init(key: "complained", pointer: "/exit/1/segment")])
  }

  @Test func `What is left out has the documented default`() throws {
    let journey = try JourneyDefinition(
      json: JSONValue(parsing: #"{"journey":"a","enter":{"segment":"lapsing"},"steps":[{"exit":true}]}"#))
    #expect(journey.name == "a")
    #expect(journey.entry == .segment("lapsing"))
    #expect(journey.again == .never)
    #expect(journey.messageClass == .marketing)
    #expect(journey.timezone == .person)
    #expect(journey.holdout == Share(hundredths: 500))
    #expect(journey.priority == 50)
    #expect(journey.inside == nil)
    #expect(journey.exits.isEmpty)
  }

  /// Each document, and where its findings point.
  @Test(arguments: [
    ("[]", [""]),
    ("{}", ["/journey", "/enter", "/steps"]),
    (#"{"journey":"A b","enter":{"event":""},"steps":[]}"#, ["/journey", "/enter/event", "/steps"]),
    (#"{"journey":"a","enter":"apis","steps":[{"exit":true}]}"#, ["/enter"]),
    (#"{"journey":"a","enter":{"schedule":"0 25 * * MON"},"steps":[{"exit":true}]}"#, ["/enter/schedule"]),
    (
      #"{"journey":"a","enter":{"schedule":"0 10 30 2 *","event":"E"},"steps":[{"exit":true}]}"#,
      ["/enter/event", "/enter/schedule"]
    ),
    (
      #"{"journey":"a","enter":{"segment":"lapsing"},"per":"order_id","priority":101,"rate":"600/day","tags":["a","a","B"],"inside":"stay","steps":[{"exit":true}]}"#,
      ["/per", "/priority", "/rate", "/tags/1", "/tags/2", "/inside"]
    ),
    (
      #"{"journey":"a","enter":"api","class":"transactional","holdout":"5%","inside":{"migrate":{"x":"gone","y":"exit","Z":"ok"}},"goal":{"event":"E","in":1,"within":"soon"},"steps":[{"id":"ok","exit":true}]}"#,
      ["/holdout", "/inside/migrate/x", "/inside/migrate/Z", "/goal/in", "/goal/within"]
    ),
    (#"{"journey":"a","enter":{"event":"E","when":1},"steps":[{"exit":true}]}"#, ["/enter/when"]),
    (
      #"{"journey":"a","enter":{"event":"E","where":{"total":{"least":5}}},"steps":[{"exit":true}]}"#,
      ["/enter/where/total/least", "/enter/where/total"]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"again":"after x","class":"push","holdout":"5","goal":{},"steps":[{"exit":true}]}"#,
      ["/again", "/class", "/holdout", "/goal/event"]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"exit":[{"event":"X"},{"segment":5},7],"steps":[{"exit":true}],"stpes":1}"#,
      ["/stpes", "/exit/1/segment", "/exit/2"]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"wait":"10 minutes"},{"wait":"0s"},{"wait":{"until":"10"}},{"wait":{"days":{"trait":""},"at":"7"}},{"wait":{"days":{"trait":"b"},"at":"7:00","before":"36h"}}]}"#,
      [
        "/steps/0/wait", "/steps/1/wait", "/steps/2/wait/until", "/steps/3/wait/days/trait", "/steps/4/wait/at",
        "/steps/4/wait/before",
      ]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"timezone":"UTC","steps":[{"wait":{"until":"25:00"}},{"wait":{"until":"DAY 10:00"}}]}"#,
      ["/steps/0/wait/until", "/steps/1/wait/until"]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"waitFor":{}},{"split":[]},{"webhook":{}},{"jump":1},{},5]}"#,
      [
        "/steps/0/waitFor/event", "/steps/1/split", "/steps/2/webhook/template", "/steps/2/webhook/url",
        "/steps/3/jump",
        "/steps/4", "/steps/5",
      ]
    ),
    (
      #"{"journey":"a","enter":{"segment":"s"},"steps":[{"id":"w","waitFor":{"event":"E","of":"w","match":{"x":"same"}},"else":[{"exit":true}]},{"after":["w","lost"],"waitFor":{"event":"E","of":"lost","match":{"x":1},"within":"1d","is":1},"then":[]},{"then":[],"wait":"1d"}]}"#,
      [
        "/steps/0/waitFor/of", "/steps/0/waitFor/match", "/steps/0/else", "/steps/1/after/1", "/steps/1/waitFor/of",
        "/steps/1/waitFor/match", "/steps/1/waitFor/match/x", "/steps/1/waitFor/is", "/steps/1/then", "/steps/2/then",
      ]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"split":[{"share":"50%"},{"share":"49.5%","steps":[{"exit":true}]}]},{"split":[{"share":"100%"},{"share":"0%"}]},{"webhook":{"url":"ftp://x","template":"t"}},{"send":{"channel":"email","template":"t","quiet":"wait","over":{"channel":"sms"}}}]}"#,
      [
        "/steps/0/split", "/steps/1/split/1/share", "/steps/2/webhook/url", "/steps/3/send/quiet",
        "/steps/3/send/over/template",
      ]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"wait":"1d","exit":true},{"exit":false},{"send":{"channel":"email"}},{"set":{"trait":"t","to":[]}}]}"#,
      ["/steps/0", "/steps/1/exit", "/steps/2/send/template", "/steps/3/set/to"]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"id":"x","wait":"1d"},{"send":{"id":"x","channel":"email","template":"t"}},{"id":"step-4","wait":"1d"},{"wait":"1d"}]}"#,
      ["/steps/1/send/id", "/steps/3"]
    ),
    (
      #"{"journey":"a","enter":{"event":"E"},"steps":[{"branch":[{"else":[{"exit":true}]},{"if":{"trait":"c","is":1},"steps":[]},{"steps":[{"exit":true}]},{"if":{"trait":"c","si":1},"steps":[{"exit":true}]}]}]}"#,
      [
        "/steps/0/branch/0", "/steps/0/branch/1/steps", "/steps/0/branch/2/if", "/steps/0/branch/3/if/si",
        "/steps/0/branch/3/if",
      ]
    ),
  ])
  func `Everything wrong is found at once`(document: String, pointers: [String]) throws {
    let json = try JSONValue(parsing: document)
    do {
      _ = try JourneyDefinition(json: json)
      Issue.record("accepted")
    } catch {
      #expect(Set(error.findings.map(\.pointer)) == Set(pointers), "\(error.findings)")
      #expect(error.findings.count == pointers.count)
    }
  }

  @Test func `Too many steps and too deep branches are found`() throws {
    let many = JSONValue.array(Array(repeating: ["wait": "1d"], count: 501))
    #expect {
      _ = try JourneyDefinition(json: ["journey": "a", "enter": ["event": "E"], "steps": many])
    } throws: { ($0 as? Problem)?.findings.map(\.pointer) == ["/steps/500"] }
    var steps: JSONValue = [["exit": true]]
    for _ in 0..<9 { steps = [["branch": [["else": steps]]]] }
    #expect {
      _ = try JourneyDefinition(json: ["journey": "a", "enter": ["event": "E"], "steps": steps])
    } throws: { ($0 as? Problem)?.findings.first?.detail == "steps are nested deeper than 8" }
  }

  @Test func `Names that exist nowhere are found by compiling`() throws {
    let definition = try JourneyDefinition(
      json: JSONValue(
        parsing: """
          {"journey":"a","enter":{"segment":"gone"},"exit":[{"segment":"away"}],
           "steps":[{"branch":[{"if":{"segment":"lost"},"steps":[{"exit":true}]}]}]}
          """))
    var trackers = TrackerRegistry()
    do {
      _ = try CompiledJourney(
        definition, version: 1, segments: Story.sources, zones: .fixed, trackers: &trackers, symbols: SymbolTable())
      Issue.record("compiled")
    } catch {
      #expect(
        error.findings.map(\.pointer) == ["/enter/segment", "/exit/0/segment", "/steps/0/branch/0/if"])
    }
    #expect(
      definition.references.segments == [
        .init(key: "gone", pointer: "/enter/segment"), .init(key: "away", pointer: "/exit/0/segment"),
        .init(key: "lost", pointer: "/steps/0/branch/0/if"),
      ])
  }
}
