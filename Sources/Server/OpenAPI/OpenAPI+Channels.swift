import RoostCore

extension OpenAPI {
  static let channels: [Operation] = [
    Operation(
      "get", workspacePath + "/channels/{key}/health", "readChannelHealth",
      "Whether a channel works, what waits for it, and what has become of its hand-offs since the start",
      query: [(name: "probe", description: "true: also try it, as far as that goes without sending anything")],
      answer: health),
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

  static let embedding: [Operation] = [
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
      (
        "probe",
        Schema.object([("ready", Schema.flag()), ("cause", Schema.text()), ("remedy", Schema.text())])
      ),
    ], required: ["channel", "type", "state", "waiting", "underWay"])
}
