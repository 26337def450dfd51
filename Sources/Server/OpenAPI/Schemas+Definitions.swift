import Delivery
import Events
import RoostCore
import Segments

/// Segments, journeys and messages.
extension Schemas {
  static let dropReasons = DropReason.allCases.map(\.rawValue)

  static let segment = withDefinitions(
    .object(
      (Schema.object([
        ("segment", Schema.key), ("name", Schema.text()), ("description", Schema.text()),
      ]).members ?? []) + [.init("allOf", [Schema.local("expression")])]))

  static func withDefinitions(_ schema: JSONValue, steps: Bool = false) -> JSONValue {
    var definitions: [JSONValue.Member] = [
      .init("expression", expression), .init("pattern", pattern), .init("filters", Schema.map(filter)),
      .init("comparison", comparison), .init("count", Schema.any(of: [Schema.integer(), Schema.local("comparison")])),
      .init("literal", ["type": ["string", "number", "boolean"]]),
    ]
    if steps { definitions += [.init("step", step), .init("steps", Schema.list(Schema.local("step"), least: 1))] }
    return .object((schema.members ?? []) + [.init("$defs", .object(definitions))])
  }

  private static let expression: JSONValue = {
    let inner = Schema.local("expression")
    let window = ("within", Schema.span)
    let bounds = ["atLeast", "atMost", "moreThan", "lessThan", "exactly"].map { ($0, Schema.number()) }
    func form(_ name: String, _ value: JSONValue, _ others: [(String, JSONValue)] = [], needs: [String] = [])
      -> JSONValue
    {
      Schema.object([(name, value)] + others, required: [name] + needs)
    }
    return Schema.any(
      of: [
        form("all", Schema.list(inner, least: 1)), form("any", Schema.list(inner, least: 1)),
        form("sequence", Schema.list(patternOrName, least: 2), [window, ("not", patternOrName)]),
        form("not", inner),
        form(
          "sum", Schema.text(), [("of", Schema.text()), ("where", Schema.local("filters")), window] + bounds,
          needs: ["of"]),
        form(
          "event", Schema.text(),
          [
            ("where", Schema.local("filters")), ("count", Schema.local("count")), window, ("first", ["type": "object"]),
            ("last", ["type": "object"]),
          ]),
        form("trait", Schema.text(), tests + [window]),
        form(
          "journey", Schema.text(), [("state", Schema.text(oneOf: JourneyState.allCases.map(\.rawValue)))],
          needs: ["state"]),
        form("segment", Schema.text()), form("consent", Schema.text(), [("granted", Schema.flag())]),
        form(
          "orders", Schema.text(oneOf: OrdersCondition.Figure.allCases.map(\.rawValue)),
          [("currency", Schema.text(pattern: "^[A-Z]{3}$"))] + bounds),
        form("trigger", Schema.local("filters")),
      ], description: "a condition; docs/segments.md says what each form means")
  }()

  private static let pattern = Schema.object(
    [("event", Schema.text()), ("where", Schema.local("filters"))], required: ["event"], isClosed: true)
  private static let patternOrName = Schema.any(of: [Schema.text(), Schema.local("pattern")])
  private static let filter = Schema.any(of: [Schema.local("literal"), Schema.object(tests, isClosed: true)])

  private static let tests: [(String, JSONValue)] =
    ["is", "isNot"].map { ($0, Schema.local("literal")) }
    + ["in", "notIn"].map { ($0, Schema.list(Schema.local("literal"), least: 1)) } + [("exists", Schema.flag())]
    + ["atLeast", "atMost", "moreThan", "lessThan"].map { ($0, Schema.number()) }
    + ["contains", "startsWith", "before", "after"].map { ($0, Schema.any(of: [Schema.text(), Schema.number()])) }

  private static let comparison = Schema.object(
    ["atLeast", "atMost", "moreThan", "lessThan", "exactly"].map { ($0, Schema.number()) }, isClosed: true)

  static let message = Schema.object(
    [
      ("id", Schema.text(pattern: "^[0-9a-f]{32}$")),
      (
        "person",
        Schema.object(
          [("id", Schema.text()), ("userId", Schema.text()), ("email", Schema.text())], required: ["id"])
      ),
      ("journey", Schema.text()), ("version", Schema.integer()), ("step", Schema.text()), ("channel", Schema.text()),
      ("template", Schema.text()), ("class", Schema.text(oneOf: MessageClass.allCases.map(\.rawValue))),
      ("status", Schema.text(oneOf: MessageStatus.allCases.map(\.rawValue))),
      ("reason", Schema.text("why it was not sent", oneOf: SuppressionReason.allCases.map(\.rawValue))),
      ("test", ["type": "boolean", "description": "sent by an operator to be looked at; no figure counts it"]),
      ("missing", Schema.list(Schema.text("a value that the template shows and does not have"))),
      ("to", Schema.text("the address; absent if there is none")), ("subject", Schema.text()),
      ("scheduledAt", Schema.time), ("sentAt", Schema.time),
      ("why", Schema.list(Schema.text())), ("reasons", OpenAPI.reasons),
      ("detail", Schema.text("the last answer of whoever took or refused it")),
      ("vouchers", Schema.map(Schema.text("the code that it was given, by its pool"))),
      ("attempts", Schema.integer()), ("text", ["type": ["string", "null"]]), ("html", ["type": ["string", "null"]]),
    ],
    required: [
      "id", "person", "journey", "version", "step", "channel", "template", "class", "status", "subject", "scheduledAt",
    ])
}
