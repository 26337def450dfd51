import Catalog
import RoostCore
import Runtime

extension OpenAPI {
  private static let money = Schema.object(
    [("amount", Schema.text("digits with at most one point: 12.50")), ("currency", Schema.text("ISO 4217"))],
    required: ["amount"])

  private static let product = Schema.object(
    [
      ("id", Schema.text("at most \(Product.idBytesMax) bytes")), ("title", Schema.text()), ("url", Schema.text()),
      ("image", Schema.text()), ("price", money), ("oldPrice", money), ("available", Schema.flag()),
      ("category", Schema.text("parents first: Clothes > Shirts")), ("brand", Schema.text()),
      ("description", Schema.text()), ("attributes", Schema.map(Schema.text())),
    ], required: ["id", "title"])

  private static let badLines = Schema.list(
    Schema.object([("line", Schema.integer()), ("reason", Schema.text())], required: ["line", "reason"]))

  static let catalog: [Operation] = [
    Operation(
      "get", workspacePath + "/catalog", "readCatalog", "How many products there are",
      answer: Schema.object([("products", Schema.integer()), ("updatedAt", Schema.time)], required: ["products"])),
    Operation(
      "post", workspacePath + "/catalog/import", "importCatalog",
      "Takes in products: a feed as the body (CSV, YML or Google Merchant's RSS or Atom, seen from its beginning), or parts "
        + "of one as JSON, of which the first begins the import and the one with `finish` ends it",
      query: [
        (name: "format", description: "csv, yml or google; seen from the feed if left out"),
        (name: "mode", description: "replace (what the feed does not name is gone; the default) or update"),
      ],
      body: Schema.object([
        ("products", Schema.list(product)), ("import", ["type": ["string", "null"]]), ("finish", Schema.flag()),
        ("mode", Schema.text(oneOf: CatalogImportMode.allCases.map(\.rawValue))),
      ]),
      answer: Schema.object(
        [
          ("import", Schema.text()), ("taken", Schema.integer()), ("added", Schema.integer()),
          ("changed", Schema.integer()), ("unchanged", Schema.integer()), ("removed", Schema.integer()),
          ("bad", Schema.integer()), ("badLines", badLines), ("products", Schema.integer()),
        ], required: ["bad", "badLines"])),
    Operation(
      "get", workspacePath + "/catalog/products", "listProducts", "Products in order of their ids",
      query: [
        (name: "query", description: "a word in id, title, brand or category"),
        (name: "category", description: "products of it and of those below it"),
      ] + paging, answer: page(product)),
    Operation("get", workspacePath + "/catalog/products/{id}", "readProduct", "One product", answer: product),
  ]
}
