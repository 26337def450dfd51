import RoostCore

extension Schemas {
  static let preferenceCentre = Schema.object(
    [
      ("purposes", Schema.list(Schema.text("such as marketing.email or partner_offers"), least: 1)),
      ("frequencies", Schema.list(Schema.text(oneOf: ["all", "daily", "weekly", "monthly"]))),
      ("privacyUrl", Schema.text(pattern: "^https://")),
      ("languages", Schema.map(Schema.map(Schema.text("a text of the pages, by its name or purpose.NAME")))),
    ], isClosed: true)

  private static let signature = Schema.object(
    [
      ("domain", Schema.text("who signs; the sender's domain unless told")),
      ("selector", Schema.text("the key is published at SELECTOR._domainkey.DOMAIN")),
      ("privateKey", Schema.text("PEM, RSA or Ed25519, without a password; answered as ***")),
      ("privateKeyFile", Schema.text("instead: a file in the folder keys of the data directory")),
    ], required: ["selector"], isClosed: true)

  /// What only e-mail channels have.
  static let emailMembers: [(String, JSONValue)] = [
    (
      "accounts",
      Schema.list(
        Schema.any(of: [
          Schema.text(),
          Schema.object(
            [
              ("url", Schema.text("as the channel's url")),
              ("weight", Schema.integer("its share beside the others; 0: only when all others are out of order")),
            ], required: ["url"], isClosed: true),
        ]), least: 1)
    ),
    ("dkim", Schema.any(of: [signature, Schema.list(signature)])),
    (
      "bounceAddress",
      Schema.text("where bounces go: bounces@shop.example becomes bounces+TOKEN@shop.example for each message")
    ),
    (
      "mailbox",
      Schema.object(
        [("url", Schema.text("pop3s://USER:PASSWORD@HOST; read for bounces and complaints")), ("every", Schema.span)],
        required: ["url"], isClosed: true)
    ),
    (
      "track",
      Schema.any(of: [
        Schema.flag("opens and clicks"),
        Schema.object([("opens", Schema.flag()), ("clicks", Schema.flag())], isClosed: true),
      ])
    ),
    ("domainRates", Schema.map(Schema.text("10/s, 600/min, 5000/h; the domain * is each one without its own"))),
  ]
}
