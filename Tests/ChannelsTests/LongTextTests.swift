import RoostCore
import Testing

@testable import Channels

/// Texts from phones that come in parts.
@Suite struct LongTextTests {
  private func message(_ octets: [UInt8], esm: UInt8 = 0x40, coding: UInt8 = 0) -> SMPPMessage {
    var message = SMPPMessage()
    message.source = SMSAddress(ton: 1, npi: 1, text: "393331234567")
    message.destination = SMSAddress(ton: 0, npi: 1, text: "12345")
    message.esmClass = esm
    message.dataCoding = coding
    message.text = octets
    return message
  }

  private func part(_ message: SMPPMessage) -> SMPPTextPart? {
    guard case .text(let text) = SMPPInbound(message, isLatin: false) else { return nil }
    return text.part
  }

  private func joined(_ messages: [SMPPMessage]) throws -> LongText {
    let parts = try messages.map { try #require(part($0)) }
    var text = LongText(try #require(parts.first).of)
    for part in parts {
      #expect(part.of == text.name)
      _ = text.add(part.part, number: part.number)
    }
    return text
  }

  /// 3GPP TS 23.040 9.2.3.24.1 and 9.2.3.24.8: elements 00 and 08; SMPP 3.4 5.3.2.22 to 24: parameters.
  @Test func allWaysOfCounting() throws {
    let eight = [message([5, 0, 3, 7, 2, 2] + Array("lo".utf8)), message([5, 0, 3, 7, 2, 1] + Array("Hel".utf8))]
    #expect(try joined(eight).text == "Hello")
    let sixteen = [
      message([6, 8, 4, 1, 7, 2, 1] + Array("Hel".utf8)), message([6, 8, 4, 1, 7, 2, 2] + Array("lo".utf8)),
    ]
    #expect(try joined(sixteen).text == "Hello")
    #expect(try joined(sixteen).name.reference == 0x107)
    let parameters = [(1, "Hel"), (2, "lo")].map { number, text in
      var message = message(Array(text.utf8), esm: 0)
      message.parameters = [
        SMPPParameter(tag: 0x020C, value: [1, 7]), SMPPParameter(tag: 0x020E, value: [2]),
        SMPPParameter(tag: 0x020F, value: [UInt8(number)]),
      ]
      return message
    }
    #expect(try joined(parameters).text == "Hello")
  }

  /// U+1F600 is D83D DE00 in UTF-16; a phone that counts octets cuts it in two. The euro of the GSM alphabet is 1B 65.
  @Test func lettersCutInTwo() throws {
    let smile = [
      message([5, 0, 3, 7, 2, 1, 0, 0x41, 0xD8, 0x3D], coding: 8), message([5, 0, 3, 7, 2, 2, 0xDE, 0], coding: 8),
    ]
    #expect(try joined(smile).text == "A😀")
    #expect(try joined([message([5, 0, 3, 7, 2, 1, 0x35, 0x1B]), message([5, 0, 3, 7, 2, 2, 0x65])]).text == "5€")
    // Parts of different alphabets, as phones do that change it in the middle.
    #expect(
      try joined([message([5, 0, 3, 7, 2, 1, 0x41]), message([5, 0, 3, 7, 2, 2, 4, 0x10], coding: 8)]).text == "AА")
  }

  @Test func whatIsMissing() throws {
    func part(_ number: UInt8, of count: UInt8 = 4) -> SMPPMessage {
      message([5, 0, 3, 7, count, number, 0x40 + number])
    }
    var text = try joined([part(4), part(1)])
    #expect(text.missing == [2, 3] && !text.isWhole && text.text == "A…D" && text.beginning == "A")
    #expect(try joined([part(2)]).text == "…B…" && joined([part(2)]).beginning == nil)
    let again = try #require(self.part(part(4)))
    #expect(text.add(again.part, number: 4) == .repeated)
    #expect(text.add(LongText.Part(octets: [0x58], dataCoding: 0, isLatin: false), number: 4) == .another)
    #expect(text.text == "A…D")
    // A message that was handed on is known by its fingerprint, and holds nothing of what was written.
    var known = text.fingerprint
    #expect(known.add(again.part.fingerprint, number: 4) == .repeated)
    #expect(known.add(LongText.Part(octets: [0x58], dataCoding: 0, isLatin: false).fingerprint, number: 4) == .another)
    #expect(known.parts[1]?.octets.count == 8 && known != text)
  }

  /// What counts wrongly is a text of its own.
  @Test(arguments: [(0, 2), (3, 2), (1, 1), (1, 0), (0, 0)])
  func wrongNumbers(number: UInt8, count: UInt8) {
    let message = message([5, 0, 3, 7, count, number, 0x41])
    #expect(part(message) == nil)
    guard case .text(let text) = SMPPInbound(message, isLatin: false) else { return #expect(Bool(false)) }
    #expect(text.text == "A")
  }
}
