import RoostCore

/// A feed in XML: Yandex Market's YML (`<yml_catalog>`), or Google Merchant's RSS 2.0 (`<rss>`) or Atom (`<feed>`).
struct XMLFeed: Sendable {
  private var scanner = XMLScanner()
  private var kind: ProductFeed.Format?
  /// The names of elements from the root on, without prefixes.
  private var path: [String] = []
  private var text = ""
  private var product: ProductFields?
  private var productLine = 0
  private var attribute = ""
  /// YML: what the categories are called, and in which they lie.
  private var categories: [String: (name: String, parent: String)] = [:]
  private var category: (id: String, parent: String)?
  private var naming = Naming()

  /// YML without a name: type, vendor and model together.
  private struct Naming {
    var prefix = ""
    var model = ""
  }

  private static let textBytesMax = 64 << 10
  private static let categoriesMax = 20_000
  private static let categoryDepthMax = 12

  init(format: ProductFeed.Format?) { kind = format == .csv ? nil : format }

  mutating func feed(_ bytes: some Collection<UInt8>, into items: inout [ProductFeed.Item]) throws(FeedError) {
    scanner.feed(bytes)
    try read(isWhole: false, into: &items)
  }

  mutating func finish(into items: inout [ProductFeed.Item]) throws(FeedError) {
    try read(isWhole: true, into: &items)
    guard kind != nil else { throw FeedError(line: 1, reason: "there is no element in the feed") }
  }

  private mutating func read(isWhole: Bool, into items: inout [ProductFeed.Item]) throws(FeedError) {
    while let events = try scanner.next(isWhole: isWhole) {
      for event in events {
        switch event {
        case .start(let name, let attributes): try begin(Self.local(name), attributes)
        case .text(let part): if text.utf8.count < Self.textBytesMax { text += part }
        case .end(let name): end(Self.local(name), into: &items)
        }
      }
    }
  }

  /// `g:price` as `price`: feeds name Google's namespace as they like.
  private static func local(_ name: String) -> String {
    String(name[(name.lastIndex(of: ":").map { name.index(after: $0) } ?? name.startIndex)...])
  }

  private mutating func begin(_ name: String, _ attributes: [(name: String, value: String)]) throws(FeedError) {
    func value(_ wanted: String) -> String { attributes.first { Self.local($0.name) == wanted }?.value ?? "" }
    if path.isEmpty { try decide(name) }
    path.append(name)
    text = ""
    switch (kind, name) {
    case (.yml, "category") where product == nil: category = (value("id"), value("parentId"))
    case (.yml, "offer"), (.google, "item"), (.google, "entry"):
      guard product == nil else { return }
      var fields = ProductFields()
      naming = Naming()
      productLine = scanner.line
      if kind == .yml {
        fields.id = value("id")
        fields.availability = value("available")
      }
      product = fields
    case (.yml, "param"): attribute = value("name")
    case (.google, "link") where product != nil && product?.url == "":
      // Atom has the address in an attribute.
      if ["", "alternate"].contains(value("rel")) { product?.url = value("href") }
    default: break
    }
  }

  private mutating func decide(_ root: String) throws(FeedError) {
    let found: ProductFeed.Format? =
      switch root {
      case "yml_catalog": .yml
      case "rss", "feed", "RDF": .google
      default: nil
      }
    guard let found, kind == nil || kind == found else {
      throw FeedError(
        line: scanner.line,
        reason: "the feed begins with <\(root.prefix(40))>; YML begins with <yml_catalog>, Google's "
          + "feeds with <rss> or <feed>")
    }
    kind = found
  }

  private mutating func end(_ name: String, into items: inout [ProductFeed.Item]) {
    path.removeLast()
    defer { text = "" }
    switch (kind, name) {
    case (.yml, "category") where category != nil:
      if let category, categories.count < Self.categoriesMax {
        categories[category.id] = (ProductFields.trimmed(text), category.parent)
      }
      category = nil
    case (.yml, "offer"), (.google, "item"), (.google, "entry"):
      guard let product else { return }
      self.product = nil
      items.append(item(product))
    default:
      guard product != nil, path.last.map(Self.holdsFields) ?? false else { return }
      if kind == .yml { takeYML(name) } else { takeGoogle(name) }
    }
  }

  private static func holdsFields(_ name: String) -> Bool { ["offer", "item", "entry"].contains(name) }

  private func item(_ fields: ProductFields) -> ProductFeed.Item {
    var fields = fields
    if kind == .yml {
      if fields.title.isEmpty {
        fields.title = [naming.prefix, fields.brand, naming.model].filter { !$0.isEmpty }.joined(separator: " ")
      }
      fields.category = categoryName(ProductFields.trimmed(fields.category))
    }
    switch fields.product() {
    case .success(let product): return .product(product)
    case .failure(let bad): return .bad(line: productLine, reason: bad.reason)
    }
  }

  /// The whole way from the top; a circle ends where it closes.
  private func categoryName(_ id: String) -> String {
    var names: [String] = []
    var next = id
    while names.count < Self.categoryDepthMax, let category = categories[next] {
      names.insert(category.name, at: 0)
      next = category.parent
    }
    return names.joined(separator: " > ")
  }

  private mutating func takeYML(_ name: String) {
    switch name {
    case "name": product?.title = text
    case "typePrefix": naming.prefix = ProductFields.trimmed(text)
    case "model": naming.model = ProductFields.trimmed(text)
    case "url": product?.url = text
    case "picture": if product?.image.isEmpty ?? false { product?.image = text }
    case "price": product?.price = text
    case "oldprice": product?.oldPrice = text
    case "currencyId": product?.currency = text
    case "categoryId": if product?.category.isEmpty ?? false { product?.category = text }
    case "vendor": product?.brand = text
    case "description": product?.description = text
    case "available": product?.availability = text
    case "param", "vendorCode", "barcode", "country_of_origin":
      product?.attributes.append(.init(name: name == "param" ? attribute : name, value: text))
    default: break
    }
  }

  private mutating func takeGoogle(_ name: String) {
    switch name {
    case "id": product?.id = text
    case "title": product?.title = text
    case "link": if !text.allSatisfy(\.isWhitespace) { product?.url = text }
    case "image_link": product?.image = text
    case "price": product?.price = text
    case "sale_price": product?.salePrice = text
    case "availability": product?.availability = text
    case "product_type": product?.category = text
    case "google_product_category": if product?.category.isEmpty ?? false { product?.category = text }
    case "brand": product?.brand = text
    case "description", "summary": product?.description = text
    case "color", "size", "gender", "age_group", "material", "pattern", "gtin", "mpn", "condition", "item_group_id":
      product?.attributes.append(.init(name: name, value: text))
    default:
      if name.hasPrefix("custom_label_") { product?.attributes.append(.init(name: name, value: text)) }
    }
  }
}
