import RoostCore
import Testing

@testable import Engine

@Suite struct EmailSettingsTests {
  private func channel(_ more: [JSONValue.Member]) throws(Problem) -> ChannelDefinition {
    try ChannelDefinition(
      .object([.init("type", "email.smtp"), .init("from", "Shop <hi@shop.example>")] + more), key: "email")
  }

  private func pointers(_ more: JSONValue.Member...) -> [String] {
    do throws(Problem) {
      _ = try channel(more)
      return []
    } catch { return error.findings.map(\.pointer) }
  }

  @Test func everything() throws {
    let email = try channel([
      .init("accounts", ["smtp://a:1", ["url": "smtp://b:2", "weight": 0]]),
      .init(
        "dkim",
        [["selector": "s1", "privateKey": "…"], ["selector": "s2", "privateKeyFile": "b.pem", "domain": "x.example"]]),
      .init("bounceAddress", "bounces@shop.example"), .init("mailbox", ["url": "pop3s://u:p@h", "every": "5m"]),
      .init("track", ["clicks": false]), .init("domainRates", ["Gmail.com": "600/min", "*": "5/s"]),
    ]).email
    #expect(email.accounts == [.init(url: "smtp://a:1"), .init(url: "smtp://b:2", weight: 0)])
    #expect(
      email.signatures == [
        .init(domain: nil, selector: "s1", key: .text("…")),
        .init(domain: "x.example", selector: "s2", key: .file("b.pem")),
      ])
    #expect(email.mailbox == .init(url: "pop3s://u:p@h", every: .minutes(5)))
    #expect(email.tracksOpens && !email.tracksClicks)
    #expect(email.paces == [.init(domain: "gmail.com", perSecond: 10), .init(domain: "*", perSecond: 5)])
  }

  @Test func whatIsWrongIsNamed() {
    let url = JSONValue.Member("url", "smtp://a")
    #expect(pointers() == ["/url"])
    #expect(pointers(url, .init("accounts", ["smtp://b"])) == ["/accounts"])
    #expect(
      pointers(.init("accounts", [["url": "smtp://b", "weight": -1]]))
        == ["/accounts/0/weight", "/accounts"].dropLast())
    #expect(pointers(.init("accounts", [["url": "smtp://b", "weight": 0]])) == ["/accounts"])
    #expect(pointers(url, .init("dkim", ["selector": "a"])) == ["/dkim/privateKey"])
    #expect(
      pointers(url, .init("dkim", ["selector": "a", "privateKeyFile": "../operator.token"])) == ["/dkim/privateKeyFile"]
    )
    #expect(pointers(url, .init("dkim", ["privateKey": "a"])) == ["/dkim/selector"])
    #expect(pointers(url, .init("dkim", [["selector": "a", "privateKey": "b", "x": 1]])) == ["/dkim/0/x"])
    #expect(pointers(url, .init("mailbox", ["url": "pop3://x", "every": "1s"])) == ["/mailbox/every"])
    #expect(pointers(url, .init("track", "yes")) == ["/track"])
    #expect(pointers(url, .init("domainRates", ["a/b": "fast"])) == ["/domainRates/a~1b"])
    #expect(pointers(url, .init("colour", "red")) == ["/colour"])
  }

  @Test func answersHoldNoSecrets() {
    let body: JSONValue = [
      "url": "smtp://user:secret@h", "accounts": ["smtp://user:secret@h", ["url": "smtp://user:secret@h"]],
      "dkim": [["selector": "s", "privateKey": "secret"]], "mailbox": ["url": "pop3s://user:secret@h"],
    ]
    var text: [UInt8] = []
    ChannelDefinition.redacted(body).write(into: &text)
    let answer = String(decoding: text, as: UTF8.self)
    #expect(!answer.contains("secret"))
    #expect(answer.contains("smtp://user:***@h") && answer.contains("\"selector\":\"s\""))
  }
}
