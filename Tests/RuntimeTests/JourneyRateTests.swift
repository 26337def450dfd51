import Channels
import Delivery
import RoostCore
import Testing

@testable import Runtime

/// `rate: 60/min` in a journey file: its messages leave one a second, whatever the channel could do.
@Suite struct JourneyRateTests {
  @Test func isKeptAtTheHandOff() throws {
    let desk = try Desk.open()
    try desk.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hi"}"#)
    try desk.put(.channel, "post", #"{"type":"email.smtp","url":"smtp://127.0.0.1:25","from":"s@shop.example"}"#)
    try desk.put(
      .journey, "slow",
      #"""
      {"journey":"slow","enter":{"event":"Signed Up"},"holdout":"0%","rate":"60/min",
       "steps":[{"send":{"id":"a","channel":"post","template":"hello"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "slow", .publish)
    while desk.partition.fillSome() {}
    try desk.batch(
      (0..<120).map { number in
        #"{"type":"track","userId":"u\#(number)","event":"Signed Up","messageId":"m\#(number)","#
          + #""context":{"traits":{"email":"u\#(number)@shop.example"}}}"#
      })
    var sentAt: [Int64] = []
    let start = desk.partition.now()
    while let next = desk.partition.nextHandoff() {
      desk.partition.setClock(max(next, desk.partition.now()))
      for handoff in try desk.claim() {
        sentAt.append((desk.partition.now() - start).milliseconds)
        try desk.close(handoff, .sent(id: "", detail: "250"))
      }
    }
    #expect(sentAt == (0..<120).map { Int64($0) * 1_000 })
    #expect(desk.partition.turns.isEmpty)
  }
}
