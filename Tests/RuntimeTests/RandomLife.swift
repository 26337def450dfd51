import Foundation
import RoostCore
import Runtime
import TestSupport

/// What may happen to a shop, drawn by lot: purchases, merges, refusals, repeated calls, definitions, operators, time.
struct RandomLife {
  private var random: SeededRandom
  private var sent: [String] = []
  private var number = 0
  private var segments = 0

  /// How many lives to try: `few`, or as many as `ROOST_SEEDS` says.
  static func seeds(_ few: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment["ROOST_SEEDS"].flatMap { UInt64($0) } ?? few
  }

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  static func shop(in test: TestNode) async throws -> TestWorkspace {
    let shop = try await test.workspace("shop")
    try await shop.put(
      .segment, "lapsing",
      #"""
      {"segment":"lapsing","all":[{"event":"Order Completed"},{"not":{"event":"Order Completed","within":"30d"}}]}
      """#)
    try await shop.put(
      .segment, "big", #"{"segment":"big","sum":"total","of":"Order Completed","within":"60d","atLeast":50}"#)
    try await shop.put(.segment, "tried", #"{"segment":"tried","trait":"tried","is":true}"#)
    try await shop.put(
      .template, "letter",
      #"{"channel":"email","subject":"Hi {{ person.first_name | default: 'you' }}","text":"{{ event.total }}"}"#)
    try await shop.publish("winback", winback)
    try await shop.publish("thanks", thanks)
    try await shop.settle()
    return shop
  }

  private static let winback = #"""
    {"journey":"winback","holdout":"0%","inside":"pin","enter":{"segment":"lapsing"},"again":"always","exit":[{"event":"Order Completed"}],
     "steps":[{"wait":"1h"},{"send":{"id":"first","channel":"email","template":"letter"}},{"wait":"5d"},
      {"branch":[{"if":{"segment":"big"},"steps":[{"set":{"trait":"tried","to":true}}]}]},{"wait":"2d"},
      {"send":{"id":"second","channel":"email","template":"letter"}}]}
    """#
  private static let thanks = #"""
    {"journey":"thanks","holdout":"0%","inside":"pin","enter":{"event":"Order Completed","where":{"total":{"moreThan":20}}},"again":"after 2d",
     "class":"transactional",
     "steps":[{"send":{"id":"now","channel":"email","template":"letter"}},{"wait":"3d"},
      {"send":{"id":"later","channel":"email","template":"letter"}}]}
    """#

  mutating func step(_ shop: TestWorkspace) async throws {
    switch below(12) {
    case 0...6: try await call(shop)
    case 7: try await shop.batch((0..<min(5, sent.count)).map { _ in sent[below(sent.count)] } + [event()])
    case 8, 9: try await shop.test.advance(by: .hours(Int64(1 + below(20 * 24))))
    case 10: try await operate(shop)
    default: try await define(shop)
    }
    try await shop.settle()
    try await shop.test.idle()
  }

  private mutating func call(_ shop: TestWorkspace) async throws {
    let events = (0..<(1 + below(8))).map { _ in event() }
    let isImport = below(8) == 0
    try await shop.batch(
      events + (below(5) == 0 ? [#"{"type":"track","event":"Nobody's"}"#] : []), as: isImport ? .import : .batch)
    sent += events
  }

  private mutating func event() -> String {
    number += 1
    let id = "m\(number)"
    let (user, browser, other) = (below(6), below(8), below(6))
    let who = [
      #""userId":"u\#(user)""#, #""anonymousId":"a\#(browser)""#, #""userId":"u\#(user)","anonymousId":"a\#(browser)""#,
    ][below(3)]
    switch below(10) {
    case 0: return Calls.alias(from: below(2) == 0 ? "u\(other)" : "a\(browser)", to: "u\(user)", id: id)
    case 1, 2: return Calls.identify(who, #"{"email":"p\#(other)@shop.example","first_name":"N\#(other)"}"#, id: id)
    case 3:
      return
        #"{"type":"identify",\#(who),"messageId":"\#(id)","traits":{},"context":{"consent":{"categoryPreferences":{"marketing":\#(other > 1)}}}}"#
    case 4...7: return Calls.track("Order Completed", who, #"{"total":\#(other * 10)}"#, id: id)
    default: return Calls.track("Viewed", who, id: id)
    }
  }

  private mutating func operate(_ shop: TestWorkspace) async throws {
    let action: JourneyAction = below(2) == 0 ? .pause : .resume
    try await shop.act(below(2) == 0 ? "winback" : "thanks", action)
  }

  private mutating func define(_ shop: TestWorkspace) async throws {
    segments += 1
    switch below(3) {
    case 0:
      try await shop.put(
        .segment, "new-\(segments)",
        #"{"segment":"new-\#(segments)","event":"Viewed","count":{"atLeast":\#(segments)},"within":"\#(segments)d"}"#)
    case 1:
      try await shop.publish("thanks", Self.thanks.replacing("3d", with: "\(segments)d"))
    default: try await shop.consent("user:u1", #"{"consents":{"marketing.email":true},"source":"form"}"#, ifKnown: true)
    }
  }
}

extension TestWorkspace {
  fileprivate func consent(_ reference: String, _ body: String, ifKnown: Bool) async throws {
    if try await knows(reference) { try await consent(reference, body) }
  }
}
