import RoostCore

extension Schemas {
  static let channel = Schema.any(of: [email, webPush, apns, fcm, webhook, smpp, http, telegram, inapp])

  /// What channels of every kind may have.
  private static let common: [(String, JSONValue)] = [
    (
      "price",
      Schema.object(
        [("amount", Schema.text("such as 0.0045")), ("currency", Schema.text(pattern: "^[A-Z]{3}$"))],
        required: ["amount", "currency"])
    ), ("ratePerSecond", Schema.number("no more hand-offs a second")),
    ("concurrency", Schema.integer("hand-offs under way at a time, 1 to 400")),
  ]

  private static let webTargets: [(String, JSONValue)] = [
    ("ttl", Schema.span), ("allowPrivateTargets", Schema.flag("private networks may be talked to")),
    ("trustRoots", Schema.text("a PEM file of certificates trusted besides the system's")),
  ]

  private static let email = Schema.object(
    [
      ("type", Schema.text(oneOf: ["email.smtp"])),
      ("url", Schema.text("smtp://HOST:PORT or smtps://…, with USER:PASSWORD@ where the server asks for them")),
      ("from", Schema.text("Shop <hi@shop.example>")), ("replyTo", Schema.text()),
    ] + common + emailMembers, required: ["type", "from"], isClosed: true)

  private static let webPush = Schema.object(
    [
      ("type", Schema.text(oneOf: ["push.web"])), ("subject", Schema.text("mailto:ops@shop.example or https:…")),
      ("privateKey", Schema.text("VAPID, base64url or PEM; made if left out; answered as ***")),
      ("urgency", Schema.text(oneOf: ["very-low", "low", "normal", "high"])),
    ] + common + webTargets, required: ["type", "subject"], isClosed: true)

  private static let apns = Schema.object(
    [
      ("type", Schema.text(oneOf: ["push.apns"])), ("keyId", Schema.text()), ("teamId", Schema.text()),
      ("privateKey", Schema.text("the .p8 file's text; answered as ***")), ("topic", Schema.text("the bundle id")),
      ("sandbox", Schema.flag("Apple's development environment")), ("server", Schema.text("instead of Apple's")),
    ] + common + webTargets, required: ["type", "keyId", "teamId", "privateKey", "topic"], isClosed: true)

  private static let fcm = Schema.object(
    [
      ("type", Schema.text(oneOf: ["push.fcm"])),
      ("serviceAccount", ["type": "object", "description": "the key file; its private_key is answered as ***"]),
      ("app", Schema.text("only devices of this package")), ("target", Schema.text(oneOf: ["token", "fid"])),
      ("server", Schema.text("instead of Google's")),
    ] + common + webTargets, required: ["type", "serviceAccount"], isClosed: true)

  private static let smpp = Schema.object(
    [
      ("type", Schema.text(oneOf: ["sms.smpp"])),
      ("url", Schema.text("smpp://USER:PASSWORD@HOST:2775, or smpps://… with TLS; the password is answered as ***")),
      ("from", Schema.text("a name of at most 11 characters, a short code or a number")),
      ("bind", Schema.text(oneOf: ["transceiver", "transmitter", "separate"])),
      ("systemType", Schema.text()), ("serviceType", Schema.text()), ("addressRange", Schema.text()),
      ("long", Schema.text(oneOf: ["udh", "udh16", "sar", "payload"])),
      ("alphabet", Schema.text(oneOf: ["gsm", "latin1"])),
      ("receipts", Schema.flag("whether delivery receipts are asked for; true unless told")),
      ("receiptIds", Schema.text(oneOf: ["auto", "same", "decimal", "hex"])),
      ("partsMax", Schema.integer("1 to 50; 10 unless told")),
      ("connections", Schema.integer("that send, 1 to 20")),
      ("window", Schema.integer("messages of a connection under way, 1 to 500; 10 unless told")),
      ("validity", Schema.span), ("enquireEvery", Schema.span), ("timeout", Schema.span),
      ("sourceTon", Schema.integer("type of number, 0 to 6")), ("sourceNpi", Schema.integer("numbering plan, 0 to 18")),
      ("destinationTon", Schema.integer("type of number, 0 to 6")),
      ("destinationNpi", Schema.integer("numbering plan, 0 to 18")),
      ("temporaryCodes", Schema.list(Schema.integer("a command_status that is tried again"))),
      ("deadNumberErrors", Schema.list(Schema.text("a receipt's err for a number that does not exist"))),
      ("stopWords", Schema.list(Schema.text("ends marketing by text message"))),
    ] + common, required: ["type", "url", "from"], isClosed: true)

  private static let webhook = Schema.object(
    [
      ("type", Schema.text(oneOf: ["webhook"])),
      ("secret", Schema.text("whsec_ and 24 to 64 bytes in base64; answered as ***")),
      ("allowPrivateTargets", Schema.flag("private networks may be called")),
      ("trustRoots", Schema.text("a PEM file of certificates trusted besides the system's")),
    ] + common, required: ["type", "secret"], isClosed: true)

  private static let rules = Schema.any(of: [rule, Schema.list(rule)])
  private static let rule = Schema.object(
    [
      (
        "status",
        Schema.any(of: [
          Schema.integer(), Schema.text("2xx, 400-499"),
          Schema.list(Schema.any(of: [Schema.integer(), Schema.text()])),
        ])
      ),
      ("pointer", Schema.text("a JSON pointer into the answer")), ("equals", ["description": "what stands there"]),
      ("in", Schema.list(["description": "one of these"])), ("contains", Schema.text("the answer holds this text")),
    ], isClosed: true)

  private static let http = Schema.object(
    [
      ("type", Schema.text(oneOf: ["sms.http", "push.http", "telegram.http"])),
      (
        "request",
        Schema.object(
          [
            ("method", Schema.text(oneOf: ["POST", "PUT", "PATCH", "GET"])),
            ("url", Schema.text("with a fixed host; {{ values }} are percent-encoded")),
            ("query", Schema.map(Schema.text())), ("headers", Schema.map(Schema.text())),
            (
              "body",
              ["type": "object", "description": "{\"json\": …}, {\"form\": {…}} or {\"text\": \"…\", \"type\": \"…\"}"]
            ),
          ], required: ["url"], isClosed: true)
      ),
      (
        "auth",
        Schema.object([
          ("basic", Schema.object([("user", Schema.text()), ("password", Schema.text())])),
          ("bearer", Schema.object([("token", Schema.text())])),
          ("header", Schema.object([("name", Schema.text()), ("secret", Schema.text())])),
        ])
      ),
      ("credentials", Schema.map(Schema.text("answered as ***"))),
      ("idempotencyHeader", Schema.text("carries the message's id")),
      (
        "response",
        Schema.object(
          [
            ("id", ["description": "where the provider's id stands: a pointer, {\"header\": …} or {\"after\": …}"]),
            ("retryAfter", ["description": "a pointer, or {\"pointer\": …, \"unit\": \"ms\"|\"s\"|\"min\"}"]),
          ] + ["sent", "unreachable", "blocked", "throttled", "unavailable", "later", "rejected"].map { ($0, rules) },
          isClosed: true)
      ),
      ("callback", ["type": "object", "description": "how to read what the provider reports; see docs/channels.md"]),
      (
        "address",
        Schema.object([
          ("trait", Schema.text()),
          ("identifier", Schema.text(oneOf: ["user", "email", "phone", "device", "anonymous"])),
          ("externalId", Schema.text()), ("device", Schema.any(of: [Schema.text(), Schema.list(Schema.text())])),
        ])
      ), ("allowPrivateTargets", Schema.flag("private networks may be called")),
      ("trustRoots", Schema.text("a PEM file of certificates trusted besides the system's")),
    ] + common, required: ["type", "request"], isClosed: true)

  private static let telegram = Schema.object(
    [
      ("type", Schema.text(oneOf: ["telegram.bot"])), ("token", Schema.text("as @BotFather gave it; answered as ***")),
      ("bot", Schema.text("the bot's name without the @: links to it need it")),
      ("updates", Schema.text(oneOf: ["polling", "webhook", "none"])),
      ("startConsents", Schema.flag("pressing Start consents to marketing by Telegram")),
      ("silent", Schema.flag("marketing arrives without a sound")), ("server", Schema.text("instead of Telegram's")),
      ("allowPrivateTargets", Schema.flag("private networks may be called")),
      ("trustRoots", Schema.text("a PEM file of certificates trusted besides the system's")),
    ] + common, required: ["type", "token"], isClosed: true)

  private static let inapp = Schema.object(
    [
      ("type", Schema.text(oneOf: ["inapp"])),
      ("secret", Schema.text("what users' ids are signed with, 32 characters or more; answered as ***")),
      ("ttl", Schema.span), ("openMax", Schema.integer("of one person's no more are shown, 1 to 100")),
    ] + common, required: ["type"], isClosed: true)
}
