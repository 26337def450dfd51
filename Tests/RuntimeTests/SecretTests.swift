import Engine
import RoostCore
import Storage
import TestSupport
import Testing

@testable import Runtime

/// Credentials of channels: nowhere but in the courier's hands.
@Suite struct SecretTests {
  private static let password = "g3heim-Wort"
  private static let channel =
    #"{"type":"email.smtp","url":"smtp://shop:g3heim-Wort@127.0.0.1:2525","from":"s@shop.example"}"#

  private func document(_ desk: Desk) throws -> Document {
    try #require(desk.partition.definitions[Desk.shop]?.latest(.channel, "post"))
  }

  private func logHolds(_ desk: Desk, _ text: String) throws -> Bool {
    var isFound = false
    _ = try desk.log.read(from: .start) { _, record in
      if String(decoding: record.payload, as: UTF8.self).contains(text) { isFound = true }
      return true
    }
    return isFound
  }

  @Test func areSealedBeforeTheyAreRecorded() throws {
    let desk = try Desk.open()
    try desk.put(.channel, "post", Self.channel)
    #expect(try !logHolds(desk, Self.password))
    #expect(try !document(desk).body.text.contains(Self.password))
    #expect(try logHolds(desk, "~sealed.v1."))
    let open = try desk.partition.secretBox.opened(try document(desk).body, Desk.shop, "post")
    #expect(open["url"]?.string == "smtp://shop:g3heim-Wort@127.0.0.1:2525")
    // Answers show neither.
    let shown = try desk.partition.describeDocument(Desk.shop, .channel, "post").text
    #expect(shown.contains("smtp://shop:***@127.0.0.1:2525") && !shown.contains("sealed"))
  }

  /// Reading, changing and putting again keeps the password; the same again makes no version.
  @Test func surviveAnEdit() throws {
    let desk = try Desk.open()
    try desk.put(.channel, "post", Self.channel)
    try desk.put(.channel, "post", Self.channel)
    try desk.put(.channel, "post", Self.channel.replacing("g3heim-Wort", with: "***"))
    #expect(try document(desk).version == 1)
    try desk.put(
      .channel, "post", Self.channel.replacing("g3heim-Wort", with: "***").replacing("s@shop", with: "t@shop"))
    #expect(try document(desk).version == 2)
    let open = try desk.partition.secretBox.opened(try document(desk).body, Desk.shop, "post")
    #expect(open["url"]?.string == "smtp://shop:g3heim-Wort@127.0.0.1:2525")
    #expect(open["from"]?.string == "t@shop.example")
    let problem = #expect(throws: Problem.self) {
      try desk.put(.channel, "new", Self.channel.replacing("g3heim-Wort", with: "***"))
    }
    #expect(problem?.findings.first?.pointer == "/url")
  }

  /// A document of before there was sealing: read, used, and sealed at the next start.
  @Test func oldOnesAreSealedAtTheNextStart() throws {
    let desk = try Desk.open()
    try desk.partition.change([
      .document(
        Desk.shop,
        Document(
          kind: .channel, key: "post", version: 1, body: try JSONValue(parsing: Self.channel),
          createdAt: desk.partition.now()))
    ])
    #expect(try document(desk).body.text.contains(Self.password))
    let next = try desk.crashed()
    #expect(try document(next).version == 2 && !document(next).body.text.contains(Self.password))
    let open = try next.partition.secretBox.opened(try document(next).body, Desk.shop, "post")
    #expect(open["url"]?.string == "smtp://shop:g3heim-Wort@127.0.0.1:2525")
    #expect(try document(next.crashed()).version == 2)
  }

  @Test func aMissingKeyIsNamed() throws {
    let folder = try TemporaryDirectory()
    let box = SecretBox(path: folder.path + "/a.key")
    let sealed = try box.seal("text", for: "x")
    #expect(try box.open(sealed, for: "x") == "text")
    #expect(throws: Problem.self) { try box.open(sealed, for: "y") }
    #expect(throws: Problem.self) { try box.open(String(sealed.dropLast()), for: "x") }
    let other = SecretBox(path: folder.path + "/b.key")
    let problem = #expect(throws: Problem.self) { try other.open(sealed, for: "x") }
    let id = String(sealed.dropFirst(SecretBox.mark.count).prefix(8))
    #expect(problem?.message.contains(id) == true && problem?.message.contains("b.key") == true)
    // Another process, with the file.
    #expect(try SecretBox(path: folder.path + "/a.key").open(sealed, for: "x") == "text")
  }

  @Test func namesAndURLsAnywhere() throws {
    let body: JSONValue = [
      "type": "x", "accounts": [["url": "smtp://a:p1@h"], "smtp://b:p2@h:25?x=y"],
      "dkim": ["privateKey": "p3", "selector": "s"], "headers": ["Authorization": "p4", "X-Api-Key": "p5", "A": "b"],
      "about": "mail me: a:b@c", "home": "https://shop.example/a:b@c",
    ]
    #expect(
      ChannelSecrets.all(in: body) == [
        "/accounts/0/url": "p1", "/accounts/1": "p2", "/dkim/privateKey": "p3", "/headers/Authorization": "p4",
        "/headers/X-Api-Key": "p5",
      ])
    #expect(ChannelSecrets.redacted(body)["accounts"] == [["url": "smtp://a:***@h"], "smtp://b:***@h:25?x=y"])
  }
}
