import RoostCore

extension Schemas {
  static let channel = Schema.any(of: [email, webPush, apns, fcm, webhook])

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

  private static let webhook = Schema.object(
    [
      ("type", Schema.text(oneOf: ["webhook"])),
      ("secret", Schema.text("whsec_ and 24 to 64 bytes in base64; answered as ***")),
      ("allowPrivateTargets", Schema.flag("private networks may be called")),
      ("trustRoots", Schema.text("a PEM file of certificates trusted besides the system's")),
    ] + common, required: ["type", "secret"], isClosed: true)
}
