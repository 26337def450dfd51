import Events
import RoostCore
import Testing

@Suite struct IdentifierRulesTests {
  let rules = IdentifierRules.v1

  @Test func emails() {
    let valid = [
      "person@example.com": "person@example.com", " Person@Example.COM\n": "person@example.com",
      "a.b+c@x-y.example": "a.b+c@x-y.example", "o'neil@example.com": "o'neil@example.com", "a@b": "a@b",
      "ПОЧТА@Пример.РФ": "почта@пример.рф", "\u{A0}a@b.c\u{A0}": "a@b.c", "a@1.2": "a@1.2",
    ]
    for (text, expected) in valid { #expect(rules.normalize(.email, text) == expected, "\(text)") }
    let invalid = [
      "", " ", "n/a", "none", "a", "@", "a@", "@b.c", "a b@c.d", "a@b c.d", "a@@b.c", "a@b@c.d", "a@.b", "a@b.",
      "a@b..c",
      "a@-b.c", "a@b-.c", "a,b@c.d", "<a@b.c>", "\"a\"@b.c", "a@[127.0.0.1]", "a\n@b.c", "a(b)@c.d", "a;@b.c",
      "a:b@c.d",
      String(repeating: "x", count: 65) + "@b.c", "a@" + String(repeating: "x", count: 64) + ".c",
      "a@" + Array(repeating: String(repeating: "x", count: 60), count: 5).joined(separator: "."),
    ]
    for text in invalid { #expect(rules.normalize(.email, text) == nil, "\(text)") }
  }

  /// Numbers from the ITU's E.164 and national regulators' fiction ranges.
  @Test func phones() {
    let valid = [
      "+390612345678": "+390612345678", "+39 06 1234 5678": "+390612345678", "0039 06 12345678": "+390612345678",
      "+1 (202) 555-0143": "+12025550143", "+44 (0)20 7946 0000": "+442079460000", "+7.495.123-45-67": "+74951234567",
      " +49/30/23125000 ": "+493023125000", "+123456789012345": "+123456789012345", "+1234567": "+1234567",
      "+39\u{A0}06\u{A0}12345678": "+390612345678",
    ]
    for (text, expected) in valid { #expect(rules.normalize(.phone, text) == expected, "\(text)") }
    let invalid = [
      "", "+", "00", "06 12345678", "390612345678", "+0612345678", "000612345678", "+123456", "+1234567890123456",
      "+39 06 ABC", "+39 06 1234 ext. 5", "++39061234567", "+39+061234567", "8 (800) 555-35-35", "+٣٩٠٦١٢٣٤٥٦٧", "n/a",
    ]
    for text in invalid { #expect(rules.normalize(.phone, text) == nil, "\(text)") }
  }

  @Test func othersAreTrimmedAndNoMore() {
    for kind in [IdentifierKind.user, .anonymous, .device, .custom, .previous] {
      #expect(rules.normalize(kind, "\t Ann 7 \u{A0}") == "Ann 7")
      #expect(rules.normalize(kind, "Ä") == "Ä")
      #expect(rules.normalize(kind, " \u{A0} ") == nil)
      #expect(rules.normalize(kind, String(repeating: "x", count: 255)) != nil)
      #expect(rules.normalize(kind, String(repeating: "x", count: 256)) == nil)
    }
  }

  @Test func normalizingAgainChangesNothing() {
    var random = SeededRandom(seed: 11)
    let alphabet = Array("aZ@.+-09 ()\u{A0}ÄİßЖ/").map(String.init)
    var found = 0
    for _ in 0..<30_000 {
      let text = (0..<(3 + random.below(14))).map { _ in alphabet[random.below(alphabet.count)] }.joined()
      for kind in IdentifierKind.allCases {
        guard let once = rules.normalize(kind, text) else { continue }
        if kind == .email || kind == .phone { found += 1 }
        #expect(rules.normalize(kind, once) == once, "\(kind) \(text)")
      }
    }
    #expect(found > 100)
  }
}
