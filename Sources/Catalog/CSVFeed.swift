import RoostCore

/// A feed in rows: the first names the columns, by any of the names that shops use.
struct CSVFeed: Sendable {
  private var rest: [UInt8] = []
  private var start = 0
  private var line = 1
  private var columns: [Column]?
  private var row = CSVRow()

  /// A row of more bytes is none.
  private static let rowBytesMax = 128 << 10
  private static let columnsMax = 512

  private typealias Field = WritableKeyPath<ProductFields, String> & Sendable

  private enum Column: Sendable {
    case field(Field)
    case attribute(String)
  }

  /// By what a column is for, the names that it goes by, in small letters without `g:`.
  private static let names: [(Field, [String])] = [
    (\.id, ["id", "offer_id", "sku", "product_id", "item_id", "артикул"]),
    (\.title, ["title", "name", "product_name", "название", "наименование"]),
    (\.url, ["url", "link", "product_url", "ссылка"]),
    (\.image, ["image", "image_link", "image_url", "picture", "картинка"]),
    (\.price, ["price", "цена"]),
    (\.oldPrice, ["old_price", "oldprice", "compare_at_price", "list_price", "старая цена"]),
    (\.salePrice, ["sale_price"]), (\.currency, ["currency", "currencyid", "валюта"]),
    (\.availability, ["available", "availability", "in_stock", "наличие"]),
    (\.category, ["category", "product_type", "categories", "google_product_category", "категория"]),
    (\.brand, ["brand", "vendor", "производитель", "бренд"]), (\.description, ["description", "описание"]),
  ]

  mutating func feed(_ bytes: some Collection<UInt8>, into items: inout [ProductFeed.Item]) throws(FeedError) {
    if start > 0 {
      rest.removeFirst(start)
      start = 0
    }
    rest += bytes
    try read(isWhole: false, into: &items)
  }

  mutating func finish(into items: inout [ProductFeed.Item]) throws(FeedError) {
    try read(isWhole: true, into: &items)
    guard columns != nil else { throw FeedError(line: 1, reason: "the feed has no row with the names of the columns") }
  }

  private mutating func read(isWhole: Bool, into items: inout [ProductFeed.Item]) throws(FeedError) {
    if columns == nil {
      guard isWhole || rest.contains(0x0A) else { return try checkLength() }
      if rest.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
      row = CSVRow(separator: Self.separator(of: rest[start...]))
    }
    while start < rest.count {
      let begin = start
      let outcome = rest.withUnsafeBytes { row.read(UnsafeRawBufferPointer(rebasing: $0[begin...]), isWhole: isWhole) }
      switch outcome {
      case .unfinished(let field):
        if isWhole {
          items.append(.bad(line: line, reason: "the quotes of field \(field ?? 1) are never closed"))
          start = rest.count
        }
        return try checkLength()
      case .bad(let field, let reason):
        items.append(.bad(line: line, reason: "field \(field): \(reason)"))
        skipLine(isWhole: isWhole)
      case .row:
        let place = line
        line += row.lineFeeds + 1
        start += row.length
        try take(row.fields, at: place, into: &items)
      }
    }
  }

  private func checkLength() throws(FeedError) {
    guard rest.count - start <= Self.rowBytesMax else {
      throw FeedError(
        line: line, reason: "the row is longer than \(Self.rowBytesMax >> 10) KiB; are quotes never closed?")
    }
  }

  private mutating func skipLine(isWhole: Bool) {
    let end = rest[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.count
    line += 1
    start = end
  }

  private mutating func take(
    _ fields: [String], at place: Int, into items: inout [ProductFeed.Item]
  ) throws(FeedError) {
    guard fields.contains(where: { !$0.isEmpty }) else { return }
    guard let columns else { return try takeHeader(fields, at: place) }
    guard fields.count <= columns.count else {
      items.append(.bad(line: place, reason: "the row has \(fields.count) fields, the first row \(columns.count)"))
      return
    }
    var product = ProductFields()
    for (column, text) in zip(columns, fields) where !text.isEmpty {
      switch column {
      case .field(let path): if product[keyPath: path].isEmpty { product[keyPath: path] = text }
      case .attribute(let name): product.attributes.append(.init(name: name, value: text))
      }
    }
    switch product.product() {
    case .success(let product): items.append(.product(product))
    case .failure(let bad): items.append(.bad(line: place, reason: bad.reason))
    }
  }

  private mutating func takeHeader(_ fields: [String], at place: Int) throws(FeedError) {
    let columns = fields.prefix(Self.columnsMax).map { field -> Column in
      let text = ProductFields.trimmed(field).lowercased()
      let name = text.hasPrefix("g:") ? String(text.dropFirst(2)) : text
      let plain = String(name.map { $0 == " " || $0 == "-" ? "_" : $0 })
      if let path = Self.names.first(where: { $0.1.contains(plain) || $0.1.contains(name) })?.0 { return .field(path) }
      return .attribute(name)
    }
    func has(_ wanted: Field) -> Bool {
      columns.contains { if case .field(let path) = $0 { path == wanted } else { false } }
    }
    guard has(\.id), has(\.title) else {
      throw FeedError(
        line: place,
        reason: "the first row names no column \(has(\.id) ? "title or name" : "id"); it has "
          + fields.prefix(12).joined(separator: ", "))
    }
    self.columns = columns
  }

  /// What parts the names of the columns most often.
  private static func separator(of bytes: ArraySlice<UInt8>) -> UInt8 {
    let header = bytes.prefix { $0 != 0x0A }
    let marks = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    return marks.max { a, b in header.count { $0 == a } < header.count { $0 == b } } ?? marks[0]
  }
}
