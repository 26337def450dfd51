import RoostCore

/// A product as a feed gives it, field by field, before it is looked at whole.
struct ProductFields: Sendable {
  var id = ""
  var title = ""
  var url = ""
  var image = ""
  var price = ""
  var oldPrice = ""
  /// What it costs now where `price` is what it costs without the sale (Google).
  var salePrice = ""
  var currency = ""
  var availability = ""
  var category = ""
  var brand = ""
  var description = ""
  var attributes: [Product.Attribute] = []

  /// The product, or what is wrong with it.
  func product() -> Result<Product, BadProduct> {
    let id = Self.trimmed(id)
    guard !id.isEmpty else { return .failure(BadProduct("it has no id")) }
    guard id.utf8.count <= Product.idBytesMax else {
      return .failure(BadProduct("its id is longer than \(Product.idBytesMax) bytes"))
    }
    let title = Self.cut(title, Product.textBytesMax)
    guard !title.isEmpty else { return .failure(BadProduct("\(id) has no title")) }
    var product = Product(id: id, title: title)
    for (name, link) in [("url", url), ("image", image)] {
      let link = Self.trimmed(link)
      guard link.isEmpty || (Self.isWeb(link) && link.utf8.count <= Product.urlBytesMax) else {
        return .failure(
          BadProduct("\(id): \(name) is no http or https address of at most \(Product.urlBytesMax) bytes"))
      }
      if name == "url" { product.url = link } else { product.image = link }
    }
    for (name, text) in [("price", price), ("old price", oldPrice), ("sale price", salePrice)] {
      let text = Self.trimmed(text)
      guard !text.isEmpty else { continue }
      guard let amount = Price(text, currency: Self.trimmed(currency)) else {
        return .failure(BadProduct("\(id): the \(name) \"\(text.prefix(40))\" is no amount such as 12.50 EUR"))
      }
      switch name {
      case "price": product.price = amount
      case "old price": product.oldPrice = amount
      default:
        product.oldPrice = product.price
        product.price = amount
      }
    }
    // What is not dearer is no old price.
    if let old = product.oldPrice, old.number <= product.price?.number ?? .infinity { product.oldPrice = nil }
    product.isAvailable = Self.isAvailable(Self.trimmed(availability))
    product.category = Self.cut(category, Product.textBytesMax)
    product.brand = Self.cut(brand, Product.textBytesMax)
    product.description = Self.cut(description, Product.descriptionBytesMax)
    product.attributes = attributes.prefix(Product.attributesMax).map {
      .init(name: Self.cut($0.name, 64), value: Self.cut($0.value, Product.textBytesMax))
    }.filter { !$0.name.isEmpty && !$0.value.isEmpty }
    return .success(product)
  }

  private static func isWeb(_ link: String) -> Bool {
    let start = link.prefix(8).lowercased()
    return start.hasPrefix("https://") || start.hasPrefix("http://")
  }

  private static func isAvailable(_ text: String) -> Bool {
    switch text.lowercased() {
    case "false", "no", "0", "out of stock", "out_of_stock", "outofstock", "discontinued", "нет": false
    default: true
    }
  }

  /// Without control characters, one space for many, and no longer than that.
  private static func cut(_ text: String, _ bytesMax: Int) -> String {
    var cut = text.split { $0.isWhitespace || $0.unicodeScalars.allSatisfy { $0.value < 32 } }.joined(separator: " ")
    while cut.utf8.count > bytesMax { cut.removeLast() }
    return cut
  }

  static func trimmed(_ text: String) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
      let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
  }
}

/// Why something in a feed is no product.
struct BadProduct: Error {
  var reason: String
  init(_ reason: String) { self.reason = reason }
}
