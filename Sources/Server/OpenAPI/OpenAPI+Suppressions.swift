import RoostCore

extension OpenAPI {
  static let suppressions: [Operation] = [
    Operation(
      "get", workspacePath + "/suppressions", "listSuppressions", "Addresses that get nothing",
      query: [
        (name: "channel", description: "a kind: email, sms, push, telegram, inapp"),
        (name: "reason", description: "bounced, complained, unsubscribed or manual"),
        (name: "format", description: "csv: the whole list as a file"),
      ] + paging, answer: page(suppression)),
    Operation(
      "post", workspacePath + "/suppressions", "putSuppression", "Puts an address on the list",
      body: suppressionRequest, status: "201", answer: suppression),
    Operation(
      "post", workspacePath + "/suppressions/import", "importSuppressions",
      "Puts many addresses on the list; also text/csv with a head of address and, if need be, channel, reason, detail",
      body: Schema.object([("items", Schema.list(suppressionRequest))], required: ["items"]),
      answer: Schema.object(
        [
          ("added", Schema.integer()), ("rejected", Schema.list(anything)), ("rejectedCount", Schema.integer()),
        ], required: ["added", "rejected", "rejectedCount"])),
    Operation(
      "get", workspacePath + "/suppressions/{suppressed}", "readSuppression",
      "One address, as CHANNEL:ADDRESS, such as email:ann@example.com; 404 if it is not on the list",
      answer: suppression),
    Operation(
      "delete", workspacePath + "/suppressions/{suppressed}", "liftSuppression",
      "Takes an address off the list; the person's timeline and the audit trail keep that", status: "204", answer: nil),
  ]

  private static let kinds = ["email", "sms", "push", "telegram", "inapp"]

  private static let suppressionRequest = Schema.object(
    [
      ("channel", Schema.text(oneOf: kinds)), ("address", Schema.text()),
      ("reason", Schema.text(oneOf: ["manual", "bounced", "complained"])), ("detail", Schema.text()),
      ("person", Schema.text("as {ref}; needed where addresses are not what people are known by")),
    ], required: ["address"], isClosed: true)

  private static let suppression = Schema.object(
    [
      ("channel", Schema.text(oneOf: kinds)),
      ("address", Schema.text("absent where nobody has it any more and only its hash is known")),
      ("addressHash", Schema.text()),
      ("reason", Schema.text(oneOf: ["bounced", "complained", "unsubscribed", "manual"])), ("at", Schema.time),
      ("person", Schema.text()), ("message", Schema.text("the message that came back")), ("detail", Schema.text()),
    ], required: ["channel", "addressHash", "reason", "at", "person"])

  /// What a message's decision rested on.
  static let reasons = Schema.object([
    ("enteredAt", Schema.time),
    ("trigger", Schema.object([("event", Schema.text()), ("id", Schema.text()), ("at", Schema.time)])),
    ("segments", ["type": "object", "additionalProperties": ["type": "boolean"]]),
    ("consentPolicy", Schema.text(oneOf: ["explicit", "implied"])), ("consent", receipt), ("confirmation", receipt),
    (
      "suppression",
      Schema.object([("cause", Schema.text()), ("at", Schema.time), ("message", Schema.text())])
    ),
    ("zone", Schema.object([("name", Schema.text()), ("source", Schema.text())])),
    ("quietHours", Schema.object([("from", Schema.time), ("to", Schema.time)])),
    (
      "caps",
      Schema.list(
        Schema.object([
          ("cap", Schema.integer("its place in the policies")), ("own", Schema.flag("the person's own choice")),
          ("rule", Schema.text()), ("count", Schema.integer()), ("max", Schema.integer()), ("fullUntil", Schema.time),
        ]))
    ), ("policiesVersion", Schema.integer()), ("insteadOf", Schema.text("the channel whose cap is full")),
    (
      "bestHour",
      Schema.object([
        ("at", Schema.time), ("basis", basis), ("sharePermille", Schema.integer()), ("hoursSeen", Schema.integer()),
      ])
    ),
    (
      "bestChannel",
      Schema.list(
        Schema.object([
          ("channel", Schema.text()), ("objection", Schema.text("why it could not be used")), ("basis", basis),
          ("ratePermille", Schema.integer()), ("sent", Schema.integer()), ("answered", Schema.integer()),
        ]))
    ), ("language", Schema.text("of the template")),
    ("holdout", Schema.object([("journey", Schema.text()), ("global", Schema.text())])), ("heldUntil", Schema.time),
    ("mailbox", Schema.flag("no such channel is configured")), ("seed", Schema.text()),
  ])

  private static let basis = Schema.text(oneOf: ["person", "segment", "workspace", "nothing"])

  private static let receipt = Schema.object([
    ("purpose", Schema.text()), ("granted", Schema.flag()), ("at", Schema.time), ("source", Schema.text()),
    ("textVersion", Schema.text()),
  ])
}
