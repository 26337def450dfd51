import Foundation
import Logging
import NIOHTTP1
import RoostCore
import Runtime
import Testing

@testable import Server

/// A sandbox node with a shop in it, and its parts without a socket.
final class World: Sendable {
  let node: Node
  let pages: Pages
  let management: Management
  let probes: Probes
  let writeKey: String
  private let directory: String

  /// What happened on 1998-03-01 at 10:00 UTC: Ann ordered, and a journey's first message is in the mailbox.
  static let start = Instant(milliseconds: 888_746_400_000)

  init() async throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("roost-server-\(UUID().uuidString)").path
    var configuration = NodeConfiguration(directory: directory)
    configuration.isSandbox = true
    node = try Node(configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    node.start()
    pages = Pages(node: node)
    management = Management(node: node)
    probes = Probes(node: node, admission: Admission(bytesMax: 1 << 20), connections: Connections(), isLoopback: true)
    let created = try await node.perform { partition throws(Problem) in
      try partition.createWorkspace(
        ["key": "shop", "name": "Shop & Co", "timezone": "Europe/Rome", "consentPolicy": "implied"],
        idempotencyKey: nil)
    }
    writeKey = created.writeKey
    try await fill()
  }

  private func fill() async throws {
    try await put("templates/hello", Self.template)
    try await put("segments/buyers", "segment: buyers\nname: Buyers\nevent: Order Completed")
    try await put("journeys/welcome", Self.journey)
    _ = try await node.advanceClock(.to(Self.start))
    _ = try await api(.POST, "/journeys/welcome/publish", "{}")
    _ = try await node.advanceClock(.by(.minutes(1)))
    _ = try await api(.POST, "/import?replay=true", Self.events)
    _ = try await node.advanceClock(.by(.hours(1)))
  }

  func put(_ path: String, _ yaml: String) async throws {
    _ = try await api(.PUT, "/" + path, yaml, type: "application/yaml")
  }

  @discardableResult
  func api(
    _ method: HTTPMethod, _ path: String, _ body: String = "", type: String = "application/json"
  ) async throws -> JSONValue {
    let response = try await management.respond(
      request(
        method, "/api/v1/workspaces/shop" + path, body,
        headers: ["authorization": "Bearer \(node.operatorToken)", "content-type": type]))
    return try JSONValue(parsing: response.body)
  }

  func request(
    _ method: HTTPMethod, _ target: String, _ body: String = "", headers: HTTPHeaders = [:], peer: String = "127.0.0.1"
  ) -> HTTPRequest {
    HTTPRequest(method: method, target: target, headers: headers, body: Array(body.utf8), peer: peer)!
  }

  /// A page as somebody sees it who has this cookie.
  func get(_ target: String, cookie: String = "", _ headers: HTTPHeaders = [:]) async -> HTTPResponse {
    var headers = headers
    if !cookie.isEmpty { headers.add(name: "cookie", value: cookie) }
    return await pages.respond(request(.GET, target, headers: headers))
  }

  func post(_ target: String, _ form: String, cookie: String = "") async -> HTTPResponse {
    await pages.respond(request(.POST, target, form, headers: cookie.isEmpty ? [:] : ["cookie": cookie]))
  }

  /// Signs in; the cookie and the forms' token.
  func signIn() async throws -> (cookie: String, csrf: String) {
    let response = await post("/console/sign-in", "token=\(node.operatorToken)")
    let cookie = String(response.headers["set-cookie"][0].prefix { $0 != ";" })
    let page = await get("/console", cookie: cookie).text
    let csrf = try #require(page.firstMatch(of: /name="csrf" value="([0-9a-f]{64})"/)?.1)
    return (cookie, String(csrf))
  }

  func stop() async {
    await node.stop()
    try? FileManager.default.removeItem(atPath: directory)
  }

  private static let template = """
    channel: email
    subject: "Thanks, {{ person.first_name }}"
    text: Thank you for {{ event.order_id }}.
    html: <p onclick="x()">Thank <b>{{ person.first_name }}</b></p>
    """
  private static let journey = """
    journey: welcome
    name: Welcome <b>
    holdout: 0%
    enter: { event: Order Completed }
    steps:
      - wait: 10m
      - send: { id: hello, channel: email, template: hello }
      - wait: 30d
      - branch:
          - { if: { trait: country, is: IT }, steps: [{ set: { trait: italian, to: true } }] }
    """
  private static let events = """
    {"batch":[
     {"type":"identify","userId":"42","timestamp":"1998-03-01T10:02:00Z","messageId":"m1",
      "traits":{"email":"ann@example.com","first_name":"Ann <script>","country":"IT"}},
     {"type":"track","userId":"42","event":"Order Completed","timestamp":"1998-03-01T10:03:00Z","messageId":"m2",
      "properties":{"order_id":"A-1","total":49.5,"currency":"EUR"}},
     {"type":"track","userId":"42","timestamp":"1998-03-01T10:04:00Z","messageId":"m3","properties":{}}]}
    """
}

extension HTTPResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
