import Testing

@testable import Channels

/// The next message's commands go along with the end of the one before (RFC 2920 3.1).
@Suite struct SMTPFollowingTests {
  /// A session whose message is written, and whose next one's commands went along.
  private func followed() throws -> SMTPSession {
    var session = Talk.ready()
    _ = session.deliver(try Vectors.envelope(["a@x.example"]))
    #expect(!session.canBeFollowed || session.phase != .idle)
    for text in ["250 ok", "250 ok", "354 go"] { _ = session.replied(Talk.reply(text)) }
    #expect(session.canBeFollowed)
    let mail = SMTPCommand.mail(from: "bounce@shop.example", size: 11, eightBit: false, utf8: false)
    #expect(
      session.follow(with: try Vectors.envelope(["b@x.example"])) == .send([mail, .rcpt(to: "b@x.example"), .data]))
    #expect(!session.canBeFollowed, "one at a time")
    session.messageWriting()
    session.messageWritten(true)
    return session
  }

  @Test(arguments: ["250 2.0.0 queued", "451 4.3.0 later", "550 5.7.1 spam"])
  func theNextOneGoesOnWhateverBecameOfTheFirst(answer: String) throws {
    var session = try followed()
    #expect(session.phase == .finalDot)
    let outcome = Talk.reply(answer).outcome
    #expect(session.replied(Talk.reply(answer)) == .completeAndContinue([outcome]))
    #expect(session.phase == .mail && session.envelope?.recipients == ["b@x.example"])
    for text in ["250 ok", "250 ok"] { #expect(session.replied(Talk.reply(text)) == .wait) }
    #expect(session.replied(Talk.reply("354 go")) == .sendMessage)
    session.messageWriting()
    session.messageWritten(true)
    #expect(session.replied(Talk.reply("250 2.0.0 queued")) == .complete([.sent(reply: "250 2.0.0 queued")]))
  }

  @Test func aRefusedFollowerIsReset() throws {
    var session = try followed()
    _ = session.replied(Talk.reply("250 ok"))
    for text in ["250 ok", "550 5.1.1 no", "554 5.5.1 nobody"] {
      let action = session.replied(Talk.reply(text))
      guard text.hasPrefix("554") else { continue }
      let unknownUser = EnhancedStatus(category: 5, subject: 1, detail: 1)
      #expect(
        action == .completeAndReset([.rejected(code: 550, enhanced: unknownUser, reply: "550 5.1.1 no")]))
    }
    #expect(session.phase == .reset)
  }

  /// The outcomes are the first one's alone; who waits for the other gets it back, for nothing of its text was sent.
  @Test func aBreakConcernsTheFirstAlone() throws {
    for code in [SMTPFailure.Code.connectionLost, .timedOut] {
      var session = try followed()
      let action = code == .timedOut ? session.timedOut() : session.failed(code, detail: "gone")
      guard case .completeAndFail(let outcomes, _) = action, outcomes.count == 1, case .unknown = outcomes[0] else {
        Issue.record("\(action)")
        return
      }
      #expect(session.isClosed && session.envelope == nil)
    }
    var session = try followed()
    guard case .completeAndFail(let outcomes, _) = session.replied(Talk.reply("421 bye")), case .deferred = outcomes[0]
    else {
      Issue.record("421 says that it was not taken")
      return
    }
  }

  @Test func whatTheServerCannotTakeDoesNotFollow() throws {
    var session = Talk.ready("250-mx|250-PIPELINING|250 SIZE 20")
    _ = session.deliver(try Vectors.envelope())
    for text in ["250 ok", "250 ok", "354 go"] { _ = session.replied(Talk.reply(text)) }
    let large = try Vectors.envelope(data: String(repeating: "x", count: 100))
    guard case .refused(let outcomes) = session.follow(with: large), case .rejected(552, _, _) = outcomes[0] else {
      Issue.record("a message that is too large")
      return
    }
    #expect(session.canBeFollowed)
  }

  @Test func noneFollowsWithoutPipelining() throws {
    var session = Talk.ready("250-mx|250 HELP")
    _ = session.deliver(try Vectors.envelope())
    for text in ["250 ok", "250 ok", "354 go"] { _ = session.replied(Talk.reply(text)) }
    #expect(session.phase == .message || session.phase == .finalDot)
    #expect(!session.canBeFollowed)
  }

  @Test func noConnectionTakesAheadWhatAnotherCouldTakeNow() {
    var pool = SMTPPool<String>(connectionsMax: 2, messagesPerConnectionMax: 3, queueMax: 10)
    for job in ["a", "b", "c"] { _ = pool.submit(job, nowMilliseconds: 0) }
    #expect(pool.following(1) == nil, "it is not open yet")
    _ = pool.ready(1, nowMilliseconds: 0)
    _ = pool.ready(2, nowMilliseconds: 0)
    #expect(pool.following(1) == nil, "the other may be free first")
    _ = pool.submit("d", nowMilliseconds: 0)
    #expect(pool.following(1) == "c")
    for job in ["e", "f"] { _ = pool.submit(job, nowMilliseconds: 0) }
    #expect(pool.following(1) == "d")
    for job in ["g", "h"] { _ = pool.submit(job, nowMilliseconds: 0) }
    #expect(pool.following(1) == nil, "it has served its share")
    _ = pool.shutDown()
    #expect(pool.following(2) == nil)
  }
}
