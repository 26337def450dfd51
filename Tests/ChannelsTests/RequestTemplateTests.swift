import Liquid
import RoostCore
import Testing

@testable import Channels

/// Requests to providers, filled in: whatever a message says, it does not change what the request means.
@Suite struct RequestTemplateTests {
  private static let now = Instant(milliseconds: 1_795_318_315_000)

  private func filled(_ request: JSONValue, _ text: String = "Hi", auth: JSONValue? = nil) throws -> WebRequest {
    var envelope = MessageEnvelope(
      id: "m1", address: "+390612345", fields: ["text": text, "data": #"{"n":1}"#], createdAt: Self.now)
    envelope.person = .object([.init("plan", .string("gold & co"))])
    envelope.callbackURL = "https://roost.example/v1/inbound/http/T?message=m1"
    let template = try RequestTemplate(request, auth: auth, idempotencyHeader: "Idempotency-Key")
    let values = LiquidValue.object(
      envelope.liquidMembers + [.init("credentials", .object([.init("k", .string("s3cret"))]))])
    return try template.fill(values, id: envelope.id, now: Self.now)
  }

  private func body(_ request: WebRequest) -> String { String(decoding: request.body, as: UTF8.self) }

  /// A text with everything that could break out of JSON, a form, a URL or a header.
  private static let nasty = "a\"b\\c&d=e f+g%h\nX: y\u{1}é/../?#"

  @Test func jsonStaysJSON() throws {
    let request = try filled(
      [
        "url": "https://a.example/send",
        "body": ["json": ["to": "{{ message.to }}", "text": "{{ message.text }}", "n": 5]],
      ],
      Self.nasty)
    let document = try JSONValue(parsing: request.body)
    #expect(document == ["to": "+390612345", "text": .string(Self.nasty), "n": 5])
    #expect(request.headers.contains { $0 == ("Content-Type", "application/json") })
    #expect(request.headers.contains { $0 == ("Idempotency-Key", "m1") })
  }

  /// As one text: values within quotes are escaped, elsewhere they become JSON values.
  @Test func jsonAsText() throws {
    let request = try filled(
      [
        "url": "https://a.example/send",
        "body": ["json": #"{"t": "{{ message.text }}", "whole": {{ message.text }}, "d": {{ message.data }}}"#],
      ], Self.nasty)
    #expect(
      try JSONValue(parsing: request.body)
        == ["t": .string(Self.nasty), "whole": .string(Self.nasty), "d": ["n": 1]])
  }

  /// As a browser's URLSearchParams writes it (URL standard 5.2), computed by hand.
  @Test func formIsEncoded() throws {
    let request = try filled(
      ["url": "https://a.example/send", "body": ["form": ["to": "{{ message.to }}", "text": "{{ message.text }}"]]],
      "a&b=c d+é~*")
    #expect(body(request) == "to=%2B390612345&text=a%26b%3Dc+d%2B%C3%A9%7E*")
  }

  @Test func addressIsEncoded() throws {
    let request = try filled(
      [
        "method": "GET", "url": "https://a.example/send/{{ message.to }}/x?p={{ person.plan }}",
        "query": ["cb": "{{ callback_url }}"],
      ])
    #expect(
      request.url
        == "https://a.example/send/%2B390612345/x?p=gold%20%26%20co"
        + "&cb=https:%2F%2Froost.example%2Fv1%2Finbound%2Fhttp%2FT%3Fmessage%3Dm1")
    // A segment that would climb leaves no request.
    #expect(throws: Problem.self) {
      _ = try filled(["method": "GET", "url": "https://a.example/{{ message.text }}/x"], "..")
    }
  }

  @Test func headersStayInTheirLine() throws {
    let request = try filled(
      [
        "url": "https://a.example/", "headers": ["X-Text": "{{ message.text }}"],
        "body": ["text": "{{ message.text }}"],
      ],
      "a\r\nX-Evil: 1")
    let value = try #require(request.headers.first { $0.0 == "X-Text" }).1
    #expect(value.utf8.allSatisfy { $0 >= 0x20 })
    #expect(body(request) == "a\r\nX-Evil: 1")
  }

  /// RFC 7617 2: Aladdin, "open sesame".
  @Test func credentials() throws {
    let basic = try filled(
      ["url": "https://a.example/"], auth: ["basic": ["user": "Aladdin", "password": "open sesame"]])
    #expect(basic.headers.contains { $0 == ("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") })
    let own = try filled(
      ["url": "https://a.example/", "headers": ["X-Key": "{{ credentials.k }}"]],
      auth: ["header": ["name": "X-Api", "secret": "abc"]])
    #expect(own.headers.contains { $0 == ("X-Api", "abc") } && own.headers.contains { $0 == ("X-Key", "s3cret") })
  }

  @Test(arguments: [
    (#"{"url":"https://{{ message.to }}/x"}"#, "/request/url"), (#"{"url":"ftp://a.example/"}"#, "/request/url"),
    (#"{"url":"https://a.example{{ message.to }}/"}"#, "/request/url"),
    (#"{"url":"https://a.example/{% if x %}"}"#, "/request/url"), (#"{}"#, "/request/url"),
    (#"{"url":"https://a.example/","method":"BREW"}"#, "/request/method"),
    (#"{"url":"https://a.example/","headers":{"Host":"b"}}"#, "/request/headers/Host"),
    (#"{"url":"https://a.example/","headers":{"a b":"b"}}"#, "/request/headers/a b"),
    (#"{"url":"https://a.example/","body":{"xml":"b"}}"#, "/request/body"),
    (#"{"url":"https://a.example/","body":{"json":{"a":"{{ b"}}}"#, "/request/body/json/a"),
    (#"{"url":"https://a.example/","body":{"json":1,"form":{}}}"#, "/request/body/form"),
    (#"{"url":"https://a.example/","method":"GET","body":{"text":"x"}}"#, "/request/body"),
    (#"{"url":"https://a.example/","path":"x"}"#, "/request/path"), (#"[]"#, "/request"),
  ])
  func names(what request: String, at pointer: String) throws {
    let document = try JSONValue(parsing: request)
    let problem = #expect(throws: Problem.self) {
      _ = try RequestTemplate(document, auth: nil, idempotencyHeader: nil)
    }
    #expect(problem?.findings.map(\.pointer).contains(pointer) == true, "\(problem?.findings ?? [])")
  }
}
