import Channels
import Delivery
import RoostCore
import Testing

@testable import Runtime

/// Channels beside each other: what one does is nothing to the other.
@Suite struct ChannelPaceTests {
  /// A desk with two mail channels and so many people, each of whom gets a letter by both.
  private func desk(people: Int, _ extra: String = "") throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hi"}"#)
    for key in ["quick", "dead"] {
      let more = key == "quick" ? extra : ""
      try desk.put(
        .channel, key, #"{"type":"email.smtp","url":"smtp://127.0.0.1:25","from":"s@shop.example"\#(more)}"#)
      try desk.put(
        .journey, key,
        #"""
        {"journey":"\#(key)","enter":{"event":"Signed Up"},"holdout":"0%",
         "steps":[{"send":{"id":"a","channel":"\#(key)","template":"hello"}}]}
        """#)
      try desk.partition.act(Desk.shop, journey: key, .publish)
    }
    while desk.partition.fillSome() {}
    try desk.batch(
      (0..<people).map { number in
        #"{"type":"track","userId":"u\#(number)","event":"Signed Up","messageId":"m\#(number)","#
          + #""context":{"traits":{"email":"u\#(number)@shop.example"}}}"#
      })
    return desk
  }

  /// The dead channel's hand-offs never end: the other one's all go out, whatever the dead one holds.
  @Test func aChannelThatHangsHoldsUpNoOther() throws {
    let desk = try desk(people: 900)
    var (sent, stuck, rounds) = (0, 0, 0)
    while sent < 900, rounds < 20 {
      rounds += 1
      let handoffs = try desk.claim(underWay: ["dead": stuck])
      let quick = handoffs.filter { $0.channel.ref.key == "quick" }
      stuck += handoffs.count - quick.count
      for handoff in quick { try desk.close(handoff, .sent(id: "", detail: "250")) }
      sent += quick.count
    }
    #expect(sent == 900)
    // 200 a commit: five rounds, and the dead one got no more than it may have under way.
    #expect(rounds == 5 && stuck == 400)
  }

  /// After five failures in a row nothing is handed over for a while, then one message to see.
  @Test func aDeadChannelIsLeftAlone() throws {
    let desk = try desk(people: 60)
    var asked = 0
    for _ in 0..<60 {
      let handoffs = try desk.claim().filter { $0.channel.ref.key == "dead" }
      if handoffs.isEmpty { break }
      for handoff in handoffs {
        asked += 1
        try desk.close(handoff, .deferred(detail: "refused", retryAfter: nil, fault: .channel))
      }
    }
    let ref = ChannelRef(workspace: Desk.shop, key: "dead")
    guard case .open(let until)? = desk.partition.paces[ref]?.breaker.state else {
      Issue.record("the breaker is not open")
      return
    }
    // Retries are due earlier than that: they wait all the same.
    desk.partition.setClock(until + TimeSpan(milliseconds: -1))
    #expect(try desk.claim().allSatisfy { $0.channel.ref.key != "dead" })
    desk.partition.setClock(max(until, desk.partition.now()) + .hours(1))
    let probe = try desk.claim().filter { $0.channel.ref.key == "dead" }
    #expect(probe.count == 1)
    #expect(try desk.claim().isEmpty)
    try desk.close(probe[0], .sent(id: "", detail: "250"))
    #expect(try desk.claim().count > 1)
  }

  @Test func aChannelThatAsksForTimeGetsIt() throws {
    let desk = try desk(people: 3)
    let first = try #require(try desk.claim().first { $0.channel.ref.key == "dead" })
    try desk.close(first, .deferred(detail: "429", retryAfter: .seconds(90), fault: .throttled))
    let now = desk.partition.now()
    let message = try #require(desk.partition.outbox[first.message.id])
    #expect(message.dueAt.map { $0 >= now + .seconds(90) } == true)
    #expect(desk.partition.paces[first.channel.ref]?.breaker.opensAgain == now + .seconds(90))
  }

  /// Ten a second: of sixty the first ten at once, then one every 100 ms of the engine's time.
  @Test func aRateIsKept() throws {
    let desk = try desk(people: 60, #","ratePerSecond":10"#)
    func claimed() throws -> Int {
      let handoffs = try desk.claim()
      for handoff in handoffs { try desk.close(handoff, .sent(id: "", detail: "250")) }
      return handoffs.filter { $0.channel.ref.key == "quick" }.count
    }
    #expect(try claimed() == 10)
    #expect(try claimed() == 0)
    let next = try #require(desk.partition.nextHandoff())
    #expect(next == desk.partition.now() + TimeSpan(milliseconds: 100))
    desk.partition.setClock(desk.partition.now() + .seconds(2))
    #expect(try claimed() == 10)
  }
}
