import RoostCore
import Segments
import Testing

@testable import Journeys

/// What each form of a journey file is read as.
@Suite struct JourneyFormsTests {
  static func steps(_ text: String, _ head: String = #""enter":{"event":"Order Completed"}"#) throws
    -> [JourneyDefinition.Action]
  {
    try JourneyDefinition(json: JSONValue(parsing: #"{"journey":"a",\#(head),"steps":\#(text)}"#)).steps.map(\.action)
  }

  /// The example of the contract, its lists of further steps filled in.
  @Test func `The contract's journey`() throws {
    let journey = try JourneyDefinition(
      json: JSONValue(
        parsing: #"""
          {"journey": "winback", "name": "Win back a customer who stopped buying", "enter": {"segment": "lapsing"},
           "again": "after 30d", "class": "marketing", "holdout": "5%", "timezone": "person",
           "exit": [{"event": "Order Completed"}, {"segment": "complained"}],
           "goal": {"event": "Order Completed", "within": "14d"},
           "steps": [
             {"wait": "10m"},
             {"send": {"id": "miss-you", "channel": "email", "template": "miss-you"}},
             {"waitFor": {"event": "Email Opened", "of": "miss-you", "within": "3d"},
              "then": [{"send": {"id": "thanks", "channel": "email", "template": "thanks"}}],
              "else": [{"send": {"id": "nudge", "channel": "push", "template": "nudge"}}]},
             {"branch": [{"if": {"trait": "country", "is": "IT"}, "steps": [{"wait": "1d"}]}, {"else": [{"wait": "2d"}]}]},
             {"split": [{"share": "50%", "steps": [{"wait": "1d"}]}, {"share": "50%", "steps": [{"wait": "2d"}]}]},
             {"set": {"trait": "winback_tried", "to": true}},
             {"webhook": {"url": "https://…", "template": "crm"}},
             {"exit": true}]}
          """#))
    #expect(journey.goal == .init(pattern: EventPattern(event: "Order Completed"), window: .days(14)))
    #expect(
      journey.steps.map(\.action.kind) == [
        "wait", "send", "waitFor", "branch", "split", "set", "webhook", "exit",
      ])
    guard case .waitFor(let wait, let then, let other) = journey.steps[2].action else { Issue.record("none"); return }
    #expect(wait == .init(pattern: EventPattern(event: "Email Opened"), of: "miss-you", window: .days(3)))
    #expect(then.map(\.id) == ["thanks"])
    #expect(other.map(\.pointer) == ["/steps/2/else/0"])
    guard case .split(let ways) = journey.steps[4].action else { Issue.record("no split"); return }
    #expect(ways.map(\.share) == [Share(hundredths: 5_000), Share(hundredths: 5_000)])
    #expect(ways[1].steps.map(\.id) == ["step-5.2.1"])
    #expect(journey.steps[6].action == .webhook(url: "https://…", template: "crm"))
    #expect(journey.references.templates.map(\.key) == ["miss-you", "thanks", "nudge", "crm"])
    #expect(
      journey.references.channels.map(\.pointer) == [
        "/steps/1/send/channel", "/steps/2/then/0/send/channel", "/steps/2/else/0/send/channel",
      ])
  }

  @Test func `Ways of entering`() throws {
    func entry(_ text: String) throws -> JourneyDefinition.Entry {
      try JourneyDefinition(json: JSONValue(parsing: #"{"journey":"a","enter":\#(text),"steps":[{"exit":true}]}"#))
        .entry
    }
    let monday = try CronSchedule(parsing: "0 10 * * MON")
    #expect(try entry(#""api""#) == .api)
    #expect(try entry(#"{"schedule":"0 10 * * MON"}"#) == .schedule(monday, segment: nil))
    #expect(try entry(#"{"schedule":"0  10 * * MON","segment":"vip"}"#) == .schedule(monday, segment: "vip"))
  }

  @Test func `Waits`() throws {
    let actions = try Self.steps(
      #"""
      [{"wait": {"days": {"trait": "birthday"}}}, {"wait": {"days": {"trait": "b"}, "at": "10:05", "before": "3d"}},
       {"waitFor": {"event": "E", "where": {"n": 1}, "match": {"order_id": "same", "id": {"trigger": "cart_id"}}}}]
      """#)
    #expect(actions[0] == .waitDate(.init(trait: "birthday")))
    #expect(actions[1] == .waitDate(.init(trait: "b", minuteOfDay: 605, daysBefore: 3)))
    let pattern = EventPattern(event: "E", filters: [PropertyTest(property: "n", tests: [.oneOf([.number(1)])])])
    #expect(
      actions[2]
        == .waitFor(
          .init(
            pattern: pattern,
            matches: [.init(property: "id", trigger: "cart_id"), .init(property: "order_id", trigger: "order_id")]),
          then: [], else: []))
  }

  @Test func `Messages`() throws {
    let actions = try Self.steps(
      #"""
      [{"send": {"channel": "push", "template": "t", "quiet": "skip", "over": "hold"}},
       {"send": {"channel": "push", "template": "t", "over": {"channel": "email", "template": "u"}}}]
      """#)
    #expect(actions[0] == .send(.init(channel: "push", template: "t", quiet: .skip, over: .hold)))
    #expect(
      actions[1] == .send(.init(channel: "push", template: "t", over: .instead(channel: "email", template: "u"))))
  }

  @Test func `The head`() throws {
    let journey = try JourneyDefinition(
      json: JSONValue(
        parsing: #"""
          {"journey":"a","enter":"api","per":"order_id","priority":80,"rate":"600/min","tags":["promo"],
           "timezone":"Europe/Rome","holdout":"12.5%","inside":{"migrate":{"old":"new","gone":"exit"}},
           "steps":[{"id":"new","wait":"1d"},{"after":["new"],"exit":true}]}
          """#))
    #expect(journey.per == "order_id")
    #expect(journey.priority == 80)
    #expect(journey.rate == SendRate(messages: 600, per: .minutes(1)))
    #expect(journey.tags == ["promo"])
    #expect(journey.timezone == .named("Europe/Rome"))
    #expect(journey.holdout == Share(hundredths: 1_250))
    #expect(journey.inside == .migrate(table: ["old": .step("new"), "gone": .exit]))
    #expect(journey.steps[1].after == ["new"])
  }

  @Test func `Nobody is held out from transactional messages`() throws {
    let journey = try JourneyDefinition(
      json: JSONValue(parsing: #"{"journey":"a","class":"transactional","enter":"api","steps":[{"exit":true}]}"#))
    #expect(journey.holdout == .none)
  }

  @Test(arguments: [("5%", 500), ("0.5%", 50), ("12.25%", 1_225), ("100%", 10_000), ("0%", 0), ("33.3%", 3_330)])
  func `Shares`(text: String, hundredths: Int) {
    #expect(Share(text: text) == Share(hundredths: hundredths))
    #expect(Share(hundredths: hundredths).text == text)
  }

  @Test(arguments: ["", "5", "%", "100.01%", "-5%", "5.%", ".5%", "5.123%", "5 %", "1e1%", "101%"])
  func `No share`(text: String) { #expect(Share(text: text) == nil) }

  @Test(arguments: ["10/s", "600/min", "5000/h"])
  func `Rates`(text: String) { #expect(SendRate(text: text)?.text == text) }

  @Test(arguments: ["", "0/s", "10/d", "10", "/s", "-1/s", "1000001/s", "10/min/s"])
  func `No rate`(text: String) { #expect(SendRate(text: text) == nil) }
}
