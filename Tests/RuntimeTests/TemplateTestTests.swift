import Delivery
import RoostCore
import Testing

@testable import Channels
@testable import Runtime

/// Tests of a template: what goes out, and what it leaves behind.
@Suite struct TemplateTestTests {
  private func desk(channel: Bool) throws -> Desk {
    let desk = try Desk.open()
    try desk.put(
      .template, "hello",
      #"""
      {"channel":"email","subject":"Hi {{ person.first_name }}","text":"{{ unsubscribe_url }} {{ event.code }}",
       "html":"<a href=\"https://a.example\">{{ 'https://b.example' | tracked_url }}</a>",
       "sample":{"person":{"first_name":"Sample"}},"languages":{"ru":{"subject":"Привет, {{ person.first_name }}"}}}
      """#)
    if channel {
      try desk.put(.channel, "post", #"{"type":"email.smtp","url":"smtp://127.0.0.1:25","from":"s@shop.example"}"#)
    }
    try desk.put(
      .policies, "policies", #"{"caps":[{"max":1,"per":"1d","scope":"all","window":"rolling","over":"skip"}]}"#)
    return desk
  }

  private func send(_ desk: Desk, _ json: JSONValue) throws -> JSONValue {
    try desk.partition.sendTest(Desk.shop, "hello", TemplateTestRequest(json))
  }

  @Test func goesIntoTheMailboxWithoutAChannel() throws {
    let desk = try desk(channel: false)
    let people = desk.partition.table.count
    for _ in 0..<3 {
      let answer = try send(desk, ["to": "me@shop.example", "language": "ru", "event": ["code": "X"]])
      #expect(answer["status"] == "sent" && answer["test"] == true && answer["missing"] == [])
      #expect(answer["subject"] == "[Test] Привет, Sample")
    }
    #expect(try desk.partition.messageRecords(Desk.shop, MessageFilter(), cursor: nil, limit: 9).records.count == 3)
    let crashed = try desk.crashed()
    #expect(try crashed.message == desk.message && crashed.message.isTest)
    // Nobody was made by it.
    #expect(crashed.partition.table.count == people)
  }

  @Test func goesOutByTheChannelMarkedAndUntracked() throws {
    let desk = try desk(channel: true)
    let answer = try send(desk, ["to": "me@shop.example"])
    #expect(answer["status"] == "scheduled" && answer["missing"] == ["event.code"])
    let crashed = try desk.crashed()
    let handoff = try #require(try crashed.claim().first)
    #expect(handoff.message.to == "me@shop.example" && !handoff.isTracked)
    let identity = try SenderIdentity(handoff.channel.definition, keys: "/nowhere")
    let links = LetterLinks(signer: LinkSigner(secret: [1]), baseURL: "https://shop.example")
    let letter = String(decoding: try identity.envelope(handoff, links: links).wire, as: UTF8.self)
    #expect(letter.contains("Subject: [Test] Hi Sample\r\n") && letter.contains("X-Roost-Test: true\r\n"))
    #expect(letter.contains(">https://b.example<") && !letter.contains("/o/") && !letter.contains("/c/"))
    #expect(!letter.contains("List-Unsubscribe"))
    try crashed.close(handoff, .sent(id: "", detail: "250 OK"))
    #expect(try crashed.crashed().message.status == .sent)
  }

  @Test(arguments: [
    ("{\"to\":\"nobody\"}", "/to"), ("{}", "/to"), ("{\"to\":\"a@b.example\",\"channel\":\"sms\"}", "/channel"),
    ("{\"to\":\"a@b.example\",\"template\":{}}", "/template"), ("{\"to\":\"a@b.example\",\"more\":1}", "/more"),
    ("{\"to\":\"a@b.example\",\"language\":5}", "/language"),
  ])
  func refused(body: String, pointer: String) throws {
    let desk = try desk(channel: false)
    do {
      _ = try send(desk, JSONValue(parsing: body))
      Issue.record("sent")
    } catch let problem as Problem { #expect(problem.findings.map(\.pointer) == [pointer], "\(problem)") }
  }
}
