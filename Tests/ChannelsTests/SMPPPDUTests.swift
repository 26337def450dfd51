import RoostCore
import Testing

@testable import Channels

@Suite struct SMPPPDUTests {
  /// The example of SMPP 3.4 3.2.3.
  private static let sample: [UInt8] = [
    0x00, 0x00, 0x00, 0x2F, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x53, 0x4D, 0x50,
    0x50, 0x33, 0x54, 0x45, 0x53, 0x54, 0x00, 0x73, 0x65, 0x63, 0x72, 0x65, 0x74, 0x30, 0x38, 0x00, 0x53, 0x55, 0x42,
    0x4D, 0x49, 0x54, 0x31, 0x00, 0x00, 0x01, 0x01, 0x00,
  ]

  @Test func theSpecificationsExample() throws {
    var bind = SMPPBind(systemID: "SMPP3TEST", password: "secret08", systemType: "SUBMIT1")
    bind.version = 0
    bind.address = SMSAddress(ton: 1, npi: 1, text: "")
    let pdu = SMPPPDU(.bindTransmitter, sequence: 1, body: .bind(bind))
    #expect(pdu.encoded == Self.sample)
    #expect(try SMPPPDU(decoding: Self.sample[...]) == pdu)
  }

  /// By hand, field after field of 4.4.1; the fourth line holds esm_class, protocol_id, priority_flag,
  /// schedule_delivery_time and validity_period.
  private static let submit: [UInt8] =
    [0, 0, 0, 67, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 7] + [0]  // service_type
    + [5, 0] + Array("Shop\0".utf8) + [1, 1] + Array("393331234567\0".utf8)
    + [0x00, 0, 0] + [0] + Array("000001000000000R\0".utf8)
    + [1, 0, 0, 0, 2] + Array("Hi".utf8)

  @Test func submit() throws {
    var configuration = try SMPPConfiguration(url: "smpp://u:p@localhost", sender: "Shop")
    configuration.validity = .days(1)
    let parts = try configuration.parts("Hi", to: "+393331234567", id: "m", lifetime: nil).get()
    let pdu = SMPPPDU(.submitSM, sequence: 7, body: .message(parts[0]))
    #expect(pdu.encoded == Self.submit)
    #expect(try SMPPPDU(decoding: Self.submit[...]) == pdu)
  }

  @Test func aLongTextByHeaders() throws {
    let configuration = try SMPPConfiguration(url: "smpp://u:p@localhost", sender: "12345")
    let parts = try configuration.parts(String(repeating: "я", count: 100), to: "+79261234567", id: "m", lifetime: nil)
      .get()
    #expect(parts.count == 2)
    #expect(parts.map(\.esmClass) == [0x40, 0x40])
    #expect(parts.map(\.dataCoding) == [8, 8])
    #expect(parts.map(\.text.count) == [140, 72])
    #expect(parts.map { Array($0.text.prefix(3)) } == [[5, 0, 3], [5, 0, 3]])
    #expect(parts[0].text[3] == parts[1].text[3])
    #expect(parts.map { Array($0.text[4..<6]) } == [[2, 1], [2, 2]])
    // Sent once more it has the same reference: phones take parts that come twice as one.
    let again = try configuration.parts(String(repeating: "я", count: 100), to: "+79261234567", id: "m", lifetime: nil)
      .get()
    #expect(again == parts)
  }

  @Test func aLongTextOtherwise() throws {
    var configuration = try SMPPConfiguration(url: "smpp://u:p@localhost", sender: "12345")
    let text = String(repeating: "a", count: 200)
    configuration.long = .udh16
    var parts = try configuration.parts(text, to: "+79261234567", id: "m", lifetime: nil).get()
    #expect(parts.map { Array($0.text.prefix(3)) } == [[6, 8, 4], [6, 8, 4]])
    #expect(parts.map(\.text.count) == [159, 55])
    configuration.long = .sar
    parts = try configuration.parts(text, to: "+79261234567", id: "m", lifetime: nil).get()
    #expect(parts.map { $0.parameter(SMPPTag.sarTotal) } == [[2], [2]])
    #expect(parts.map { $0.parameter(SMPPTag.sarNumber) } == [[1], [2]])
    #expect(parts.map(\.text.count) == [153, 47] && parts.map(\.esmClass) == [0, 0])
    configuration.long = .payload
    parts = try configuration.parts(text, to: "+79261234567", id: "m", lifetime: nil).get()
    #expect(parts.count == 1 && parts[0].text.isEmpty && parts[0].parameter(SMPPTag.messagePayload)?.count == 200)
    configuration.partsMax = 1
    #expect(throws: SMPPRefusal("the text needs 2 parts, and partsMax is 1")) {
      try configuration.parts(text, to: "+79261234567", id: "m", lifetime: nil).get()
    }
  }

  @Test func relativeTimes() {
    #expect(SMPPConfiguration.relativeTime(.hours(24)) == "000001000000000R")
    #expect(SMPPConfiguration.relativeTime(.seconds(3_661)) == "000000010101000R")
    #expect(SMPPConfiguration.relativeTime(.seconds(1)) == "000000000100000R")
  }

  @Test func answersAndRefusals() throws {
    let id: [UInt8] = [0, 0, 0, 0x14, 0x80, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9] + Array("abc\0".utf8)
    #expect(try SMPPPDU(decoding: id[...]).body == .messageID("abc"))
    // A refusal may come with or without a body.
    let refused: [UInt8] = [0, 0, 0, 0x10, 0x80, 0, 0, 4, 0, 0, 0, 0x58, 0, 0, 0, 9]
    #expect(try SMPPPDU(decoding: refused[...]).status.verdict == .throttled)
    #expect(SMPPStatus(0x58).description == "ESME_RTHROTTLED (0x58)")
    #expect(SMPPPDU(.enquireLink, sequence: 5).encoded == [0, 0, 0, 16, 0, 0, 0, 0x15, 0, 0, 0, 0, 0, 0, 0, 5])
  }

  @Test func framesInAnyPieces() throws {
    let stream = Self.sample + Self.submit + SMPPPDU(.unbind, sequence: 3).encoded
    for size in [1, 3, 16, 1_000] {
      var frames = SMPPFrames()
      var found: [UInt32] = []
      for start in stride(from: 0, to: stream.count, by: size) {
        frames.append(stream[start..<min(start + size, stream.count)])
        while let unit = try frames.next() { found.append(try SMPPPDU(decoding: unit).command) }
      }
      #expect(found == [2, 4, 6])
    }
    var frames = SMPPFrames()
    frames.append(Array("HTTP/1.1 400".utf8))
    #expect(throws: SMPPMistake.self) { try frames.next() }
  }

  @Test func urls() throws {
    let plain = try SMPPConfiguration(url: "smpp://esme:p%40ss@smsc.example:2776", sender: "Shop")
    #expect((plain.server.host, plain.server.port, plain.server.tls) == ("smsc.example", 2776, .none))
    #expect(plain.server.credentials?.password == "p@ss")
    #expect(try SMPPConfiguration(url: "smpps://esme:x@smsc.example", sender: "Shop").server.tls == .implicit)
    for wrong in [
      "http://a:b@c", "smpp://c", "smpp://a:123456789@c", "smpp://abcdefghijklmnop:1@c", "smpp://a:b@c:99999",
    ] {
      #expect(throws: SMTPConfigurationError.self) { try SMPPConfiguration(url: wrong, sender: "Shop") }
    }
  }
}

@Suite struct SMPPReceiptTests {
  private func receipt(_ text: String, esmClass: UInt8 = 4, parameters: [SMPPParameter] = []) -> SMPPReceipt? {
    var message = SMPPMessage()
    message.esmClass = esmClass
    message.text = Array(text.utf8)
    message.parameters = parameters
    return SMPPReceipt(message)
  }

  /// The form of appendix B.
  @Test func text() throws {
    let found = try #require(
      receipt(
        "id:0123456789 sub:001 dlvrd:001 submit date:0809011130 done date:0809011131 stat:DELIVRD err:000 text:id:9 stat:X"
      ))
    #expect(found.ids == ["0123456789"] && found.state == .delivered && found.error == "000")
    #expect(receipt("id:1 stat:UNDELIV err:001")?.isNumberDead(codes: ["001"]) == true)
    #expect(receipt("id:1 stat:UNDELIV err:069")?.isNumberDead(codes: ["001"]) == false)
    #expect(receipt("id:1 stat:EXPIRED err:001")?.isNumberDead(codes: ["001"]) == false)
    #expect(receipt("ID:1 STAT:acceptd")?.state.isFinal == false)
    #expect(receipt("Hello", esmClass: 0) == nil)
    #expect(receipt("id:1 stat:NONSENS") == nil)
  }

  @Test func parameters() throws {
    let found = try #require(
      receipt(
        "",
        parameters: [
          SMPPParameter(tag: SMPPTag.receiptedMessageID, value: Array("7F\0".utf8)),
          SMPPParameter(tag: SMPPTag.messageState, value: [5]),
          SMPPParameter(tag: SMPPTag.networkErrorCode, value: [3, 0, 1]),
        ]))
    #expect(found.ids == ["7F"] && found.state == .undeliverable && found.isNumberDead(codes: []))
    #expect(found.error == "gsm:1")
  }

  @Test func namesAreComparedInBothWaysOfWriting() {
    #expect(SMPPMessageIDs.kept("00001A2B") == "1a2b")
    #expect(SMPPMessageIDs.kept("000") == "0")
    #expect(SMPPMessageIDs.decimal.candidates(["0000006699"]).first?.id == "1a2b")
    #expect(SMPPMessageIDs.hex.candidates(["1A2B"]).first?.id == "6699")
    #expect(SMPPMessageIDs.auto.candidates(["6699"]).map(\.id) == ["6699", "1a2b", "26265"])
    #expect(SMPPMessageIDs.auto.candidates(["6699"]).map(\.isGuess) == [false, true, true])
    #expect(SMPPMessageIDs.same.candidates(["x-1"]).map(\.id) == ["x-1"])
  }
}
