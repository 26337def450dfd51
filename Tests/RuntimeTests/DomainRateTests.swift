import Channels
import Delivery
import RoostCore
import Testing

@testable import Runtime

/// `domainRates` of an e-mail channel: how fast a recipient's mail servers are written to.
@Suite struct DomainRateTests {
  private func desk(_ addresses: [String]) throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hi"}"#)
    try desk.put(
      .channel, "post",
      #"""
      {"type":"email.smtp","url":"smtp://127.0.0.1:25","from":"s@shop.example",
       "domainRates":{"Slow.example":"1/s","*":"5/s"}}
      """#)
    try desk.put(
      .journey, "hello",
      #"""
      {"journey":"hello","enter":{"event":"Signed Up"},"holdout":"0%",
       "steps":[{"send":{"id":"a","channel":"post","template":"hello"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "hello", .publish)
    while desk.partition.fillSome() {}
    try desk.batch(
      addresses.enumerated().map { number, address in
        #"{"type":"track","userId":"u\#(number)","event":"Signed Up","messageId":"m\#(number)","#
          + #""context":{"traits":{"email":"\#(address)"}}}"#
      })
    return desk
  }

  /// When each hand-off began, in milliseconds, by domain; time goes on as the outbox asks for it.
  private func run(_ desk: Desk) throws -> [String: [Int64]] {
    var times: [String: [Int64]] = [:]
    let start = desk.partition.now()
    while let next = desk.partition.nextHandoff() {
      desk.partition.setClock(max(next, desk.partition.now()))
      for handoff in try desk.claim() {
        let domain = String(handoff.message.to.split(separator: "@")[1])
        times[domain, default: []].append((desk.partition.now() - start).milliseconds)
        try desk.close(handoff, .sent(id: "", detail: "250"))
      }
    }
    return times
  }

  @Test func eachDomainHasItsOwn() throws {
    let addresses = (0..<30).map { "u\($0)@\(["slow.example", "a.example", "b.example"][$0 % 3])" }
    let times = try run(desk(addresses))
    #expect(times["slow.example"] == (0..<10).map { Int64($0) * 1_000 })
    // The rate of "*" holds for each of the others by itself: a second's worth at once, then one every 200 ms.
    let others: [Int64] = [0, 0, 0, 0, 0, 200, 400, 600, 800, 1_000]
    #expect(times["a.example"] == others)
    #expect(times["b.example"] == others)
  }

  /// A mailbox provider slowed down holds up nobody else, and a retry needs no new turn.
  @Test func aRetryKeepsItsTurn() throws {
    let desk = try desk(["u0@slow.example", "u1@slow.example"])
    let first = try #require(try desk.claim().first)
    try desk.close(first, .deferred(detail: "451", retryAfter: nil, fault: .message))
    #expect(try desk.claim().isEmpty)
    desk.partition.setClock(desk.partition.now() + .seconds(1))
    let second = try desk.claim().map(\.message.to)
    #expect(second.count == 1 && second != [first.message.to])
    desk.partition.setClock(desk.partition.now() + .minutes(10))
    #expect(try desk.claim().map(\.message.to) == [first.message.to])
  }
}
