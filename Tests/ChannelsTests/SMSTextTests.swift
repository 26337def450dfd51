import Testing

@testable import Channels

/// Expected values by 3GPP TS 23.038 (tables of 6.2.1 and 6.2.1.1) and by counting.
@Suite struct SMSTextTests {
  @Test(
    arguments: [
      ("@", [0x00]), ("£", [0x01]), ("é", [0x05]), ("Ç", [0x09]), ("\n", [0x0A]), ("Δ", [0x10]), ("_", [0x11]),
      ("Ξ", [0x1A]), ("ß", [0x1E]), (" ", [0x20]), ("¤", [0x24]), ("?", [0x3F]), ("¡", [0x40]), ("A", [0x41]),
      ("§", [0x5F]), ("¿", [0x60]), ("z", [0x7A]), ("à", [0x7F]), ("^", [0x1B, 0x14]), ("{", [0x1B, 0x28]),
      ("\\", [0x1B, 0x2F]), ("[", [0x1B, 0x3C]), ("~", [0x1B, 0x3D]), ("|", [0x1B, 0x40]), ("€", [0x1B, 0x65]),
    ] as [(String, [UInt8])])
  func septets(text: String, expected: [UInt8]) {
    let written = SMSText(text)
    #expect(written.coding == .gsm7)
    #expect(written.octets == expected)
    #expect(GSMAlphabet.text(of: expected) == text)
  }

  @Test func everySeptetHasACharacterOfItsOwn() {
    let all = (UInt8(0)...0x7F).filter { $0 != 0x1B }
    let text = GSMAlphabet.text(of: all)
    #expect(text.unicodeScalars.count == 127)
    #expect(GSMAlphabet.septets(of: text) == all)
  }

  @Test func otherCharactersMakeTheWholeTextUTF16() {
    #expect(SMSText("Привет").octets == [0x04, 0x1F, 0x04, 0x40, 0x04, 0x38, 0x04, 0x32, 0x04, 0x35, 0x04, 0x42])
    #expect(SMSText("ça va").coding == .ucs2)
    #expect(SMSText("\u{1F600}").octets == [0xD8, 0x3D, 0xDE, 0x00])
  }

  @Test func lettersWithMarksBehindThemAreOneCharacter() {
    #expect(SMSText("cafe\u{301}").octets == [0x63, 0x61, 0x66, 0x05])
    #expect(SMSText("и\u{306}").octets == [0x04, 0x39])
  }

  @Test(arguments: [
    (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4),
  ]) func latinParts(count: Int, parts: Int) {
    #expect(SMSText(String(repeating: "a", count: count)).partCount() == parts)
  }

  @Test(arguments: [(70, 1), (71, 2), (134, 2), (135, 3)]) func cyrillicParts(count: Int, parts: Int) {
    #expect(SMSText(String(repeating: "я", count: count)).partCount() == parts)
  }

  @Test func aReferenceOfSixteenBitsTakesOneMoreOctet() {
    #expect(SMSText(String(repeating: "a", count: 304)).partCount(headerOctets: 7) == 2)
    #expect(SMSText(String(repeating: "a", count: 305)).partCount(headerOctets: 7) == 3)
    #expect(SMSText(String(repeating: "я", count: 132)).partCount(headerOctets: 7) == 2)
    #expect(SMSText(String(repeating: "я", count: 133)).partCount(headerOctets: 7) == 3)
  }

  @Test func nothingIsCutWithinACharacter() {
    // The 153rd septet would be the escape of a euro sign.
    let euro = SMSText(String(repeating: "a", count: 152) + "€" + String(repeating: "b", count: 20))
    #expect(euro.parts(headerOctets: 6).map(\.count) == [152, 22])
    // The 67th unit would be the first half of a pair.
    let face = SMSText(String(repeating: "я", count: 66) + "\u{1F600}" + String(repeating: "я", count: 10))
    #expect(face.parts(headerOctets: 6).map(\.count) == [132, 24])
    #expect(euro.parts(headerOctets: 6).flatMap { $0 } == euro.octets)
  }

  @Test func latin1WhereTheCentreWantsIt() {
    #expect(SMSText("Größe", isLatin: true).octets == [0x47, 0x72, 0xF6, 0xDF, 0x65])
    #expect(SMSText("Größe", isLatin: true).coding == .latin1)
    #expect(SMSText("5 €", isLatin: true).coding == .ucs2)
    #expect(SMSText("Δ", isLatin: true).coding == .ucs2)
  }

  @Test(
    arguments: [
      ("+39 333 123-4567", 1, 1, "393331234567"), ("0039333123456", 1, 1, "39333123456"), ("12345", 3, 0, "12345"),
      ("Shop", 5, 0, "Shop"), ("79261234567", 1, 1, "79261234567"), ("Shop 24-7", 5, 0, "Shop 24-7"),
    ] as [(String, UInt8, UInt8, String)])
  func addresses(written: String, ton: UInt8, npi: UInt8, text: String) {
    #expect(SMSAddress(written) == SMSAddress(ton: ton, npi: npi, text: text))
  }

  @Test(arguments: ["", "+", "ElevenLetter", "Магазин", "+12a", "123456789012345678901"])
  func noAddresses(written: String) { #expect(SMSAddress(written) == nil) }

  @Test func textThatComesIn() {
    #expect(
      InboundText.decode([0x04, 0x21, 0x04, 0x22, 0x04, 0x1E, 0x04, 0x1F], dataCoding: 8, isLatin: false) == "СТОП")
    #expect(InboundText.decode([0x53, 0x05, 0x1B, 0x65], dataCoding: 0, isLatin: false) == "Sé€")
    #expect(InboundText.decode([0xE9], dataCoding: 3, isLatin: false) == "é")
    let (body, part) = InboundText.split([5, 0, 3, 0x2A, 3, 2, 0x61], hasHeader: true)
    #expect(Array(body) == [0x61])
    #expect(part == InboundText.Part(reference: 0x2A, count: 3, number: 2))
    #expect(Array(InboundText.split([200, 0], hasHeader: true).body).isEmpty)
  }
}
