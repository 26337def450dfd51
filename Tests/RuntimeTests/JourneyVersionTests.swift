import Delivery
import Engine
import Profiles
import RoostCore
import TestSupport
import Testing

@testable import Runtime

/// Journeys edited and entered while people are inside, through commits, crashes and erasure.
@Suite struct JourneyVersionTests {
  private func open(_ journey: String) throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hi"}"#)
    try publish(journey, on: desk)
    try desk.batch([Calls.identify(#""userId":"ann""#, #"{"email":"ann@shop.example"}"#, id: "0")])
    return desk
  }

  private func publish(_ journey: String, on desk: Desk) throws {
    try desk.put(.journey, "welcome", journey)
    try desk.partition.act(Desk.shop, journey: "welcome", .publish)
    while desk.partition.fillSome() {}
  }

  private func journey(_ enter: String, _ steps: String, _ more: String = "") -> String {
    #"{"journey":"welcome","enter":\#(enter),"class":"transactional","timezone":"UTC",\#(more)"steps":[\#(steps)]}"#
  }

  private func send(_ id: String) -> String { #"{"send":{"id":"\#(id)","channel":"email","template":"hello"}}"# }

  private func sent(_ desk: Desk) throws -> [String] {
    try desk.partition.messageRecords(Desk.shop, MessageFilter(), cursor: nil, limit: 99).records.map(\.step)
  }

  @Test func publishingAsksWhatBecomesOfPeopleInside() throws {
    let steps = #"{"id":"pause","wait":"2d"},\#(send("late"))"#
    let desk = try open(journey(#"{"event":"Signed Up"}"#, steps))
    try desk.batch([Calls.track("Signed Up", #""userId":"ann""#, id: "1")])
    func findings(_ steps: String, _ more: String) throws -> [String] {
      do {
        try publish(journey(#"{"event":"Signed Up"}"#, steps, more), on: desk)
        return []
      } catch let problem as Problem {
        #expect(problem.code == .conflict)
        return problem.findings.map(\.pointer)
      }
    }
    let longer = #"{"id":"pause","wait":"5d"},\#(send("late"))"#
    #expect(try findings(longer, "") == ["/inside"])
    #expect(try findings(#"{"id":"other","wait":"5d"}"#, #""inside":"migrate","#) == ["/inside/migrate"])
    #expect(try findings(longer, #""inside":"migrate","#) == [])
    #expect(try desk.partition.describeDocument(Desk.shop, .journey, "welcome")["published"]?.int == 4)
    // A crash before anybody was looked at: they are moved all the same.
    let crashed = try desk.crashed()
    #expect(try crashed.partition.snapshot().differences(from: desk.partition.snapshot()) == [])
    try crashed.advance(by: .days(3))
    #expect(try sent(crashed) == [])
    try crashed.advance(by: .days(3))
    #expect(try sent(crashed) == ["late"])
  }

  @Test func aCallTakesAPersonIn() throws {
    let desk = try open(journey(#""api""#, send("quote"), #""again":"always","#))
    func enter(_ body: String, _ key: String = "welcome") throws -> JSONValue {
      try desk.partition.enter(Desk.shop, journey: key, try JourneyEntryRequest(json: JSONValue(parsing: body)))
    }
    let first = try enter(#"{"person":"user:ann","properties":{"plan":"pro","seats":[1,2]},"messageId":"m1"}"#)
    #expect(first["entered"]?.bool == true)
    #expect(first["phase"]?.string == "finished")
    let again = try enter(#"{"person":"user:ann","messageId":"m1"}"#)
    #expect(again["entered"]?.bool == false)
    #expect(try enter(#"{"person":"user:ann"}"#)["entry"]?.int == 2)
    #expect(try sent(desk).count == 2)
    #expect(throws: Problem.self) { try enter(#"{"person":"user:nobody"}"#) }
    #expect(throws: Problem.self) { try enter(#"{"person":"user:ann"}"#, "none") }
    for wrong in [
      "[]", "{}", #"{"person":"user:ann","properties":1}"#, #"{"person":"x","a":1}"#,
      #"{"person":"user:ann","properties":{"journey":"x"}}"#, #"{"person":"user:ann","messageId":""}"#,
    ] {
      #expect(throws: Problem.self, "\(wrong)") { try enter(wrong) }
    }
    let crashed = try desk.crashed()
    #expect(try crashed.partition.snapshot().differences(from: desk.partition.snapshot()) == [])
  }

  @Test func aScheduleWakesPeopleWhoAreInNoJourney() throws {
    let desk = try open(journey(#"{"schedule":"0 10 * * *"}"#, send("daily"), #""again":"always","#))
    try desk.advance(by: .days(1))
    #expect(try sent(desk) == ["daily"])
    let crashed = try desk.crashed()
    try crashed.advance(by: .days(2))
    #expect(try sent(crashed).count == 3)
    #expect(try crashed.crashed().partition.snapshot().differences(from: crashed.partition.snapshot()) == [])
  }

  @Test func erasingSomebodyWhoWaitsLeavesNothingDue() throws {
    let wait = #"{"id":"w","waitFor":{"event":"Never","within":"2d"},"else":[\#(send("late"))]}"#
    let desk = try open(journey(#"{"event":"Signed Up"}"#, wait))
    try desk.batch([Calls.track("Signed Up", #""userId":"ann""#, id: "1")])
    try desk.partition.erase(Desk.shop, PersonReference("user:ann"))
    try desk.advance(by: .days(9))
    #expect(try sent(desk) == [])
    #expect(desk.partition.nextDue() == nil)
  }
}
