import Engine
import RoostCore

extension OpenAPI {
  private static let pool = Schema.object(
    [
      ("name", Schema.text()), ("description", Schema.text()),
      (
        "expiresAt",
        [
          "type": "string", "format": "date-time", "description": "from then on no code of the pool is given",
        ]
      ),
    ], isClosed: true)

  private static let standing: [(String, JSONValue)] = [
    ("codes", Schema.integer("codes that ever came into the pool; at most \(VoucherPool.codesMax)")),
    ("given", Schema.integer("of these, given to messages")), ("left", Schema.integer()),
  ]

  private static let described = Schema.object(
    [
      ("key", Schema.key), ("version", Schema.integer()), ("updatedAt", Schema.time), ("definition", pool),
    ] + standing + [
      ("expired", Schema.flag()), ("templates", Schema.list(Schema.text("a template that shows its codes"))),
    ],
    required: ["key", "version", "updatedAt", "definition", "codes", "given", "left", "expired", "templates"])

  static let vouchers: [Operation] = [
    Operation(
      "get", workspacePath + "/vouchers", "listVoucherPools", "All pools of vouchers, and how full they are",
      answer: page(described)),
    Operation("get", workspacePath + "/vouchers/{key}", "readVoucherPool", "One pool", answer: described),
    Operation(
      "put", workspacePath + "/vouchers/{key}", "putVoucherPool",
      "Makes a new version; the same document again changes nothing, and codes stay", body: pool, takesYAML: true,
      answer: described),
    Operation(
      "post", workspacePath + "/vouchers/{key}/codes", "importVoucherCodes",
      "Brings codes into a pool: one a line as text/plain, or text/csv with a column code. Codes that it has are passed over",
      body: Schema.text("codes of 1 to \(VoucherList.codeBytesMax) printable ASCII characters without spaces"),
      bodyTypes: ["text/plain", "text/csv"],
      answer: Schema.object(
        [
          ("added", Schema.integer()), ("duplicates", Schema.integer()), ("bad", Schema.integer()),
          (
            "badLines",
            Schema.list(
              Schema.object([("line", Schema.integer()), ("reason", Schema.text())], required: ["line", "reason"]))
          ),
        ] + standing, required: ["added", "duplicates", "bad", "badLines", "codes", "given", "left"])),
    Operation(
      "get", workspacePath + "/vouchers/{key}/codes/{code}", "readVoucher",
      "One code: whether it was given, when and to which message",
      answer: Schema.object(
        [
          ("pool", Schema.key), ("code", Schema.text()), ("given", Schema.flag()), ("givenAt", Schema.time),
          ("message", Schema.text("absent too once its person was erased")),
        ], required: ["pool", "code", "given"])),
  ]
}
