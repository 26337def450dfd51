import Channels
import Delivery
import RoostCore
import Testing

@testable import Engine
@testable import Runtime

/// What becomes of a text message once a centre has taken it, also after a crash.
@Suite struct TextMessageTests {
  private static let shop = Desk.shop
  private static let channel = ChannelRef(workspace: Desk.shop, key: "texts")

  private func desk() throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.template, "hello", #"{"channel":"sms","text":"Hi"}"#)
    try desk.put(.channel, "texts", #"{"type":"sms.smpp","url":"smpp://u:p@127.0.0.1:2775","from":"Shop"}"#)
    try desk.put(
      .journey, "hello",
      #"""
      {"journey":"hello","enter":{"event":"Signed Up"},"again":"always","holdout":"0%","class":"transactional",
       "steps":[{"send":{"id":"a","channel":"sms","template":"hello"}}]}
      """#)
    try desk.partition.act(Self.shop, journey: "hello", .publish)
    while desk.partition.fillSome() {}
    try desk.batch([
      #"{"type":"track","userId":"ann","event":"Signed Up","messageId":"1","context":{"traits":{"phone":"+393331234567"}}}"#
    ])
    return desk
  }

  private func report(_ desk: Desk, _ news: MessageFeedback.News, _ message: MessageRecord) {
    desk.partition.take([
      .init(
        feedback: MessageFeedback(
          workspace: Self.shop, person: message.person, message: message.id, news: news, kind: .sms), completion: nil)
    ])
  }

  private func found(_ desk: Desk, _ name: String, isGuess: Bool = false, about: String = "") throws -> Int? {
    try desk.partition.reportedMessage(Self.channel, [(name, isGuess)], about: about)?.part
  }

  @Test func allPartsMakeItDelivered() throws {
    var desk = try desk()
    let handoff = try #require(try desk.claim().first)
    try desk.close(handoff, .sent(id: "00A1 00A2", detail: "taken"))
    #expect(try found(desk, "a1") == 0)
    report(desk, .delivered(part: 1), handoff.message)
    #expect(try desk.message.status == .sent)
    // What the first receipt said is in the log as well.
    desk = try desk.crashed()
    #expect(try desk.message.status == .sent)
    #expect(try found(desk, "a2") == 1)
    #expect(try found(desk, "a3") == nil)
    report(desk, .delivered(part: 1), handoff.message)
    #expect(try desk.message.status == .sent)
    report(desk, .delivered(part: 0), handoff.message)
    #expect(try desk.message.status == .delivered)
    #expect(try desk.crashed().message.status == .delivered)
  }

  @Test func aGuessNeedsTheNumber() throws {
    let desk = try desk()
    try desk.close(try #require(try desk.claim().first), .sent(id: "A1", detail: "taken"))
    #expect(try found(desk, "a1", isGuess: true, about: "4915112345678") == nil)
    #expect(try found(desk, "a1", isGuess: true, about: "3331234567") == 0)
  }

  @Test func whatCouldNotBeDeliveredFailed() throws {
    let desk = try desk()
    let handoff = try #require(try desk.claim().first)
    try desk.close(handoff, .sent(id: "A1", detail: "taken"))
    report(
      desk, .bounced(.init(isHard: false, status: "EXPIRED", diagnostic: "err 000", address: "")), handoff.message)
    #expect(try desk.message.status == .failed)
    #expect(try desk.message.detail == "EXPIRED err 000")
    // Too late to have arrived after all.
    report(desk, .delivered(part: 0), handoff.message)
    #expect(try desk.message.status == .failed)
  }

  @Test func aDeadNumberIsNotTriedAgain() throws {
    let desk = try desk()
    try desk.close(try #require(try desk.claim().first), .gone(detail: "ESME_RINVDSTADR", since: nil))
    #expect(try desk.message.status == .failed)
    #expect(try desk.claim().isEmpty)
  }

  @Test func anErasedPersonsNamesAreGone() throws {
    let desk = try desk()
    try desk.close(try #require(try desk.claim().first), .sent(id: "A1", detail: "taken"))
    let person = try desk.message.person
    try desk.partition.erase(Self.shop, .id(person))
    #expect(try desk.partition.store.get(StoreKeys.report(Self.shop, channel: "texts", "a1")) == nil)
  }

  @Test(arguments: [
    ("STOP", true), ("stop.", true), ("Stop sending me this", true), (" СТОП!", true), ("отписаться", true),
    ("unsubscribe", true), ("Cancel my order 5", false), ("nonstop", false), ("", false), ("до остановки", false),
  ])
  func stopWords(text: String, isStop: Bool) {
    #expect(WrittenText.isStopWord(text, SMPPChannel.stopWords) == isStop)
  }
}
