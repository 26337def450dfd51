import RoostCore

extension Product {
  /// Reads a product as `json` writes it; the reason why it is none.
  public static func reading(_ json: JSONValue) -> (product: Product?, reason: String) {
    guard json.members != nil else { return (nil, "a product is an object, not \(json.kind)") }
    var fields = ProductFields()
    fields.id = text(json["id"])
    fields.title = text(json["title"] ?? json["name"])
    fields.url = text(json["url"])
    fields.image = text(json["image"])
    (fields.price, fields.currency) = amount(json["price"])
    let old = amount(json["oldPrice"])
    fields.oldPrice = old.currency.isEmpty || old.amount.isEmpty ? old.amount : "\(old.amount) \(old.currency)"
    if json["available"] == .bool(false) { fields.availability = "false" }
    fields.category = text(json["category"])
    fields.brand = text(json["brand"])
    fields.description = text(json["description"])
    fields.attributes = (json["attributes"]?.members ?? []).map { .init(name: $0.key, value: text($0.value)) }
    switch fields.product() {
    case .success(let product): return (product, "")
    case .failure(let bad): return (nil, bad.reason)
    }
  }

  private static func text(_ json: JSONValue?) -> String {
    switch json {
    case .string(let text): text
    case .int(let number): String(number)
    case .double(let number): String(number)
    default: ""
    }
  }

  /// `{"amount":"12.50","currency":"EUR"}`, or a number in the workspace's currency.
  private static func amount(_ json: JSONValue?) -> (amount: String, currency: String) {
    guard let json, json.members != nil else { return (text(json), "") }
    return (text(json["amount"]), text(json["currency"]))
  }
}
