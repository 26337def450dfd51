import Channels
import Delivery
import RoostCore
import Testing

@testable import Runtime

/// Failed messages that are handed over again, with the process dying in between.
@Suite struct DeadLetterTests {
  private func failed() throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.template, "hello", #"{"channel":"webhook","body":"{}"}"#)
    try desk.put(
      .channel, "hooks",
      #"{"type":"webhook","secret":"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"}"#)
    try desk.put(
      .journey, "tell",
      #"""
      {"journey":"tell","holdout":"0%","enter":{"event":"Go"},"class":"transactional",
       "steps":[{"webhook":{"id":"a","url":"https://crm.example/x","template":"hello"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "tell", .publish)
    while desk.partition.fillSome() {}
    try desk.batch([#"{"type":"track","userId":"ann","event":"Go","messageId":"m"}"#])
    try desk.close(desk.claim()[0], .rejected(detail: "410 gone"))
    #expect(try desk.message.status == .failed)
    return desk
  }

  @Test func goOutAgainUnderTheirOwnIDs() throws {
    let desk = try failed()
    let id = try desk.message.id
    #expect(try desk.claim().isEmpty)
    #expect(
      try desk.partition.deadLetters(Desk.shop, DeadLetterFilter(channel: "webhook"), cursor: nil, limit: 9).items.count
        == 1)
    #expect(try desk.partition.redrive(Desk.shop, [id.text, id.text]).redriven == 1)
    let crashed = try desk.crashed()
    let handoffs = try crashed.claim()
    #expect(handoffs.map(\.message.id) == [id] && handoffs[0].message.attempts == 1)
    // While it is under way nobody hands it over besides.
    #expect(try crashed.partition.redrive(Desk.shop, [id.text]).redriven == 0)
    try crashed.close(handoffs[0], .sent(id: "", detail: "200"))
    #expect(try crashed.message.status == .sent)
    let again = try crashed.partition.redrive(Desk.shop, [id.text])
    #expect(again.redriven == 0 && again.skipped.map(\.reason) == ["it is sent, not failed"])
  }

  @Test func reportsFindTheirMessage() throws {
    var message = try failed().message
    message.expectReports(by: "hooks", names: ["SM 1"])
    _ = message.dismiss(now: Instant(milliseconds: 5))
    var bytes: [UInt8] = []
    message.encode(into: &bytes)
    let decoded = try bytes.withUnsafeBytes { try MessageRecord(decoding: $0) }
    #expect(decoded == message && decoded.reports?.parts.map(\.name) == ["SM 1"])
    #expect(decoded.dismissedAt == Instant(milliseconds: 5))
    var late = decoded
    let changed = late.dismiss(now: Instant(milliseconds: 9))
    #expect(!changed && late == decoded)
  }
}
