import Channels
import Delivery
import RoostCore
import Testing

@testable import Runtime

/// A message between its decision and its outcome, with the process dying in between: the partition alone, nobody else
/// claims.
@Suite struct HandoffTests {
  /// A desk with one message that is due.
  private func desk(_ messageClass: String = "transactional") throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.template, "hello", #"{"channel":"email","subject":"Hello","text":"Hi"}"#)
    try desk.put(.channel, "post", #"{"type":"email.smtp","url":"smtp://127.0.0.1:25","from":"s@shop.example"}"#)
    try desk.put(
      .journey, "welcome",
      #"""
      {"journey":"welcome","holdout":"0%","enter":{"event":"Signed Up"},"class":"\#(messageClass)",
       "steps":[{"send":{"id":"hello","channel":"post","template":"hello"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "welcome", .publish)
    while desk.partition.fillSome() {}
    try desk.batch([
      #"""
      {"type":"track","userId":"ann","event":"Signed Up","context":{"traits":{"email":"ann@shop.example"}},
       "messageId":"m"}
      """#
    ])
    #expect(try desk.message.status == .scheduled)
    return desk
  }

  @Test func isHandedOverOnce() throws {
    let desk = try desk()
    let handoffs = try desk.claim()
    #expect(try handoffs.map { try $0.content().subject } == ["Hello"])
    #expect(handoffs.map(\.message.to) == ["ann@shop.example"])
    // Who asks again meanwhile gets nothing.
    #expect(try desk.claim().isEmpty)
    try desk.close(handoffs[0], .sent(id: "", detail: "250 OK"))
    #expect(try desk.message.status == .sent && desk.message.attempts == 1)
    #expect(desk.partition.outbox.isEmpty)
    // An outcome that is told twice changes nothing.
    let before = try desk.message
    try desk.close(handoffs[0], .rejected(detail: "no"))
    #expect(try desk.message == before)
    let crashed = try desk.crashed()
    #expect(try crashed.message == before && crashed.claim().isEmpty)
    #expect(try crashed.partition.describeDocument(WorkspaceID(1), .journey, "welcome")["messages"]?.int == 1)
  }

  /// A crash before the claim: the message is as due as before.
  @Test func isNotForgotten() throws {
    let crashed = try desk().crashed()
    #expect(try crashed.claim().count == 1)
  }

  /// A crash during the hand-off: nobody knows. A receipt goes out once more, an advertisement does not.
  @Test(arguments: [("transactional", 1), ("marketing", 0)])
  func isAmbiguousAfterACrash(messageClass: String, again: Int) throws {
    let desk = try desk(messageClass)
    let first = try desk.claim()[0]
    let crashed = try desk.crashed()
    #expect(try crashed.message.status == .ambiguous)
    let second = try crashed.claim()
    #expect(second.count == again)
    // Whoever held the first claim comes too late.
    try crashed.close(first, .sent(id: "", detail: "250 OK"))
    #expect(try crashed.message.sentAt == nil)
    guard again == 1 else { return }
    try crashed.close(second[0], .sent(id: "", detail: "250 OK"))
    #expect(try crashed.message.status == .ambiguous && crashed.message.sentAt != nil)
    #expect(try crashed.crashed().message == crashed.message)
  }

  @Test func isTriedAgainLater() throws {
    let desk = try desk()
    try desk.close(desk.claim()[0], .deferred(detail: "later", retryAfter: nil, fault: .message))
    let dueAt = try #require(try desk.message.dueAt)
    #expect(try desk.message.status == .scheduled && dueAt > desk.partition.now())
    #expect(try desk.claim().isEmpty)
    let crashed = try desk.crashed()
    #expect(try crashed.claim().isEmpty && crashed.message.dueAt == dueAt)
    crashed.partition.setClock(dueAt)
    try crashed.close(crashed.claim()[0], .rejected(detail: "no such user"))
    #expect(try crashed.message.status == .failed && crashed.message.attempts == 2)
    #expect(try crashed.message.detail.contains("no such user"))
  }

  /// One that cannot be read is told of, and does not keep the others.
  @Test func aDamagedMessageFailsAlone() throws {
    let desk = try desk()
    try desk.batch([
      #"""
      {"type":"track","userId":"bob","event":"Signed Up","context":{"traits":{"email":"bob@shop.example"}},
       "messageId":"n"}
      """#
    ])
    var damaged = try desk.message
    damaged.values = [0xFF, 0xFF]
    desk.partition.recordMessageStates([damaged], desk.partition.beginCommit())
    try desk.partition.finishCommit()
    let handoffs = try desk.claim()
    #expect(handoffs.count == 1 && handoffs.first?.message.id != damaged.id)
    let failed = try #require(try desk.partition.message(Desk.shop, damaged.id.bytes))
    #expect(failed.status == .failed && failed.detail.contains("damaged"))
    try desk.close(handoffs[0], .sent(id: "", detail: "250 OK"))
    #expect(desk.partition.outbox.isEmpty)
    #expect(try desk.crashed().partition.message(Desk.shop, damaged.id.bytes) == failed)
  }

  /// A few at a time would be as many commits; who has little room waits for more, unless little is waiting.
  @Test func claimsAreMadeManyAtATime() throws {
    let desk = try desk()
    #expect(try desk.claim(underWay: ["post": 399]).count == 1)
    try desk.batch(
      (0..<30).map {
        #"{"type":"track","userId":"u\#($0)","event":"Signed Up","context":{"traits":{"email":"u\#($0)@shop.example"}}}"#
      })
    #expect(try desk.claim(underWay: ["post": 380]).isEmpty)
    #expect(try desk.claim(underWay: ["post": 350]).count == 30)
  }

  @Test func aBusyChannelIsLeftAlone() throws {
    let desk = try desk()
    #expect(try desk.claim(underWay: ["post": 400]).isEmpty)
    #expect(try desk.message.claim == nil)
    #expect(try desk.claim().count == 1)
  }

  /// The log from before a checkpoint is not read again: what is open must be in the store by then.
  @Test func aCheckpointKeepsWhatIsOpen() throws {
    let desk = try desk()
    #expect(try desk.openInStore == 0)
    desk.partition.checkpointNow()
    #expect(try desk.openInStore == 1)
    let restarted = try desk.restarted()
    #expect(try restarted.message == desk.message)
    try restarted.close(restarted.claim()[0], .sent(id: "", detail: "250 OK"))
    #expect(try restarted.openInStore == 0)
    let again = try restarted.restarted()
    #expect(try again.message == restarted.message && again.message.status == .sent)
    #expect(try again.claim().isEmpty)
  }

  @Test func aCheckpointKeepsAClaim() throws {
    let desk = try desk()
    desk.partition.checkpointNow()
    let first = try desk.claim()[0]
    desk.partition.checkpointNow()
    let restarted = try desk.restarted()
    #expect(try restarted.message.status == .ambiguous)
    try restarted.close(first, .sent(id: "", detail: "250 OK"))
    #expect(try restarted.message.sentAt == nil)
  }

  /// Settled between two checkpoints: the store gets the record, and nothing that says that it is open.
  @Test func aSettledMessageIsInTheStoreAtOnce() throws {
    let desk = try desk()
    try desk.close(desk.claim()[0], .sent(id: "", detail: "250 OK"))
    #expect(try desk.openInStore == 0)
    desk.partition.checkpointNow()
    let restarted = try desk.restarted()
    #expect(try restarted.message == desk.message)
    #expect(try restarted.openInStore == 0 && restarted.claim().isEmpty)
  }
}
