import RoostCore

/// Segment's calls.
extension Schemas {
  static func call(_ type: String) -> JSONValue {
    var properties: [(String, JSONValue)] = []
    var required: [String] = []
    switch type {
    case "identify": properties = [("traits", traits)]
    case "track":
      properties = [("event", Schema.text("such as Order Completed")), ("properties", fields)]
      required = ["event"]
    case "page", "screen":
      properties = [("name", Schema.text()), ("category", Schema.text()), ("properties", fields)]
    case "group":
      properties = [("groupId", identifier), ("traits", fields)]
      required = ["groupId"]
    default:
      properties = [("previousId", identifier)]
      required = ["previousId"]
    }
    var schema =
      Schema.object(
        [("type", Schema.text("needed in a batch", oneOf: [type]))] + properties + common, required: required
      ).members ?? []
    schema.append(
      .init(
        "anyOf",
        .array(
          [["userId"], ["anonymousId"], ["context"], ["traits"]].map { names in
            ["required": .array(names.map(JSONValue.string))]
          })))
    return .object(schema)
  }

  static let batch: JSONValue = Schema.object(
    [
      (
        "batch",
        Schema.list(
          Schema.any(of: ["identify", "track", "page", "screen", "group", "alias"].map(Schema.ref)))
      ),
      ("writeKey", Schema.text("instead of the Authorization header")), ("sentAt", Schema.time),
      ("context", context),
    ], required: ["batch"])

  private static let identifier: JSONValue = ["type": ["string", "number"]]
  private static let fields: JSONValue = ["type": "object"]
  private static let traits: JSONValue = Schema.object([
    ("email", Schema.text("identifies the person too")), ("phone", Schema.text("identifies the person too")),
  ])

  private static let common: [(String, JSONValue)] = [
    ("userId", identifier), ("anonymousId", identifier),
    ("messageId", Schema.text("makes the call idempotent for at least 30 days")), ("timestamp", Schema.time),
    ("originalTimestamp", Schema.time), ("sentAt", Schema.time), ("context", context),
    ("writeKey", Schema.text("instead of the Authorization header, in a call that is no batch")),
  ]

  private static let context = Schema.object([
    ("traits", traits), ("device", Schema.object([("id", Schema.text("identifies the person too"))])),
    (
      "externalIds",
      Schema.list(Schema.object([("type", Schema.text()), ("id", identifier)], required: ["type", "id"]))
    ),
    (
      "consent",
      Schema.object([
        (
          "categoryPreferences",
          .object([
            .init("type", "object"),
            .init("description", "marketing, marketing.email, partner_offers, tracking, …: given or refused"),
            .init("additionalProperties", Schema.flag()),
          ])
        )
      ])
    ),
  ])

  /// The answer to a call.
  static let accepted = Schema.object(
    [
      ("success", Schema.flag()), ("accepted", Schema.integer("events that are stored for good now")),
      (
        "rejected",
        Schema.list(
          Schema.object(
            [
              ("index", Schema.integer("place in the batch, from 0")), ("pointer", Schema.text()),
              ("reason", Schema.text(oneOf: dropReasons)), ("detail", Schema.text()),
            ], required: ["index", "pointer", "reason"]))
      ),
    ], required: ["success", "accepted", "rejected"])
}
