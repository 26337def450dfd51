import Delivery
import Engine
import RoostCore
import Runtime

extension OpenAPI {
  static let collecting: [Operation] =
    ["identify", "track", "page", "screen", "group", "alias"].map { name in
      Operation(
        "post", "/v1/\(name)", name, "Segment's \(name) call", access: .writeKey, body: Schema.ref(name),
        answer: Schemas.accepted)
    } + [
      Operation(
        "post", "/v1/batch", "batch", "Several of Segment's calls, 500 KiB at most", access: .writeKey,
        body: Schema.ref("batch"), answer: Schemas.accepted),
      Operation(
        "post", "/v1/import", "importHistory",
        "Calls from the past, 5 MiB at most: they fill people and segments and start no journey", access: .writeKey,
        body: Schema.ref("batch"), answer: Schemas.accepted),
    ]

  static let operating: [Operation] = [
    Operation("get", "/healthz", "health", "Whether the process lives", access: .nobody),
    Operation(
      "get", "/readyz", "readiness",
      "Whether it takes events; 503 with reasons if not. With the address to which links in messages lead",
      access: .nobody),
    Operation(
      "get", "/metrics", "metrics",
      "Figures in Prometheus' text format. Those of channels, which name workspaces, only with the operator token, or on "
        + "this machine while nobody else can reach the port",
      access: .nobody, answer: Schema.text(), answerType: "text/plain"),
    Operation("get", "/openapi.json", "openapi", "This description", access: .nobody),
    Operation("get", "/schemas/{name}", "schema", "A JSON Schema, such as track.json", access: .nobody),
  ]

  static let paging = [
    (name: "limit", description: "items a page, 1 to 1000"),
    (name: "cursor", description: "`next` of the page before"),
  ]

  static func page(_ item: JSONValue) -> JSONValue {
    Schema.object(
      [("items", Schema.list(item)), ("next", ["type": ["string", "null"]])], required: ["items", "next"])
  }

  static let workspacePath = "/api/v1/workspaces/{workspace}"
  static let anything: JSONValue = ["type": "object"]

  static let managing: [Operation] =
    installation + people + definitions("template", "templates") + templates + catalog + vouchers
    + definitions("channel", "channels")
    + preferenceCentre + definitions("segment", "segments") + segments + definitions("journey", "journeys") + [lint]
    + journeys + broadcasts + bundles + rehearsals + policies + suppressions + messages + channels

  private static let workspaceMembers: [(String, JSONValue)] = [
    ("key", Schema.key), ("name", Schema.text()), ("timezone", Schema.text("IANA, such as Europe/Rome")),
    ("currency", Schema.text(pattern: "^[A-Za-z]{3}$")), ("locale", Schema.text()),
    ("consentPolicy", Schema.text(oneOf: ConsentPolicy.allCases.map(\.rawValue))),
  ]

  private static let installation: [Operation] = [
    Operation(
      "get", "/api/v1/workspaces", "listWorkspaces", "All workspaces", access: .operatorToken,
      answer: page(Schema.object(workspaceMembers))),
    Operation(
      "post", "/api/v1/workspaces", "createWorkspace",
      "Makes a workspace; its keys are shown this once. Idempotency-Key is honoured", access: .operatorToken,
      body: Schema.object(workspaceMembers, required: ["key"], isClosed: true), status: "201",
      answer: Schema.object(
        workspaceMembers + [("writeKey", Schema.text()), ("secretKey", Schema.text())],
        required: ["key", "writeKey", "secretKey"])),
    Operation(
      "get", "/api/v1/clock", "readClock", "What time it is for the engine", access: .operatorToken,
      answer: Schema.object([("now", Schema.time)], required: ["now"])),
    Operation(
      "post", "/api/v1/clock", "moveClock",
      "Moves a sandbox's clock; answers when everything due by then has happened", access: .operatorToken,
      body: Schema.object([("advance", Schema.span), ("to", Schema.time)]),
      answer: Schema.object([("now", Schema.time)], required: ["now"])),
    Operation(
      "get", "/api/v1/signing-key", "readSigningKey", "The key that signs this installation's records",
      answer: Schema.object(
        [("algorithm", Schema.text()), ("publicKey", Schema.text("hexadecimal, 32 bytes"))],
        required: ["algorithm", "publicKey"])),
    Operation(
      "post", "/api/v1/backup", "backUp", "Copies the running installation to a directory of the server's machine",
      access: .operatorToken,
      body: Schema.object([("directory", Schema.text("an absolute path"))], required: ["directory"]), status: "201"),
  ]

  private static let people: [Operation] = [
    Operation(
      "get", workspacePath + "/people", "searchPeople", "People by an identifier, or by words in one or in a trait",
      query: [(name: "query", description: "such as ann@example.com; everybody if left out")] + paging,
      answer: page(anything)),
    Operation("get", workspacePath + "/people/{ref}", "readPerson", "Everything known of a person now"),
    Operation(
      "delete", workspacePath + "/people/{ref}", "erasePerson", "Erases a person for good", status: "204", answer: nil),
    Operation(
      "get", workspacePath + "/people/{ref}/timeline", "readTimeline", "What a person did, newest first",
      query: paging, answer: page(anything)),
    Operation(
      "get", workspacePath + "/people/{ref}/messages", "listMessagesOfPerson", "A person's messages, newest first",
      query: messageFilters + paging, answer: page(Schema.ref("message"))),
    Operation(
      "get", workspacePath + "/people/{ref}/segments", "listSegmentsOfPerson", "The segments a person is in, and why",
      answer: page(anything)),
    Operation(
      "get", workspacePath + "/people/{ref}/consents", "readConsents", "A person's consents, as receipts",
      answer: page(anything)),
    Operation(
      "put", workspacePath + "/people/{ref}/consents", "putConsents", "Records a person's answers",
      body: Schema.object(
        [
          ("consents", Schema.map(Schema.flag())), ("source", Schema.text()), ("textVersion", Schema.text()),
        ], required: ["consents"]), answer: page(anything)),
    Operation(
      "get", workspacePath + "/people/{ref}/export", "exportPerson", "Everything kept about a person, as a file"),
  ]

  private static func definitions(_ name: String, _ list: String) -> [Operation] {
    let title = name.prefix(1).uppercased() + name.dropFirst()
    let described = Schema.object(
      [
        ("key", Schema.key), ("version", Schema.integer()), ("updatedAt", Schema.time),
        ("definition", Schema.ref(name)),
      ], required: ["key", "version", "updatedAt", "definition"])
    return [
      Operation(
        "get", "\(workspacePath)/\(list)", "list\(title)s", "All \(list) at their newest versions",
        answer: page(described)),
      Operation("get", "\(workspacePath)/\(list)/{key}", "read\(title)", "One \(name)", answer: described),
      Operation(
        "put", "\(workspacePath)/\(list)/{key}", "put\(title)",
        "Makes a new version; the same document again changes nothing", body: Schema.ref(name), takesYAML: true,
        answer: described),
    ]
  }

  private static let policies: [Operation] = {
    let described = Schema.object(
      [
        ("key", Schema.key), ("version", Schema.integer("0 if none were put")), ("updatedAt", Schema.time),
        ("definition", Schema.ref("policies")),
      ], required: ["key", "version", "definition"])
    return [
      Operation(
        "get", workspacePath + "/policies", "readPolicies", "Caps, quiet hours and the global holdout",
        answer: described),
      Operation(
        "put", workspacePath + "/policies", "putPolicies",
        "Makes a new version; the same document again changes nothing", body: Schema.ref("policies"), takesYAML: true,
        answer: described),
    ]
  }()

  private static let preferenceCentre: [Operation] = ["get", "put"].map { method in
    Operation(
      method, workspacePath + "/preference-centre", "\(method)PreferenceCentre",
      method == "get" ? "What the preference centre asks, and in which words" : "Makes a new version of it",
      body: method == "get" ? nil : Schemas.preferenceCentre, takesYAML: method == "put",
      answer: Schema.object(
        [("version", Schema.integer()), ("updatedAt", Schema.time), ("definition", Schemas.preferenceCentre)],
        required: ["version", "updatedAt", "definition"]))
  }

  static let hosted: [Operation] = [
    Operation(
      "post", "/v1/inbound/email/{sourceKey}", "returnMessage",
      "A message that came back (message/rfc822): a bounce or a complaint; answers when it is recorded",
      access: .nobody,
      answer: Schema.object(
        [
          ("kind", Schema.text(oneOf: ["bounce", "complaint", "none"])), ("message", Schema.text()),
          (
            "recipients",
            Schema.list(
              Schema.object([
                ("address", Schema.text()), ("permanent", Schema.flag()), ("dead", Schema.flag()),
                ("status", Schema.text("RFC 3463")),
              ]))
          ),
        ], required: ["kind", "recipients"])),
    Operation(
      "post", "/v1/inbound/http/{sourceKey}", "reportMessages",
      "What a provider reports about messages of a channel, by POST or GET, read by the channel's own rules",
      access: .nobody, query: [(name: "message", description: "our own id, as callback_url carries it")],
      body: ["description": "JSON or a form, as the provider sends it"],
      answer: Schema.object(
        [("taken", Schema.integer()), ("unknown", Schema.integer("reports about nothing that is known here"))],
        required: ["taken", "unknown"])),
    Operation(
      "post", "/v1/inbound/telegram/{sourceKey}", "tellBot",
      "What Telegram tells a bot (an Update); the header X-Telegram-Bot-Api-Secret-Token has to be right",
      access: .nobody,
      body: ["type": "object"], answer: Schema.object([("ok", Schema.flag())])),
    Operation(
      "get", "/u/{token}", "askToUnsubscribe", "Asks whether to unsubscribe; changes nothing", access: .nobody,
      answer: Schema.text(), answerType: "text/html"),
    Operation(
      "post", "/u/{token}", "unsubscribe",
      "Unsubscribes with one click (RFC 8058); answers when it is recorded", access: .nobody,
      answer: Schema.text(), answerType: "text/html"),
    Operation(
      "get", "/p/{token}", "showPreferences", "A person's preference centre", access: .nobody, answer: Schema.text(),
      answerType: "text/html"),
    Operation(
      "post", "/p/{token}", "savePreferences", "Takes its form", access: .nobody, answer: Schema.text(),
      answerType: "text/html"),
    Operation(
      "get", "/o/{token}", "noteOpening", "The picture that says that a message was opened", access: .nobody,
      answer: Schema.text(), answerType: "image/gif"),
    Operation(
      "get", "/c/{token}", "noteClick", "On to the address that the link was signed with", access: .nobody,
      status: "302", answer: nil),
    Operation(
      "post", "/c/{token}", "noteTap",
      "The push message with this token (`tap`, in apps `roost_tap`) was tapped: it is clicked; answers when that is recorded",
      access: .nobody, status: "204", answer: nil),
  ]

  /// What a template reads that nothing in the workspace is called.
  private static let templateFinding = Schema.object(
    [
      ("pointer", Schema.text()), ("value", Schema.text()), ("detail", Schema.text()), ("snippet", Schema.text()),
      ("line", Schema.integer()), ("column", Schema.integer()),
    ], required: ["pointer", "value", "detail"])

  private static let templates: [Operation] = [
    Operation(
      "post", workspacePath + "/templates/{key}/preview", "previewTemplate",
      "What a template would say to a person or with sample values, and what it misses",
      body: Schema.object([
        ("person", Schema.text("a reference such as user:42")),
        ("event", ["type": "object", "description": "properties of the event that started the journey"]),
        ("sample", ["type": "object", "description": "values in place of a person's: person, event …"]),
        ("language", Schema.text("a language other than the person's")),
        ("template", Schema.ref("template")),
      ]),
      answer: Schema.object(
        [
          ("channel", Schema.text()), ("language", Schema.text()), ("parts", Schema.map(Schema.text())),
          (
            "missing",
            Schema.list(
              Schema.object(
                [
                  ("pointer", Schema.text()), ("value", Schema.text()), ("snippet", Schema.text()),
                  ("line", Schema.integer()), ("column", Schema.integer()),
                ], required: ["pointer", "value", "line", "column"]))
          ),
          ("wouldBeSent", ["type": "boolean", "description": "false: the template is strict, and a value is missing"]),
          ("findings", Schema.list(templateFinding)),
        ], required: ["channel", "language", "parts", "missing", "wouldBeSent", "findings"])),
    Operation(
      "post", workspacePath + "/templates/{key}/test", "sendTestMessage",
      "Sends the template to an address by the real channel, marked as a test; no cap and no figure counts it",
      body: Schema.object(
        [
          ("to", Schema.text("an address of the channel")), ("channel", Schema.text("a channel's key or kind")),
          ("person", Schema.text("whose values it shows: a reference such as user:42")),
          ("event", ["type": "object", "description": "properties of the event that started the journey"]),
          ("sample", ["type": "object", "description": "values in place of a person's"]), ("language", Schema.text()),
        ], required: ["to"]),
      status: "202", answer: Schema.ref("message")),
  ]

  private static let segments: [Operation] = [
    Operation(
      "post", workspacePath + "/segments/preview", "previewSegment", "Whom a segment would mean, with some of them",
      body: Schema.ref("segment"), takesYAML: true,
      answer: Schema.object(
        [("count", Schema.integer()), ("exact", Schema.flag()), ("sample", Schema.list(anything))],
        required: ["count", "exact", "sample"])),
    Operation(
      "get", workspacePath + "/segments/{key}/people", "listPeopleOfSegment", "The people in a segment",
      query: paging, answer: page(anything)),
  ]

  private static let journeys: [Operation] =
    JourneyAction.allCases.map { action in
      Operation(
        "post", "\(workspacePath)/journeys/{key}/\(action.rawValue)", "\(action.rawValue)Journey",
        "\(action.rawValue.prefix(1).uppercased() + action.rawValue.dropFirst())s a journey".replacing(
          "ishs", with: "ishes"),
        query: action == .publish
          ? [(name: "force", description: "true: publish although the lint has found errors")] : [])
    } + [
      Operation(
        "post", workspacePath + "/journeys/{key}/enter", "enterJourney",
        "Takes a person into a journey with enter: api, by the event Journey Requested", body: Schemas.journeyEntry,
        answer: Schemas.journeyEntered)
    ]

  private static let lint = Operation(
    "post", workspacePath + "/journeys/lint", "lintJourneys",
    "What goes wrong in journeys, each with a story that makes it happen; YAML, one document or several (---). Nothing is kept",
    body: Schema.ref("journey"), takesYAML: true,
    answer: Schema.object([("findings", Schema.list(Schema.ref("finding")))], required: ["findings"]))

  private static let draft = Schema.object(
    [
      ("kind", Schema.text(oneOf: DocumentKind.allCases.map(\.rawValue))), ("key", Schema.key), ("body", anything),
    ], required: ["kind", "key", "body"])

  private static let bundle = Schema.object(
    [
      ("documents", Schema.list(draft)), ("publish", Schema.flag()),
      ("tag", Schema.text("journeys with this tag belong to the call even if it has them no more")),
      ("missing", Schema.text(oneOf: ["keep", "pause", "archive"])),
      ("plan", Schema.text("the plan that must still hold; of apply")),
    ], required: ["documents"], isClosed: true)

  private static let plan = Schema.object(
    [
      ("plan", Schema.text("names what would change, not how many people it concerns")), ("applied", Schema.flag()),
      ("decisions", Schema.integer()), ("changes", Schema.list(anything)),
    ], required: ["plan", "applied", "decisions", "changes"])

  private static let bundles: [Operation] = [
    Operation(
      "post", workspacePath + "/journeys/plan", "planDefinitions",
      "What putting these definitions would change, and for how many people", body: bundle, takesYAML: true,
      answer: plan),
    Operation(
      "post", workspacePath + "/journeys/apply", "applyDefinitions",
      "Puts definitions and publishes the journeys among them: all of them or none", body: bundle, takesYAML: true,
      answer: plan),
  ]

  private static let messageFilters = [
    (name: "journey", description: "a journey's key"),
    (name: "status", description: MessageStatus.allCases.map(\.rawValue).joined(separator: ", ")),
    (name: "since", description: "RFC 3339; decided at that time or later"),
  ]

  private static let signedRecord = Schema.object(
    [
      ("record", anything),
      (
        "signature",
        Schema.object([
          ("algorithm", Schema.text(oneOf: ["Ed25519"])), ("publicKey", Schema.text("hexadecimal")),
          ("value", Schema.text("hexadecimal; over the record's canonical JSON (RFC 8785)")),
        ])
      ),
    ], required: ["record", "signature"])

  private static let messages: [Operation] = [
    Operation(
      "get", workspacePath + "/messages", "listMessages", "Messages, sent or not, newest first",
      query: messageFilters + [(name: "person", description: "as {ref}")] + paging,
      answer: page(Schema.ref("message"))),
    Operation(
      "get", workspacePath + "/messages/{id}", "readMessage", "One message with why it was decided and what it says",
      answer: Schema.ref("message")),
    Operation(
      "get", workspacePath + "/messages/{id}/why", "readWhy",
      "Why a message was sent or was not, signed: roost why verify checks it without the server", answer: signedRecord),
    Operation(
      "get", workspacePath + "/quarantine", "listQuarantine", "Rejected events, newest first", query: paging,
      answer: page(anything)),
    Operation(
      "post", workspacePath + "/quarantine/replay", "replayQuarantine",
      "Takes rejected events in, mended or as they are",
      body: Schema.object([
        ("ids", Schema.list(Schema.text())),
        (
          "items",
          Schema.list(Schema.object([("id", Schema.text()), ("event", anything)], required: ["id", "event"]))
        ),
      ]),
      answer: Schema.object([("accepted", Schema.integer()), ("rejected", Schema.list(anything))])),
    Operation(
      "post", workspacePath + "/import", "importEvents",
      "A batch from the past; with replay a sandbox's clock follows it and journeys act",
      query: [(name: "replay", description: "true: in a sandbox")], body: Schema.ref("batch"),
      answer: Schemas.accepted),
    Operation(
      "get", workspacePath + "/audit", "readAudit", "Every change of a definition, newest first",
      answer: page(anything)),
  ]
}
