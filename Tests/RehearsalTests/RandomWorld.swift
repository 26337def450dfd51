import RoostCore
import Runtime
import TestSupport

/// A shop drawn by lot: segments, journeys, people who turn out to be others, late events, imports, operators. Told to a
/// sandbox as it would happen.
struct RandomWorld {
  private var random: SeededRandom
  private let seed: UInt64
  private var sent: [String] = []
  private var number = 0
  private(set) var journeys: [String] = []

  init(seed: UInt64) {
    self.seed = seed
    random = SeededRandom(seed: mix64(seed))
  }

  mutating func below(_ bound: Int) -> Int { random.below(bound) }
  private mutating func pick(_ options: [String]) -> String { options[below(options.count)] }

  // MARK: Definitions

  mutating func open(in test: TestNode) async throws -> TestWorkspace {
    let shop = try await test.workspace("world-\(seed)", below(2) == 0 ? "{}" : #"{"consentPolicy":"implied"}"#)
    for name in ["silent", "big", "tried"] { try await shop.put(.segment, name, segment(name)) }
    try await shop.put(
      .template, "letter", #"{"channel":"email","subject":"{{ person.first_name }} {{ event.total }}","text":"x"}"#)
    try await shop.settle()
    return shop
  }

  private mutating func segment(_ name: String) -> String {
    let days = 1 + below(12)
    switch name {
    case "silent":
      return #"""
        {"segment":"silent","all":[{"event":"Order Completed"},
         {"not":{"event":"Order Completed","within":"\#(days)d"}}]}
        """#
    case "big":
      return #"{"segment":"big","sum":"total","of":"Order Completed","within":"\#(days)d","atLeast":\#(below(90))}"#
    default:
      return
        #"{"segment":"tried","any":[{"trait":"tried","is":true},{"event":"Viewed","count":{"atLeast":2},"within":"\#(days)d"}]}"#
    }
  }

  mutating func journey(_ key: String) -> String {
    let entries = [
      #"{"segment":"silent"}"#, #"{"segment":"big"}"#, #"{"segment":"tried"}"#, #"{"event":"Order Completed"}"#,
      #"{"event":"Viewed"}"#, #"{"event":"Order Completed","where":{"total":{"moreThan":20}}}"#,
    ]
    let again = pick(["never", "always", "after 2d", "after 1h"])
    let exits = pick([
      "[]", #"[{"event":"Order Completed"}]"#, #"[{"segment":"big"}]"#, #"[{"event":"Viewed"},{"segment":"tried"}]"#,
    ])
    return """
      {"journey":"\(key)","enter":\(pick(entries)),"again":"\(again)","timezone":"UTC","holdout":"0%",
       "class":"\(pick(["marketing", "transactional"]))","exit":\(exits),"steps":\(steps(depth: 0))}
      """
  }

  private mutating func steps(depth: Int) -> String {
    let count = 1 + below(depth == 0 ? 5 : 2)
    return "[" + (0..<count).map { _ in step(depth: depth) }.joined(separator: ",") + "]"
  }

  private mutating func step(depth: Int) -> String {
    switch below(depth < 2 ? 9 : 6) {
    case 0, 1: return #"{"wait":"\#(pick(["10m", "3h", "1d", "30h", "6d"]))"}"#
    case 2: return #"{"wait":{"until":"\#(pick(["10:00", "MON 09:30", "23:59"]))"}}"#
    case 3, 4: return #"{"send":{"channel":"email","template":"letter"}}"#
    case 5: return pick([#"{"set":{"trait":"tried","to":true}}"#, #"{"set":{"trait":"tried","to":false}}"#])
    case 6:
      return below(4) == 0 ? #"{"exit":true}"# : #"{"send":{"channel":"email","template":"letter"}}"#
    default:
      let condition = pick([
        #"{"segment":"big"}"#, #"{"trait":"tried","is":true}"#, #"{"event":"Viewed","within":"3d"}"#,
        #"{"not":{"segment":"silent"}}"#,
      ])
      return
        #"{"branch":[{"if":\#(condition),"steps":\#(steps(depth: depth + 1))},{"else":\#(steps(depth: depth + 1))}]}"#
    }
  }

  mutating func publish(_ key: String, _ shop: TestWorkspace) async throws {
    journeys.append(key)
    // What happens at the very moment of a publication is on neither side of it.
    try await shop.test.advance(by: .seconds(1))
    try await shop.publish(key, journey(key))
  }

  // MARK: What happens

  mutating func happen(_ shop: TestWorkspace, times: Int) async throws {
    for _ in 0..<times {
      try await shop.test.advance(by: TimeSpan(milliseconds: Int64(1 + below(40 * 3_600_000))))
      try await step(shop)
    }
  }

  private mutating func step(_ shop: TestWorkspace) async throws {
    let now = try await shop.test.now()
    switch below(14) {
    case 0:
      // The same calls once more, as clients do.
      guard !sent.isEmpty else { return }
      try await shop.batch((0..<2).map { _ in sent[below(sent.count)] })
    case 1:
      let user = "user:u\(below(4))"
      if try await shop.knows(user) {
        try await shop.consent(user, #"{"consents":{"marketing.email":\#(below(3) > 0)},"source":"form"}"#)
      }
    case 2:
      let user = "user:u\(below(4))"
      if below(6) == 0, try await shop.knows(user) { try await shop.erase(user) }
    default:
      // A call comes from one device: of two people in one call nobody could tell later who was first.
      let (user, browser) = (below(4), below(5))
      let events = (0..<(1 + below(3))).map { _ in event(now, user, browser) }
      try await shop.batch(events, as: below(8) == 0 ? .import : .batch)
      sent += events
    }
  }

  private mutating func event(_ now: Instant, _ user: Int, _ browser: Int) -> String {
    number += 1
    let id = "m\(seed)-\(number)"
    let other = below(4)
    let who = pick([
      #""userId":"u\#(user)""#, #""anonymousId":"a\#(browser)""#, #""userId":"u\#(user)","anonymousId":"a\#(browser)""#,
    ])
    // One in four comes late: it happened before.
    let late = below(4) == 0 ? now - TimeSpan(milliseconds: Int64(below(5 * 86_400_000))) : now
    let time = late.text
    switch below(10) {
    case 0: return Calls.alias(from: below(2) == 0 ? "u\(other)" : "a\(browser)", to: "u\(user)", id: id)
    case 1, 2:
      return Calls.identify(who, #"{"email":"p\#(other)@shop.example","first_name":"N\#(other)"}"#, at: time, id: id)
    case 3:
      return
        #"{"type":"identify",\#(who),"messageId":"\#(id)","traits":{},"context":{"consent":{"categoryPreferences":{"marketing":\#(other > 0)}}}}"#
    case 4...7: return Calls.track("Order Completed", who, #"{"total":\#(other * 15)}"#, at: time, id: id)
    default: return Calls.track("Viewed", who, at: time, id: id)
    }
  }
}
