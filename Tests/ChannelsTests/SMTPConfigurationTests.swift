import RoostCore
import Testing

@testable import Channels

@Suite struct SMTPConfigurationTests {
  @Test func forms() throws {
    let plain = try SMTPConfiguration(url: "smtp://127.0.0.1:1025")
    #expect(plain == SMTPConfiguration(host: "127.0.0.1", port: 1025, tls: .opportunistic))
    #expect(try SMTPConfiguration(url: "smtp://mail.example.com").port == 25)
    let implicit = try SMTPConfiguration(url: "smtps://mail.example.com/")
    #expect(implicit.port == 465)
    #expect(implicit.tls == .implicit)
    let full = try SMTPConfiguration(
      url: "smtp://ann%40shop.example:p%3A%2F%25@mail.example.com:587?helo=shop.example&connections=5&messages=50"
        + "&idle=10&timeout=7&roots=/etc/ca.pem&verify=no")
    #expect(full.credentials?.user == "ann@shop.example")
    #expect(full.credentials?.password == "p:/%")
    #expect(full.tls == .required)
    #expect((full.host, full.port) == ("mail.example.com", 587))
    #expect((full.clientName, full.connectionsMax, full.messagesPerConnectionMax) == ("shop.example", 5, 50))
    #expect(
      (full.timeouts.idle, full.timeouts.finalDot, full.timeouts.greeting) == (.seconds(10), .seconds(7), .seconds(7)))
    #expect((full.trustRoots, full.verifiesCertificate) == ("/etc/ca.pem", false))
    #expect(try SMTPConfiguration(url: "smtp://[::1]:25?tls=none").host == "::1")
    #expect(try SMTPConfiguration(url: "smtp://[::1]:25?tls=none").tls == .none)
  }

  @Test(arguments: [
    ("http://a", "url"), ("smtp://", "url/host"), ("smtp://a:0", "url/port"), ("smtp://a:65536", "url/port"),
    ("smtp://a:x", "url/port"), ("smtp://a:+25", "url/port"), ("smtp://secret@a", "url/password"),
    ("smtp://:secret@a", "url/user"),
    ("smtp://u:%zz@a", "url/password"), ("smtp://u:%ff@a", "url/password"), ("smtp://a/path", "url"),
    ("smtp://a?tls=maybe", "url/tls"), ("smtps://a?tls=none", "url/tls"), ("smtp://a?tls=implicit", "url/tls"),
    ("smtp://a?connections=0", "url/connections"), ("smtp://a?timeout=x", "url/timeout"), ("smtp://a?what=1", "url"),
    ("smtp://a b", "url"), ("smtp://a?helo=a%0D%0AMAIL", "url/helo"), ("smtp://u:%00@a", "password"),
    ("smtp://a?verify=maybe", "url/verify"),
  ])
  func mistakesNameTheField(url: String, field: String) {
    let error = #expect(throws: SMTPConfigurationError.self) { try SMTPConfiguration(url: url) }
    #expect(error?.field == field)
    #expect(error?.description.contains("secret") == false)
  }
}
