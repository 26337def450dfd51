import RoostCore
import Runtime
import TestSupport
import Testing

@Suite struct SigningTests {
  /// RFC 8785, 3.2.3: members are sorted by the UTF-16 of their names. Its example has a name beyond the basic plane.
  @Test func canonicalTextIsThatOfTheStandard() throws {
    let value: JSONValue = [
      "\u{20AC}": "Euro Sign", "\r": "Carriage Return", "\u{FB33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\u{1F600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{F6}": "Latin Small Letter O With Diaeresis",
    ]
    let order = try JSONValue(parsing: value.canonicalBytes()).members?.map(\.value.string)
    #expect(
      order == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
      ])
    #expect(throws: Problem.self) { try JSONValue.double(1.5).canonicalBytes() }
  }

  @Test func aSignedRecordTellsChanges() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let signed = try test.node.signing.sign(["id": "m", "why": ["one", "two"]])
    #expect(Signing.fault(in: signed) == nil)
    #expect(Signing.fault(in: signed, publicKey: test.node.signing.publicKey) == nil)
    // Another order of members is the same record.
    let turned: JSONValue = ["signature": signed["signature"]!, "record": ["why": ["one", "two"], "id": "m"]]
    #expect(Signing.fault(in: turned) == nil)
    for changed: JSONValue in [["id": "m", "why": ["two", "one"]], ["id": "n", "why": ["one", "two"]], ["id": "m"]] {
      #expect(Signing.fault(in: ["record": changed, "signature": signed["signature"]!])?.contains("changed") == true)
    }
    let other = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    #expect(
      Signing.fault(in: signed, publicKey: other.node.signing.publicKey)?.hasPrefix("signed with another") == true)
    for wrong: JSONValue in [[:], ["record": [:]], ["record": [:], "signature": ["algorithm": "none"]], "text"] {
      #expect(Signing.fault(in: wrong) != nil)
    }
    await other.node.stop()
    // The key survives a restart.
    let key = test.node.signing.publicKey
    let reopened = try await test.reopened()
    #expect(reopened.node.signing.publicKey == key)
    await reopened.node.stop()
  }
}
