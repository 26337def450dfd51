import RoostCore

extension OpenAPI {
  static let channels: [Operation] = [
    Operation(
      "get", workspacePath + "/dead-letters", "listDeadLetters", "Messages that failed for good, newest first",
      query: [
        (name: "channel", description: "as steps name it: a key or a kind"), (name: "journey", description: "its key"),
        (name: "since", description: "RFC 3339"), (name: "limit", description: "1 to 1000; 50 unless told"),
        (name: "cursor", description: "next of the page before"),
      ],
      answer: page([
        "type": "object",
        "description": "a message, with detail, attempts, failedAt and, if it cannot be handed over again, stays: why",
      ])),
    Operation(
      "post", workspacePath + "/dead-letters/redrive", "redriveDeadLetters",
      "Hands failed messages over again under their own ids: those named, or all of a filter",
      body: Schema.object([
        ("ids", Schema.list(Schema.text())), ("all", Schema.flag()), ("channel", Schema.text()),
        ("journey", Schema.text()),
        ("since", Schema.time), ("limit", Schema.integer("10000 unless told, and at most")),
      ]),
      answer: Schema.object(
        [
          ("redriven", Schema.integer()),
          ("skipped", Schema.list(Schema.object([("id", Schema.text()), ("reason", Schema.text())]))),
          ("more", Schema.flag("the limit was met before the end")),
        ], required: ["redriven", "skipped", "more"])),
    Operation(
      "get", workspacePath + "/channels/{key}/health", "readChannelHealth",
      "Whether a channel works, what waits for it, and what has become of its hand-offs since the start",
      query: [(name: "probe", description: "true: also try it, as far as that goes without sending anything")],
      answer: health),
    Operation(
      "post", workspacePath + "/channels/{key}/test", "tryChannel",
      "Shows what a channel would send, its credentials hidden, and sends it if asked",
      body: Schema.object(
        [
          ("to", Schema.text("an address")), ("person", Schema.text("whose address and traits, such as user:42")),
          ("fields", Schema.map(Schema.text("as a template would give them: text, title, url …"))),
          ("send", Schema.flag("false unless told")),
        ]),
      answer: Schema.object([
        (
          "request",
          Schema.object([
            ("method", Schema.text()), ("url", Schema.text()), ("headers", Schema.map(Schema.text())),
            ("body", Schema.text()),
          ])
        ),
        ("outcome", Schema.text(oneOf: ["sent", "rejected", "unreachable", "blocked", "moved", "later", "unknown"])),
        ("detail", Schema.text()), ("answer", Schema.object([("status", Schema.integer()), ("body", Schema.text())])),
      ])),
    Operation(
      "post", workspacePath + "/channels/{key}/webhook", "setWebhook",
      "Tells Telegram to bring what people tell the bot to this installation",
      answer: Schema.object([("webhook", Schema.flag())], required: ["webhook"])),
    Operation(
      "delete", workspacePath + "/channels/{key}/webhook", "deleteWebhook", "Tells Telegram to bring nothing any more",
      answer: Schema.object([("webhook", Schema.flag())], required: ["webhook"])),
    Operation(
      "post", workspacePath + "/people/{ref}/telegram-link", "linkTelegram",
      "An address at which the person meets the workspace's bot: pressing Start there ties the chat to the person",
      answer: Schema.object([("url", Schema.text()), ("expiresAt", Schema.time)], required: ["url", "expiresAt"])),
    Operation(
      "get", workspacePath + "/people/{ref}/devices", "listDevices", "Where push messages reach a person",
      answer: page(device)),
    Operation(
      "put", workspacePath + "/people/{ref}/devices", "putDevice", "Adds a device, or says that it is still there",
      body: Schema.object(
        [
          ("service", Schema.text(oneOf: ["web", "apns", "fcm", "telegram"])), ("token", Schema.text()),
          ("app", Schema.text("bundle or package name")),
          ("subscription", Schema.object([("endpoint", Schema.text()), ("keys", Schema.map(Schema.text()))])),
        ], required: ["service"]), answer: page(device)),
    Operation(
      "delete", workspacePath + "/people/{ref}/devices/{address}", "removeDevice",
      "Takes a device away, by service and token: apns:TOKEN", status: "204", answer: nil),
  ]

  private static let identity: [(String, JSONValue)] = [
    ("writeKey", Schema.text("or Authorization: Bearer")),
    ("anonymousId", Schema.text("of a visitor who is known by nothing else")),
    ("userId", Schema.text()),
    ("userToken", Schema.text("HMAC-SHA256 of the user id by the channel's secret, hexadecimal")),
  ]

  private static let inboxAnswer = Schema.object(
    [
      (
        "items",
        Schema.list(
          Schema.object(
            [
              ("id", Schema.text()), ("at", Schema.time), ("expiresAt", Schema.time),
              ("class", Schema.text(oneOf: ["marketing", "transactional"])),
              ("state", Schema.text(oneOf: ["new", "seen", "clicked"])), ("title", Schema.text()),
              ("body", Schema.text()), ("url", Schema.text()), ("button", Schema.text()), ("image", Schema.text()),
              ("alt", Schema.text()), ("layout", Schema.text("banner, card or modal")),
              ("data", ["description": "for the app, as the template made it"]),
            ], required: ["id", "at", "expiresAt", "class", "state"]))
      ), ("needsUserToken", Schema.flag("somebody is known by that, and only a token proves to be them")),
    ], required: ["items"])

  static let embedding: [Operation] = [
    Operation(
      "post", "/v1/inbox", "fetchInbox", "The messages on a site or in an app that wait for whoever asks",
      access: .nobody,
      body: Schema.object(identity + [("limit", Schema.integer())]), answer: inboxAnswer),
    Operation(
      "get", "/v1/inbox", "readInbox", "The same for apps; the token goes into the header X-Roost-User-Token",
      access: .nobody,
      query: [
        (name: "writeKey", description: "or Authorization: Bearer"), (name: "anonymousId", description: "a visitor's"),
        (name: "userId", description: "with the header X-Roost-User-Token"), (name: "limit", description: "1 to 100"),
      ], answer: inboxAnswer),
    Operation(
      "post", "/v1/inbox/{id}/{report}", "reportInbox", "A message was shown, clicked or dismissed", access: .nobody,
      body: Schema.object(identity + [("url", Schema.text("where the click leads"))]), status: "204", answer: nil),
    Operation(
      "post", "/v1/telegram-link", "telegramLink", "Where whoever asks meets the workspace's Telegram bot",
      access: .nobody,
      body: Schema.object(identity),
      answer: Schema.object([("url", Schema.text()), ("expiresAt", Schema.time)], required: ["url", "expiresAt"])),
    Operation(
      "get", "/v1/push-key", "pushKey", "The key that browsers subscribe to for web push", access: .nobody,
      query: [(name: "writeKey", description: "the workspace's write key")],
      answer: Schema.object([("publicKey", Schema.text("base64url"))], required: ["publicKey"])),
    Operation(
      "get", "/sdk/{file}", "sdkFile", "The browser SDK: roost.js, and roost-sw.js for web push", access: .nobody,
      answer: Schema.text(), answerType: "text/javascript"),
  ]

  private static let device = Schema.object(
    [
      ("service", Schema.text(oneOf: ["web", "apns", "fcm", "telegram"])), ("token", Schema.text()),
      ("app", Schema.text()), ("seenAt", Schema.time),
    ], required: ["service", "token", "seenAt"])

  private static let health = Schema.object(
    [
      ("channel", Schema.key), ("type", Schema.text()),
      ("state", Schema.text(oneOf: ["ok", "failing", "paused", "probing"])), ("waiting", Schema.integer()),
      ("underWay", Schema.integer()), ("handedOver", Schema.integer()), ("sent", Schema.integer()),
      ("refused", Schema.integer()), ("deferred", Schema.integer()), ("unknown", Schema.integer()),
      ("lastSuccessAt", Schema.time), ("lastFailure", Schema.object([("at", Schema.time), ("detail", Schema.text())])),
      ("pausedUntil", Schema.time),
      ("callbackUrl", Schema.text("where the provider may report; keep it to yourselves")),
      (
        "probe",
        Schema.object([("ready", Schema.flag()), ("cause", Schema.text()), ("remedy", Schema.text())])
      ),
    ], required: ["channel", "type", "state", "waiting", "underWay"])
}
