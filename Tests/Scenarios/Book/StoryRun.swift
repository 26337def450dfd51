import Delivery
import Engine
import RoostCore
import Runtime
import TestSupport

/// Lets a story happen in a sandbox, with the production engine.
struct StoryRun {
  let story: Story
  private var test: TestNode
  private var shop: TestWorkspace
  private var tags = 0

  init(_ story: Story) async throws {
    self.story = story
    test = try await TestNode.open(at: story.start)
    var settings = story.workspace.members ?? []
    if story.workspace["consentPolicy"] == nil { settings.append(.init("consentPolicy", "implied")) }
    var bytes: [UInt8] = []
    JSONValue.object(settings).write(into: &bytes)
    shop = try await test.workspace("story", String(decoding: bytes, as: UTF8.self))
    for definition in story.definitions { try await put(definition) }
    try await shop.settle()
    for person in story.people {
      try await shop.batch([Calls.identify(#""userId":"\#(person)""#, #"{"email":"\#(person)@story.example"}"#)])
    }
  }

  /// What the people got, as the story writes it, and what differs from the story's expectations.
  mutating func run() async throws -> (messages: [String], differences: [String]) {
    for happening in story.happenings {
      do { try await take(happening) } catch let problem as Problem {
        await test.node.stop()
        throw Problem(problem.code, "\(text(happening)): \(problem.message)", findings: problem.findings)
      }
    }
    let messages = try await messages()
    let differences = try await StoryExpectations(story.expectations, shop).differences()
    await test.node.stop()
    return (messages, differences)
  }

  private mutating func take(_ happening: JSONValue) async throws {
    if let time = happening["at"]?.string ?? happening["until"]?.string { try await test.advance(to: time) }
    let acts = (happening.members ?? []).filter { !Self.companions.contains($0.key) }
    for act in acts { try await perform(act, happening) }
  }

  /// What goes with an act and is none.
  private static let companions = [
    "at", "until", "person", "anonymous", "properties", "timestamp", "id", "text", "times", "refused",
  ]

  private mutating func perform(_ act: JSONValue.Member, _ happening: JSONValue) async throws {
    switch act.key {
    case "event":
      for number in 0..<(happening["times"]?.int ?? 1) {
        try await shop.batch([call("track", happening, [("event", act.value)], number)])
      }
    case "traits": try await shop.batch([call("identify", happening, [("traits", act.value)], 0)])
    case "import":
      try await shop.batch([call("track", happening, [("event", act.value)], 0)], as: .import)
    case "alias": try await shop.batch([call("alias", happening, [("previousId", act.value)], 0)])
    case "consents":
      try await shop.consent(
        "user:\(happening["person"]?.string ?? "")", text(["consents": act.value, "source": "story"]))
    case "put", "publish": try await refusable(happening) { [self] in try await put(act.value) }
    case "draft": try await refusable(happening) { [self] in try await put(act.value, publishes: false) }
    case "pause": try await shop.act(act.value.string ?? "", .pause)
    case "resume": try await shop.act(act.value.string ?? "", .resume)
    case "archive": try await shop.act(act.value.string ?? "", .archive)
    case "erase": try await shop.erase("user:\(act.value.string ?? "")")
    case "restart": try await move(to: try await test.reopened())
    case "crash":
      let crashed = try await test.crashed()
      await test.node.stop()
      try await move(to: crashed)
    default: throw Problem(.invalid, "a story knows no \(act.key)")
    }
  }

  private mutating func move(to other: TestNode) async throws {
    shop = shop.on(other)
    test = other
  }

  /// An act that must be refused says with which words.
  private func refusable(_ happening: JSONValue, _ body: () async throws -> Void) async throws {
    guard let words = happening["refused"]?.string else { return try await body() }
    do { try await body() } catch let problem as Problem {
      let all = ([problem.message] + problem.findings.map { "\($0.pointer): \($0.detail)" }).joined(separator: "\n")
      guard all.contains(words) else { throw Problem(.invalid, "refused, but not with \"\(words)\": \(all)") }
      return
    }
    throw Problem(.invalid, "it was not refused")
  }

  private mutating func call(
    _ type: String, _ happening: JSONValue, _ members: [(String, JSONValue)], _ number: Int64
  ) -> String {
    tags += 1
    let id = happening["id"]?.string ?? "story-\(tags)"
    var all: [JSONValue.Member] = [
      .init("type", .string(type)), .init("messageId", .string(number == 0 ? id : "\(id)-\(number)")),
    ]
    if let person = happening["person"] { all.append(.init("userId", person)) }
    if let anonymous = happening["anonymous"] { all.append(.init("anonymousId", anonymous)) }
    if let timestamp = happening["timestamp"] { all.append(.init("timestamp", timestamp)) }
    all += members.map { .init($0.0, $0.1) }
    if type == "track" { all.append(.init("properties", happening["properties"] ?? [:])) }
    return text(.object(all))
  }

  /// Puts a definition by the key at its top; a journey is published.
  private func put(_ definition: JSONValue, publishes: Bool = true) async throws {
    let kinds: [DocumentKind] = [.journey, .segment, .template, .channel]
    guard let kind = kinds.first(where: { definition[$0.rawValue]?.string != nil }),
      let key = definition[kind.rawValue]?.string
    else {
      guard definition["policies"] != nil else { throw Problem(.invalid, "no definition: \(text(definition))") }
      try await shop.put(.policies, "policies", text(definition["policies"] ?? .null))
      return
    }
    switch kind {
    case .template, .channel:
      let body = JSONValue.object(
        (definition.members ?? []).filter { $0.key != kind.rawValue || kind == .channel && $0.key != "channel" })
      let usual: JSONValue = ["channel": "email", "subject": .string(key), "text": "Hello"]
      try await shop.put(kind, key, text(body.members?.isEmpty == false ? body : usual))
    case .journey where publishes: try await shop.publish(key, text(definition))
    default: try await shop.put(kind, key, text(definition))
    }
    try await shop.settle()
  }

  private func messages() async throws -> [String] {
    try await shop.messages().map { message in
      let reason = message.reason.map { " \($0.rawValue)" } ?? ""
      let user = message.userID.isEmpty ? "?" : message.userID
      return
        "\(Self.short(message.scheduledAt)) \(user) \(message.journey)/\(message.step) \(message.status.rawValue)\(reason)"
    }
    .sorted()
  }

  /// Without milliseconds and seconds where they are zero.
  static func short(_ instant: Instant) -> String {
    let text = instant.text
    if text.hasSuffix(":00.000Z") { return text.dropLast(8) + "Z" }
    return text.hasSuffix(".000Z") ? text.dropLast(5) + "Z" : text
  }

  private func text(_ json: JSONValue) -> String {
    var bytes: [UInt8] = []
    json.write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
