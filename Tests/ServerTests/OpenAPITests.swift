import Engine
import NIOHTTP1
import RoostCore
import Runtime
import Testing

@testable import Server

struct OpenAPITests {
  /// Every reference within the descriptions leads somewhere.
  @Test func referencesHold() throws {
    var documents = [("openapi", OpenAPI.document)]
    for (name, _, _) in Schemas.all { documents.append((name, try #require(Schemas.named(name + ".json")))) }
    for (name, document) in documents {
      for reference in Self.references(document) {
        if reference.hasPrefix("#") {
          #expect(document.at(pointer: String(reference.dropFirst())) != nil, "\(name): \(reference)")
        } else {
          let file = try #require(reference.split(separator: "/").last.map(String.init))
          #expect(reference == "/schemas/\(file)" && Schemas.named(file) != nil, "\(name): \(reference)")
        }
      }
    }
    #expect(Schemas.named("track") == nil)
    #expect(Schemas.named("nothing.json") == nil)
  }

  private static func references(_ value: JSONValue) -> [String] {
    switch value {
    case .array(let items): items.flatMap(references)
    case .object(let members):
      members.flatMap { $0.key == "$ref" ? [$0.value.string ?? "?"] : references($0.value) }
    default: []
    }
  }

  /// OpenAPI 3.1, 4.8: unique operation ids, declared path parameters, a response each.
  @Test func documentIsWellFormed() throws {
    let document = OpenAPI.document
    #expect(document["openapi"]?.string?.hasPrefix("3.1") == true)
    #expect(document["info"]?["title"]?.string != nil && document["info"]?["version"]?.string != nil)
    var ids: Set<String> = []
    for path in try #require(document["paths"]?.members) {
      #expect(path.key.hasPrefix("/"))
      for operation in try #require(path.value.members) {
        #expect(["get", "put", "post", "delete"].contains(operation.key))
        #expect(ids.insert(try #require(operation.value["operationId"]?.string)).inserted)
        #expect(operation.value["responses"]?.members?.isEmpty == false)
        let declared = (operation.value["parameters"]?.array ?? []).filter { $0["in"] == "path" }
          .compactMap { $0["name"]?.string }
        let used = path.key.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        #expect(declared == used)
      }
    }
    #expect(ids.count == OpenAPI.operations.count)
  }

  /// Each operation, with plausible values in its path, is answered with the status that is described.
  @Test func everyOperationIsServed() async throws {
    let world = try await World()
    let message = try #require(try await world.api(.GET, "/messages")["items"]?.array?.first?["id"]?.string)
    try await world.put("channels/mail", "type: email.smtp\nurl: smtp://127.0.0.1:9\nfrom: Shop <hi@shop.example>")
    try await world.put("channels/bot", "type: telegram.bot\ntoken: 123:ABC\nbot: shop_bot\nupdates: none")
    let rehearsal = try await Self.rehearsal(world)
    try await world.put("preference-centre", "{}")
    _ = try await world.node.suppress(
      WorkspaceID(1), [try SuppressionRequest(channel: "email", address: "gone@shop.example", reason: "bounced")])
    _ = try await world.api(.POST, "/catalog/import", #"{"products":[{"id":"hat","title":"Hat"}],"finish":true}"#)
    try await world.put("vouchers/spring", "{}")
    _ = try await world.node.importVouchers(WorkspaceID(1), pool: "spring", VoucherList(lines: Array("A-1".utf8)))
    try await world.put(
      "broadcasts/spring", "segment: everybody\nchannel: email\ntemplate: hello\nat: \"2099-01-01T00:00:00Z\"")
    // Erasing comes last, what belongs to a person before the person: the others ask for the same one.
    let operations = OpenAPI.operations
    let erasing = operations.filter { $0.method == "delete" }.sorted { $0.path.count > $1.path.count }
    for operation in operations.filter({ $0.method != "delete" }) + erasing {
      let target = Self.target(operation, message: message, rehearsal: rehearsal)
      if operation.access == .nobody, SDK.answers(world.request(.GET, target)) {
        let served = try await Self.embedded(operation, target, world)
        #expect(served == Int(operation.status), "\(target)")
        continue
      }
      // Their tokens are signed: `HostedTests` has true ones.
      let asked = world.request(HTTPMethod(rawValue: operation.method.uppercased()), target)
      if InboundMail.isInbound(asked) || InboundCallback.isInbound(asked) || HostedPages.isHosted(asked) { continue }
      // A caller proves who they are: `test_inapp.py`.
      if Inbox.answers(asked) { continue }
      // These ask Telegram.
      if ["setWebhook", "deleteWebhook"].contains(operation.id) { continue }
      if operation.path.hasPrefix("/v1/") {
        #expect(Collector.isCollecting(target))
        continue
      }
      var headers: HTTPHeaders = ["content-type": "application/json"]
      if operation.access == .token || operation.access == .operatorToken {
        headers.add(name: "authorization", value: "Bearer \(world.node.operatorToken)")
      }
      let method = HTTPMethod(rawValue: operation.method.uppercased())
      let request = world.request(method, target, operation.body == nil ? "" : "{}", headers: headers)
      let response: HTTPResponse
      do throws(Problem) {
        response =
          operation.path.hasPrefix("/api/")
          ? try await world.management.respond(request) : try await world.probes.respond(request)
      } catch {
        response = .problem(error)
      }
      // A body of {} is wrong for most, which is an answer too.
      let expected = operation.body == nil ? Int(operation.status) : nil
      if let expected {
        #expect(Int(response.status.code) == expected, "\(operation.method) \(target): \(response.text)")
      } else {
        #expect(
          response.status != .notFound && response.status.code < 500, "\(operation.method) \(target): \(response.text)")
      }
    }
    await world.stop()
  }

  private static func rehearsal(_ world: World) async throws -> String {
    let begun = try await world.api(
      .POST, "/journeys/rehearse",
      #"{"journeys":["welcome"],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}"#)
    let id = try #require(begun["id"]?.string)
    while try await world.api(.GET, "/rehearsals/\(id)")["state"]?.string == "running" {
      try await Task.sleep(for: .milliseconds(1))
    }
    return id
  }

  private static func embedded(_ operation: Operation, _ target: String, _ world: World) async throws -> Int {
    try await world.put("channels/browsers", "type: push.web\nsubject: mailto:ops@shop.example")
    let query = operation.query.isEmpty ? "" : "?writeKey=\(world.writeKey)"
    return Int(try await SDK(node: world.node).respond(world.request(.GET, target + query)).status.code)
  }

  private static func target(_ operation: Operation, message: String, rehearsal: String) -> String {
    operation.path.replacing("{workspace}", with: "shop").replacing("{ref}", with: "user:42")
      .replacing("/products/{id}", with: "/products/hat").replacing("{id}", with: message).replacing(
        "{rehearsal}", with: rehearsal
      ).replacing("{other}", with: rehearsal)
      .replacing("{name}", with: "track.json").replacing("{file}", with: "roost.js").replacing(
        "{address}", with: "apns:ff"
      )
      .replacing("{suppressed}", with: "email:gone@shop.example")
      .replacing("/templates/{key}", with: "/templates/hello").replacing("/segments/{key}", with: "/segments/buyers")
      .replacing("/journeys/{key}", with: "/journeys/welcome").replacing("/channels/{key}", with: "/channels/mail")
      .replacing("/broadcasts/{key}", with: "/broadcasts/spring").replacing("/vouchers/{key}", with: "/vouchers/spring")
      .replacing("{code}", with: "A-1")
  }
}
