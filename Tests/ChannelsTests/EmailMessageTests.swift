import RoostCore
import Testing

@testable import Channels

@Suite struct EmailMessageTests {
  private func text(_ message: EmailMessage) throws -> String {
    String(decoding: try message.encoded().bytes, as: UTF8.self)
  }

  private func field(_ name: String, of message: EmailMessage) throws -> String {
    let header = try text(message).components(upTo: "\r\n\r\n")
    let unfolded = header.replacing("\r\n ", with: " ")
    let line = unfolded.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }
    return String((line ?? "").dropFirst(name.count + 2))
  }

  @Test func plainText() throws {
    #expect(
      try text(Vectors.message()) == """
        Date: Fri, 21 Nov 1997 15:55:06 +0000\r
        From: Shop <hi@shop.example>\r
        To: ann@example.com\r
        Subject: Hello\r
        Message-ID: <1.2@shop.example>\r
        MIME-Version: 1.0\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: quoted-printable\r
        \r
        Hi Ann\r\n
        """)
  }

  @Test func alternatives() throws {
    let message = try Vectors.message(text: "Ciao\nBella", html: "<p>Привет, Анна</p>")
    let boundary = MIMEBoundary.derived(from: "1.2@shop.example")
    #expect(
      try text(message).components(after: "MIME-Version: 1.0\r\n") == """
        Content-Type: multipart/alternative;\r
         boundary="\(boundary)"\r
        \r
        --\(boundary)\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: quoted-printable\r
        \r
        Ciao\r
        Bella\r
        \r
        --\(boundary)\r
        Content-Type: text/html; charset=utf-8\r
        Content-Transfer-Encoding: base64\r
        \r
        PHA+0J/RgNC40LLQtdGCLCDQkNC90L3QsDwvcD4NCg==\r
        \r
        --\(boundary)--\r\n
        """)
  }

  @Test func theSameMessageGivesTheSameBytes() throws {
    let message = try Vectors.message(subject: "Скидка", text: "a", html: "<b>ж</b>")
    #expect(try message.encoded() == message.encoded())
    #expect(MIMEBoundary.derived(from: "a@b") != MIMEBoundary.derived(from: "b@b"))
    #expect(MIMEBoundary.derived(from: "a@b").utf8.count <= 70)
  }

  @Test func displayNames() throws {
    let names = [
      ("Shop", "Shop <hi@shop.example>"), ("Shop & Co", "Shop & Co <hi@shop.example>"),
      ("Shop, Inc.", "\"Shop, Inc.\" <hi@shop.example>"),
      ("The \"Shop\" \\", "\"The \\\"Shop\\\" \\\\\" <hi@shop.example>"),
      // python3: base64.b64encode('Магазин'.encode())
      ("Магазин", "=?UTF-8?B?0JzQsNCz0LDQt9C40L0=?= <hi@shop.example>"),
      ("=?utf-8?q?x?=", "=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?= <hi@shop.example>"),
    ]
    for (name, expected) in names {
      var message = try Vectors.message()
      message.from = try MailAddress("hi@shop.example", displayName: name)
      #expect(try field("From", of: message) == expected)
    }
  }

  @Test(arguments: ["from", "replyTo", "to", "subject", "messageID", "headers/X-Tag", "headers"], ["\r", "\n", "\0"])
  func nothingIsInjected(name: String, character: String) throws {
    let evil = "a\(character)Bcc: all@example.com"
    let error = #expect(throws: EmailMessageError.self) {
      var message = try Vectors.message()
      switch name {
      case "from": message.from.displayName = evil
      case "replyTo":
        var address = try MailAddress("a@b.example")
        address.displayName = evil
        message.replyTo = address
      case "to": message.to[0].displayName = evil
      case "subject": message.subject = evil
      case "messageID": message.messageID = evil
      case "headers": message.headers = [.init(name: evil, value: "x")]
      default: message.headers = [.init(name: "X-Tag", value: evil)]
      }
      _ = try message.encoded()
    }
    #expect(error?.code == .forbiddenCharacter)
    #expect(error?.field == name)
    #expect(throws: EmailMessageError.self) { try MailAddress("a\(character)b@example.com") }
    #expect(throws: EmailMessageError.self) { try MailAddress("a@example.com\(character)") }
    #expect(throws: EmailMessageError.self) { try MailAddress("a@b.example", displayName: evil) }
  }

  @Test func refusals() throws {
    func code(_ change: (inout EmailMessage) -> Void) throws -> (EmailMessageError.Code?, String?) {
      var message = try Vectors.message()
      change(&message)
      let error = #expect(throws: EmailMessageError.self) { try message.encoded() }
      return (error?.code, error?.field)
    }
    #expect(try code { $0.text = nil } == (.missing, "text"))
    #expect(try code { $0.to = [] } == (.missing, "to"))
    #expect(try code { $0.text = "a\0b" } == (.forbiddenCharacter, "text"))
    #expect(try code { $0.html = "\0" } == (.forbiddenCharacter, "html"))
    #expect(try code { $0.messageID = "no-at" } == (.invalidAddress, "messageID"))
    #expect(try code { $0.messageID = "<a@b>" } == (.invalidAddress, "messageID"))
    #expect(try code { $0.headers = [.init(name: "Subject", value: "x")] } == (.invalidName, "headers/Subject"))
    #expect(
      try code { $0.headers = [.init(name: "Content-Type", value: "x")] } == (.invalidName, "headers/Content-Type"))
    #expect(try code { $0.headers = [.init(name: "A B", value: "x")] } == (.invalidName, "headers"))
    #expect(try code { $0.date = .distantFuture } == (.outOfRange, "date"))
    let long = String(repeating: "a", count: 901)
    #expect(try code { $0.headers = [.init(name: "X", value: long)] } == (.tooLong, "headers/X"))
  }

  @Test("No line of any message is longer than 76, and no body holds the boundary") func propertyOfLines() throws {
    var random = SeededRandom(seed: 7)
    let alphabet = Array("ab .=-_?\"\\,;é жщ😀\t\nF")
    for _ in 0..<300 {
      func word(_ count: Int, _ letters: [Character]) -> String {
        String((0..<random.below(count)).map { _ in letters[random.below(letters.count)] })
      }
      let single = alphabet.filter { $0 != "\n" }
      var message = try Vectors.message(
        subject: word(200, single), text: word(900, alphabet), html: word(900, alphabet))
      message.from.displayName = word(120, single)
      let encoded = try text(message)
      let lines = encoded.split(separator: "\r\n", omittingEmptySubsequences: false)
      #expect(lines.allSatisfy { $0.utf8.count <= 76 })
      #expect(!lines.contains { $0.utf8.contains(10) || $0.utf8.contains(13) })
      #expect(encoded.utf8.allSatisfy { $0 < 0x80 })
      #expect(encoded.components(separatedBy: MIMEBoundary.derived(from: message.messageID)).count == 5)
    }
  }

  @Test func internationalAddressesAskForUTF8() throws {
    #expect(try !Vectors.message().encoded().needsUTF8)
    let message = try Vectors.message(to: ["Анна <анна@почта.рф>"])
    let encoded = try message.encoded()
    #expect(encoded.needsUTF8)
    #expect(String(decoding: encoded.bytes, as: UTF8.self).contains("<анна@почта.рф>"))
  }
}

@Suite struct MailAddressTests {
  @Test(
    arguments: [
      ("ann@example.com", "ann@example.com", nil), (" <ann@example.com> ", "ann@example.com", nil),
      ("Ann B <ann@example.com>", "ann@example.com", "Ann B"),
      ("\"B, \\\"Ann\\\"\" <a@b.example>", "a@b.example", "B, \"Ann\""),
      ("\"ann b\"@example.com", "\"ann b\"@example.com", nil), ("a..b@example.com", "\"a..b\"@example.com", nil),
      ("a@[192.0.2.1]", "a@[192.0.2.1]", nil), ("a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]", nil),
      ("root@localhost", "root@localhost", nil), ("анна@почта.рф", "анна@почта.рф", nil),
      ("a+tag!#$%&'*/=?^_`{|}~-@x.example", "a+tag!#$%&'*/=?^_`{|}~-@x.example", nil),
    ] as [(String, String, String?)])
  func good(text: String, spec: String, name: String?) throws {
    let address = try MailAddress(parsing: text)
    #expect(address.addressSpec == spec)
    #expect(address.displayName == name)
  }

  @Test(arguments: [
    "", "ann", "@example.com", "ann@", "ann@.com", "ann@a..b", "ann@-a.com", "ann@a-.com", "a b@example.com",
    "a@b c", "a@b.example>", "x <a@b.example", "a,b@example.com", "a@exa_mple!.com", "\"ann@example.com", "a@b@c d",
    "Ann <>", "a@[", "a@[]", String(repeating: "a", count: 65) + "@example.com",
    "a@" + String(repeating: "b", count: 64) + ".com", "a@example.com.",
  ])
  func bad(text: String) {
    let error = #expect(throws: EmailMessageError.self) { try MailAddress(parsing: text, field: "from") }
    #expect(error?.field == "from")
    #expect(error?.code == .invalidAddress)
  }
}

extension String {
  func components(upTo mark: String) -> String {
    firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
  }
  func components(after mark: String) -> String {
    firstRange(of: mark).map { String(self[$0.upperBound...]) } ?? ""
  }
  func components(separatedBy mark: String) -> [Substring] {
    split(separator: mark, omittingEmptySubsequences: false)
  }
}
