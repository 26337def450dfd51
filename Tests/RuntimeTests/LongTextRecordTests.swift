import Channels
import Delivery
import Engine
import Profiles
import RoostCore
import Testing

@testable import Runtime

/// Parts of a text message on their way to being one event: in whatever order, twice, through crashes.
@Suite struct LongTextRecordTests {
  private static let shop = Desk.shop
  private static let channel = ChannelRef(workspace: Desk.shop, key: "texts")
  private static let ann = "393331234567"

  private func desk() throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.channel, "texts", #"{"type":"sms.smpp","url":"smpp://u:p@127.0.0.1:2775","from":"Shop"}"#)
    return desk
  }

  private func name(_ reference: Int = 7, of count: Int = 3, from: String = ann) -> LongText.Name {
    LongText.Name(from: from, isInternational: true, to: "12345", reference: reference, count: count)
  }

  @discardableResult
  private func bring(_ number: Int, _ text: String, _ desk: Desk, _ name: LongText.Name? = nil) throws -> Bool {
    let part = SMPPTextPart(
      of: name ?? self.name(), number: number,
      part: LongText.Part(octets: Array(text.utf8), dataCoding: 0, isLatin: false))
    return try desk.partition.take(part, by: Self.channel, stopWords: SMPPChannel.stopWords)
  }

  /// What came of it: `text`, and the numbers of missing parts behind a bar.
  private func events(_ desk: Desk, from: String = ann) throws -> [String] {
    let page = try desk.partition.timeline(
      Self.shop, PersonReference("phone:+\(from)"), cursor: nil, limit: 100)
    return page.items.reversed().compactMap { event in
      guard let text = event["properties"]?["text"]?.string else { return nil }
      let missing = event["properties"]?["missing"]?.array?.map(\.text).joined(separator: ",")
      return (event["event"]?.string == "SMS Unsubscribed" ? "!" : "") + text + (missing.map { "|\($0)" } ?? "")
    }
  }

  @Test func oneEventInWhateverOrder() throws {
    let desk = try desk()
    try bring(3, "c", desk)
    try bring(1, "a", desk)
    try bring(3, "c", desk)
    #expect(desk.partition.texts.count == 1)
    #expect(throws: Problem.self) { try events(desk) }
    try bring(2, "b", desk)
    #expect(try events(desk) == ["abc"])
    // Our answer got lost: the centre brings parts again.
    for (number, text) in [(2, "b"), (1, "a"), (3, "c")] { try bring(number, text, desk) }
    #expect(try events(desk) == ["abc"])
    // After its time nothing is left of it.
    try desk.advance(by: .minutes(31))
    #expect(desk.partition.texts.count == 0)
    #expect(try events(desk) == ["abc"])
    #expect(try desk.restarted().partition.texts.count == 0)
  }

  /// What was taken is there after a crash, from the log alone as from the store.
  @Test(arguments: [true, false])
  func nothingTakenIsLost(byLogAlone: Bool) throws {
    var desk = try desk()
    func crash() throws { desk = try byLogAlone ? desk.crashed() : desk.restarted() }
    try bring(2, "b", desk)
    try crash()
    try bring(3, "c", desk)
    try crash()
    try bring(2, "b", desk)
    #expect(desk.partition.texts.count == 1)
    try bring(1, "a", desk)
    #expect(try events(desk) == ["abc"])
    // The answer to the last part did not reach the centre.
    try crash()
    try bring(1, "a", desk)
    #expect(try events(desk) == ["abc"] && desk.partition.texts.count == 1)
    try desk.advance(by: .hours(1))
    #expect(try events(desk) == ["abc"])
  }

  @Test func whatDoesNotComeInTimeIsMarked() throws {
    var desk = try desk()
    try bring(3, "c", desk)
    try bring(1, "a", desk, name(8))
    try desk.advance(by: .minutes(29))
    #expect(desk.partition.texts.count == 2)
    try bring(2, "b", desk, name(8))
    try desk.advance(by: .minutes(2))
    #expect(try events(desk) == ["…c|1,2", "ab…|3"])
    desk = try desk.crashed()
    #expect(desk.partition.texts.count == 0)
    #expect(try events(desk) == ["…c|1,2", "ab…|3"])
    // Too late: a message of its own, and incomplete too.
    try bring(3, "d", desk, name(8))
    try desk.advance(by: .hours(1))
    #expect(try events(desk).last == "…d|1,2")
  }

  /// Time in which nobody could hear the centre does not count.
  @Test func aStartWaitsAnew() throws {
    var desk = try desk()
    try bring(1, "a", desk)
    let later = desk.partition.now() + .hours(5)
    desk.partition.setClock(later)
    desk = try desk.restarted()
    #expect(!desk.partition.handOnTexts())
    try bring(2, "b", desk)
    try bring(3, "c", desk)
    #expect(try events(desk) == ["abc"])
  }

  /// Phones count references to 255 and begin anew.
  @Test func aReferenceThatIsUsedAgain() throws {
    let desk = try desk()
    try bring(1, "a", desk)
    try bring(1, "x", desk)
    #expect(try events(desk) == ["a…|2,3"])
    try bring(2, "y", desk)
    try bring(3, "z", desk)
    #expect(try events(desk) == ["a…|2,3", "xyz"])
    // The same sender's other messages, and other senders' with the same reference, are others.
    try bring(1, "1", desk, name(7, of: 2))
    try bring(2, "2", desk, name(7, of: 2, from: "4915112345678"))
    #expect(desk.partition.texts.count == 3)
    for number in 1...3 { try bring(number, "n", desk) }
    #expect(try events(desk) == ["a…|2,3", "xyz", "nnn"])
  }

  @Test func stopIsHeardWithTheFirstPart() throws {
    let desk = try desk()
    try desk.batch([
      #"{"type":"identify","userId":"ann","traits":{"phone":"+\#(Self.ann)"},"messageId":"1"}"#
    ])
    #expect(try !bring(2, "now or ever", desk))
    #expect(try bring(1, "STOP writing to me, ", desk))
    #expect(try bring(3, "!", desk))
    #expect(try events(desk) == ["!STOP writing to me, now or ever!"])
    #expect(try bring(1, "STOP writing to me, ", desk))
    // Whom nobody knew says it to the end of the time.
    try bring(1, "stop", desk, name(9, from: "4915112345678"))
    try desk.advance(by: .hours(1))
    #expect(try events(desk, from: "4915112345678") == ["!stop…|2,3"])
    let consents = try desk.partition.consents(Self.shop, PersonReference("phone:+4915112345678"))
    #expect(consents.map { $0["purpose"]?.string } == ["marketing.sms"] && consents[0]["granted"]?.bool == false)
  }

  @Test func memoryIsBounded() throws {
    let desk = try desk()
    desk.partition.texts.countMax = 20
    for reference in 0..<50 {
      try bring(1, "\(reference)", desk, name(reference))
      while desk.partition.handOnTexts() {}
      #expect(desk.partition.texts.count <= 20)
    }
    // None is lost.
    #expect(try events(desk).count == 30 && events(desk).first == "0…|2,3")
  }

  @Test func anErasedPersonsPartsAreGone() throws {
    var desk = try desk()
    try desk.batch([#"{"type":"identify","userId":"ann","traits":{"phone":"+\#(Self.ann)"},"messageId":"1"}"#])
    try bring(1, "a secret", desk)
    try bring(1, "b", desk, name(from: "4915112345678"))
    let number = desk.partition.quarantineNumber - 1
    let key = StoreKeys.longText(Self.shop, number)
    #expect(try desk.partition.store.get(key) != nil)
    var erased: ErasedPeople?
    desk.partition.erasures = { erased = $0 }
    try desk.partition.erase(Self.shop, PersonReference("user:ann"))
    #expect(erased?.quarantined == [number])
    #expect(try desk.partition.store.get(key) == nil && desk.partition.texts.count == 1)
    // The log is rewritten without them.
    let people = try #require(erased)
    var isRewritten = false
    try desk.log.rewrite { _, record, bytes in
      let isChanged = try RecordErasure.rewrite(record.payload, erasing: [people], into: &bytes)
      isRewritten = isRewritten || isChanged && !bytes.contains(subsequence: Array("a secret".utf8))
      return isChanged
    }
    #expect(isRewritten)
    desk = try desk.crashed()
    #expect(desk.partition.texts.count == 1)
  }
}

extension [UInt8] {
  fileprivate func contains(subsequence: [UInt8]) -> Bool { firstRange(of: subsequence) != nil }
}
