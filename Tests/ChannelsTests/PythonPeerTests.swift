import Foundation
import RoostCore
import Testing

@testable import Channels

/// Against code that others wrote: Python's strict e-mail parser and aiosmtpd.
@Suite(.enabled(if: PythonPeer.isPresent, PythonPeer.absence), .timeLimit(.minutes(1)))
struct PythonPeerTests {
  /// What `read_messages.py` found in a message.
  private struct Found: Decodable {
    var error: String?
    var defects: [String]?
    var longestLine: Int?
    var subject: String?
    var from: [[String]]?
    var to: [[String]]?
    var date: String?
    var messageID: String?
    var unsubscribe: String?
    var text: String?
    var html: String?
    var encodings: [String?]?
  }

  /// What `mail_server.py` took.
  private struct Taken: Decodable {
    var from: String
    var to: [String]
    var tls: Bool
    var user: String?
    var utf8: Bool
    var options: [String]
    var content: String
  }

  private func read(_ messages: [EmailMessage]) throws -> [Found] {
    let peer = try PythonPeer("read_messages.py")
    defer { peer.end() }
    return try messages.map { message in
      try peer.write(Data(try message.encoded().bytes).base64EncodedString() + "\n")
      return try JSONDecoder().decode(Found.self, from: Data(try #require(try peer.line()).utf8))
    }
  }

  @Test func pythonReadsWhatWeWrite() throws {
    let subjects = [
      "Hello", "Привет, Анна! Скидка 20% на всё — только сегодня и только для вас, не пропустите 🎉", "=?utf-8?q?x?=",
      " x ", "a  b",
      "Perché no? Così è", String(repeating: "long ", count: 40) + "end", String(repeating: "x", count: 300),
      "tab\there",
    ]
    let names = [
      "Shop", "Магазин «У дома»", "Shop, Inc. \"best\" \\", "a@b", "O'Neill & Söhne (GmbH)",
      String(repeating: "Name ", count: 30) + "x",
    ]
    let texts = [
      "Hi", "Привет\nмир\n", "a=b \n.\n..dots\nFrom here\n" + String(repeating: "x", count: 300),
      String(repeating: "ж", count: 2000),
      "\n\n trailing \t\n",
    ]
    var messages: [EmailMessage] = []
    for (index, subject) in subjects.enumerated() {
      for name in names {
        var message = try Vectors.message(
          to: ["ann@example.com", "\"ann b\"@example.com"], subject: subject, text: texts[index % texts.count],
          html: index % 2 == 0 ? "<p>Ciao, \(name)</p>\n" : nil,
          headers: [
            .init(name: "List-Unsubscribe", value: "<https://shop.example/u/\(String(repeating: "t", count: 100))>")
          ])
        message.from.displayName = name
        message.to[0].displayName = name
        messages.append(message)
      }
    }
    for (message, found) in zip(messages, try read(messages)) {
      #expect(found.error == nil)
      #expect(found.defects == [])
      #expect(found.subject == message.subject)
      #expect(found.from == [[message.from.displayName ?? "", "hi@shop.example"]])
      #expect(found.to == [[message.from.displayName ?? "", "ann@example.com"], ["", "\"ann b\"@example.com"]])
      #expect(found.date == "1997-11-21T15:55:06+00:00")
      #expect(found.messageID == "<1.2@shop.example>")
      #expect(found.unsubscribe == message.headers[0].value)
      let text = message.text ?? ""
      #expect(found.text == (text.hasSuffix("\n") ? text : text + "\n"))
      #expect(found.html == message.html)
      #expect((found.longestLine ?? 0) <= 150, "only the unbreakable link may pass 76")
    }
  }

  @Test func pythonReadsInternationalAddresses() throws {
    let message = try Vectors.message(from: "Магазин <лавка@почта.рф>", to: ["анна@почта.рф"], subject: "Привет")
    let found = try #require(try read([message]).first)
    #expect(found.error == nil && found.defects == [])
    #expect(found.from == [["Магазин", "лавка@почта.рф"]])
    #expect(found.to == [["", "анна@почта.рф"]])
  }

  private static let taken = [DeliveryOutcome.sent(reply: "250 2.0.0 taken")]

  @Test func aiosmtpdTakesMessages() async throws {
    let peer = try PythonPeer("mail_server.py")
    defer { peer.end() }
    let port = try peer.port()
    let message = try Vectors.message(subject: "Скидка", text: ".\n..\n.dots\n", html: "<p>Ж</p>")
    let outcomes = try await Deliveries.deliver([try SMTPEnvelope(message)], to: port)
    #expect(outcomes == [Self.taken])
    let received = try JSONDecoder().decode(Taken.self, from: Data(try #require(try peer.line()).utf8))
    #expect(received.from == "hi@shop.example" && received.to == ["ann@example.com"])
    #expect(Array(try #require(Data(base64Encoded: received.content))) == (try message.encoded().bytes))
  }

  @Test func aiosmtpdRefusesSome() async throws {
    let peer = try PythonPeer("mail_server.py")
    defer { peer.end() }
    let port = try peer.port()
    let mixed = try Vectors.message(to: ["ann@x.example", "reject@x.example", "later@x.example"])
    let refused = try Vectors.message(subject: "Refuse me")
    let international = try Vectors.message(to: ["анна@почта.рф"])
    let envelopes = try [mixed, refused, international].map { try SMTPEnvelope($0) }
    let outcomes = try await Deliveries.deliver(envelopes, to: port, options: "connections=1")
    let unknownUser = EnhancedStatus(category: 5, subject: 1, detail: 1)
    #expect(
      outcomes[0] == Self.taken + [
        .rejected(code: 550, enhanced: unknownUser, reply: "550 5.1.1 no such user"),
        .deferred(code: 450, reply: "450 4.2.1 mailbox busy"),
      ])
    #expect(
      outcomes[1] == [
        .rejected(
          code: 554, enhanced: EnhancedStatus(category: 5, subject: 7, detail: 1), reply: "554 5.7.1 not this one")
      ])
    #expect(outcomes[2] == Self.taken)
    _ = try peer.line()
    let received = try JSONDecoder().decode(Taken.self, from: Data(try #require(try peer.line()).utf8))
    #expect(received.utf8 && received.to == ["анна@почта.рф"])
  }

  @Test(arguments: ["PLAIN", "LOGIN"], [true, false])
  func aiosmtpdWithTLSAndPassword(mechanism: String, isImplicit: Bool) async throws {
    let files = try SelfSigned.shared.get()
    let peer = try PythonPeer(
      "mail_server.py",
      ["--certificate", files.certificate, "--key", files.key, "--auth", mechanism] + (isImplicit ? ["--implicit"] : [])
    )
    defer { peer.end() }
    let port = try peer.port()
    let scheme = isImplicit ? "smtps" : "smtp"
    let envelopes = [try SMTPEnvelope(try Vectors.message())]
    let options = "roots=\(files.certificate)"
    let sent = try await Deliveries.deliver(
      envelopes, to: port, scheme: scheme, user: "shop:p%3A%2F%25%C3%A9@", options: options)
    #expect(sent == [Self.taken])
    let received = try JSONDecoder().decode(Taken.self, from: Data(try #require(try peer.line()).utf8))
    #expect(received.user == "shop")
    let wrong = try await Deliveries.deliver(
      envelopes, to: port, scheme: scheme, user: "shop:hunter2@", options: options)
    guard case .deferred(535, let reply)? = wrong.first?.first else {
      Issue.record("\(wrong)")
      return
    }
    #expect(!reply.contains("hunter2"))
  }
}
