import Channels
import Delivery
import Engine
import RoostCore
import Storage
import Testing

@testable import Runtime

/// Codes between their pool and the messages that show them: one each, whatever happens.
@Suite struct VoucherTests {
  private static let codes = (0..<1_000).map { "SPRING-\($0)" }

  /// A desk with a pool and a letter that shows one of its codes twice.
  private func desk(
    _ codes: [String] = [], channel: Bool = true, pool: String = "{}",
    text: String = "{{ 'spring' | voucher }} {{ 'spring' | voucher }}"
  ) throws -> Desk {
    let desk = try Desk.open()
    try desk.put(.voucherPool, "spring", pool)
    try desk.put(.voucherPool, "vip", "{}")
    try desk.put(
      .template, "hello", #"{"channel":"email","subject":"Code {{ 'spring' | voucher }}","text":"\#(text)"}"#)
    if channel {
      try desk.put(
        .channel, "email",
        #"{"type":"email.smtp","url":"smtp://127.0.0.1:25","from":"s@shop.example","concurrency":100}"#)
    }
    try desk.put(
      .journey, "welcome",
      #"""
      {"journey":"welcome","holdout":"0%","enter":{"event":"Signed Up"},"class":"transactional","again":"always",
       "steps":[{"send":{"id":"hello","channel":"email","template":"hello"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "welcome", .publish)
    while desk.partition.fillSome() {}
    if !codes.isEmpty { #expect(try take(desk, codes) == codes.count) }
    return desk
  }

  private func take(_ desk: Desk, _ codes: [String], pool: String = "spring") throws -> Int {
    try desk.partition.takeVouchers(Desk.shop, pool: pool, codes).added
  }

  private func signUp(_ desk: Desk, _ people: Range<Int>) throws {
    try desk.batch(
      people.map { number in
        #"""
        {"type":"track","userId":"u\#(number)","event":"Signed Up","messageId":"m-\#(number)",
         "context":{"traits":{"email":"u\#(number)@shop.example"}}}
        """#
      })
  }

  /// Everything that is due goes out.
  private func send(_ desk: Desk) throws {
    while case let handoffs = try desk.claim(), !handoffs.isEmpty {
      try desk.partition.closeHandoffs(handoffs.map { HandoffResult($0, .sent(id: "", detail: "250 OK")) })
    }
  }

  private func messages(_ desk: Desk) throws -> [MessageRecord] {
    try desk.partition.messageRecords(Desk.shop, MessageFilter(), cursor: nil, limit: 2_000).records
  }

  /// What each message was given.
  private func given(_ desk: Desk) throws -> [IntentID: String] {
    var given: [IntentID: String] = [:]
    for message in try messages(desk) { given[message.id] = try desk.partition.vouchers(of: message)["spring"] }
    return given
  }

  private func standing(_ desk: Desk, _ pool: String = "spring") throws -> [Int64] {
    let pool = try desk.partition.describeDocument(Desk.shop, .voucherPool, pool)
    return ["codes", "given", "left"].compactMap { pool[$0]?.int }
  }

  private func look(_ desk: Desk, _ code: String) throws -> JSONValue {
    try desk.partition.describeVoucher(Desk.shop, pool: "spring", code: code)
  }

  @Test(arguments: [true, false])
  func `A thousand messages have a thousand codes`(channel: Bool) throws {
    let desk = try desk(Self.codes, channel: channel)
    for start in stride(from: 0, to: 1_000, by: 250) {
      try signUp(desk, start..<(start + 250))
      try send(desk)
      // Some are given before a checkpoint, some after.
      if start == 250 { desk.partition.checkpointNow() }
    }
    let given = try given(desk)
    #expect(given.count == 1_000 && Set(given.values) == Set(Self.codes))
    #expect(try standing(desk) == [1_000, 1_000, 0])
    for message in try messages(desk) {
      let code = try #require(given[message.id])
      #expect(message.status == .sent && message.subject == "Code \(code)")
      let content = try #require(try desk.partition.content(of: message))
      #expect(content.text == "\(code) \(code)" && content.subject == message.subject)
    }
    for again in [try desk.crashed(), try desk.restarted()] {
      #expect(try self.given(again) == given && standing(again) == [1_000, 1_000, 0])
      for (message, code) in given.prefix(20) { #expect(try look(again, code)["message"] == .string(message.text)) }
    }
    // One more message gets none of these.
    let again = try desk.restarted()
    try signUp(again, 1_000..<1_001)
    try send(again)
    #expect(try messages(again).first { $0.userID == "u1000" }?.reason == .noVoucher)
  }

  @Test(arguments: [
    ("{}", "the pool of vouchers \"spring\" is empty"),
    (#"{"expiresAt":"1970-01-01T00:00:01Z"}"#, "the pool of vouchers \"spring\" has expired"),
  ])
  func `Without a code a message is not sent`(pool: String, detail: String) throws {
    for channel in [true, false] {
      let desk = try desk(pool: pool)
      if pool != "{}" { #expect(try take(desk, ["A"]) == 1) }
      try signUp(desk, 0..<1)
      #expect(try desk.claim().isEmpty)
      let message = try desk.message
      #expect(message.status == .suppressed && message.reason == .noVoucher && message.detail == detail, "\(channel)")
      #expect(message.why.last == detail && message.attempts == 0 && desk.partition.outbox.isEmpty)
      #expect(try desk.crashed().message == message && desk.restarted().message == message)
      // It stays so; the next one is served.
      try desk.put(.voucherPool, "spring", #"{"name":"again"}"#)
      _ = try take(desk, ["B"])
      try signUp(desk, 1..<2)
      #expect(try desk.claim().count == 1 && look(desk, pool == "{}" ? "B" : "A")["given"] == true)
    }
  }

  @Test func `A retry keeps its code`() throws {
    var desk = try desk(["A", "B"])
    try signUp(desk, 0..<1)
    for _ in 0..<3 {
      let handoff = try #require(try desk.claim().first)
      #expect(try handoff.content().text == "A A")
      try desk.close(handoff, .deferred(detail: "later", retryAfter: nil, fault: .message))
      desk = try desk.crashed()
      desk.partition.setClock(try #require(try desk.message.dueAt))
    }
    #expect(try standing(desk) == [2, 1, 1])
    try desk.close(#require(try desk.claim().first), .rejected(detail: "no"))
    // Failed, and handed over anew on demand: the same code again.
    _ = try desk.partition.redrive(Desk.shop, [desk.message.id.text])
    #expect(try desk.claim().first?.content().text == "A A")
    #expect(try standing(desk) == [2, 1, 1])
  }

  /// Nobody knows whether the first letter arrived: the second says the same, and nobody else ever gets that code.
  @Test(arguments: [true, false]) func `A crash between the claim and the end`(hasStore: Bool) throws {
    let desk = try desk(["A", "B", "C"])
    try signUp(desk, 0..<1)
    #expect(try desk.claim().first?.content().text == "A A")
    let crashed = try hasStore ? desk.restarted() : desk.crashed()
    #expect(try crashed.message.status == .ambiguous && given(crashed).values.sorted() == ["A"])
    try signUp(crashed, 1..<2)
    let texts = try crashed.claim().map { try $0.content().text ?? "" }
    #expect(texts.sorted() == ["A A", "B B"])
    #expect(try standing(crashed) == [3, 2, 1])
  }

  @Test func `Only what is shown is given`() throws {
    let desk = try desk(
      ["A"], text: "{% if event.vip %}{{ 'vip' | voucher }}{% else %}{{ 'spring' | voucher }}{% endif %}")
    // The pool of the other branch is empty, and nobody minds.
    try signUp(desk, 0..<1)
    #expect(try desk.claim().first?.content().text == "A")
    #expect(try standing(desk, "vip") == [0, 0, 0])
  }

  @Test func `Previews and tests use none up`() throws {
    let desk = try desk(["A"])
    let preview = try desk.partition.previewTemplate(Desk.shop, "hello", TemplatePreviewRequest([:]))
    #expect(preview["parts"]?["text"] == "SAMPLE-CODE SAMPLE-CODE" && preview["wouldBeSent"] == true)
    _ = try desk.partition.sendTest(Desk.shop, "hello", TemplateTestRequest(["to": "me@shop.example"]))
    let handoff = try #require(try desk.claim().first)
    #expect(try handoff.content().text == "SAMPLE-CODE SAMPLE-CODE")
    #expect(try standing(desk) == [1, 0, 1])
  }

  @Test func `An erasure leaves the code used and nobody's`() throws {
    let desk = try desk(["A", "B"])
    try signUp(desk, 0..<2)
    try send(desk)
    let codes = try given(desk)
    let message = try #require(try messages(desk).first { $0.userID == "u0" })
    let code = try #require(codes[message.id])
    #expect(try look(desk, code)["message"] == .string(message.id.text))
    try desk.partition.erase(Desk.shop, PersonReference("user:u0"))
    for desk in [desk, try desk.crashed(), try desk.restarted()] {
      #expect(try look(desk, code)["given"] == true && look(desk, code)["message"] == nil)
      #expect(try standing(desk) == [2, 2, 0] && messages(desk).count == 1)
      #expect(try look(desk, codes.values.first { $0 != code }!)["message"] != nil)
    }
  }

  // Bringing codes

  @Test func `Doubled codes are passed over`() throws {
    let desk = try desk()
    let first = try desk.partition.takeVouchers(Desk.shop, pool: "spring", ["A", "B", "A"])
    #expect(first.added == 2 && first.duplicates == 1)
    let records = desk.partition.sequences[Partition.systemBucket]
    let second = try desk.partition.takeVouchers(Desk.shop, pool: "spring", ["B", "A"])
    #expect(second.added == 0 && second.duplicates == 2)
    // What brings nothing writes nothing.
    #expect(desk.partition.sequences[Partition.systemBucket] == records)
    for desk in [try desk.crashed(), try desk.restarted()] { #expect(try standing(desk) == [2, 0, 2]) }
    let restarted = try desk.restarted()
    #expect(try take(restarted, ["C", "A"]) == 1)
    for desk in [restarted, try restarted.crashed()] {
      #expect(try standing(desk) == [3, 0, 3] && look(desk, "C") == ["pool": "spring", "code": "C", "given": false])
    }
  }

  @Test func `A full pool takes what it has room for`() throws {
    let desk = try desk()
    let ref = VoucherPoolRef(workspace: Desk.shop, key: "spring")
    desk.partition.voucherPools[ref] = VoucherPoolState(standing: VoucherStanding(codes: 999_998, given: 0))
    let run = try desk.partition.takeVouchers(Desk.shop, pool: "spring", ["A", "B", "A", "C", "D"])
    #expect(run.added == 2 && run.duplicates == 1 && run.isFull)
    #expect(try standing(desk) == [1_000_000, 0, 1_000_000])
    #expect(try desk.partition.takeVouchers(Desk.shop, pool: "spring", ["E"]).isFull)
  }

  @Test func `Pools are a workspace's own`() throws {
    let desk = try desk(["A"])
    _ = try desk.partition.createWorkspace(["key": "other"], idempotencyKey: nil)
    let other = WorkspaceID(2)
    #expect(throws: Problem.self) { try desk.partition.takeVouchers(other, pool: "spring", ["B"]) }
    #expect(throws: Problem.self) { try desk.partition.describeVoucher(other, pool: "spring", code: "A") }
    let problem = #expect(throws: Problem.self) {
      try desk.partition.putDocument(
        other, .template, key: "t", ["channel": "sms", "text": "{{ 'spring' | voucher }}"])
    }
    #expect(problem?.findings.first?.detail.contains("there is no pool of vouchers \"spring\"") == true)
    // A pool of the same name is another one.
    _ = try desk.partition.putDocument(other, .voucherPool, key: "spring", [:])
    #expect(try desk.partition.takeVouchers(other, pool: "spring", ["A"]).added == 1)
    try signUp(desk, 0..<1)
    #expect(try desk.claim().count == 1)
    #expect(try desk.partition.describeVoucher(other, pool: "spring", code: "A")["given"] == false)
    #expect(throws: Problem.self) { try look(desk, "B") }
    #expect(throws: Problem.self) { try desk.partition.takeVouchers(Desk.shop, pool: "none", []) }
  }
}
