import Catalog
import RoostCore
import Testing

/// Feeds as shops write them, whole and in pieces.
@Suite struct FeedTests {
  /// Reads a feed in pieces of so many bytes.
  static func read(_ bytes: [UInt8], _ format: ProductFeed.Format? = nil, by size: Int = 1 << 20) throws
    -> [ProductFeed.Item]
  {
    var feed = ProductFeed(format: format)
    var items: [ProductFeed.Item] = []
    var start = 0
    while start < bytes.count {
      let end = min(start + size, bytes.count)
      try feed.feed(bytes[start..<end], into: &items)
      start = end
    }
    try feed.finish(into: &items)
    return items
  }

  static func read(_ text: String, by size: Int = 1 << 20) throws -> [ProductFeed.Item] {
    try read(Array(text.utf8), by: size)
  }

  private func products(_ items: [ProductFeed.Item]) -> [JSONValue] {
    items.compactMap { if case .product(let product) = $0 { product.json } else { nil } }
  }

  static let csv = #"""
    \#u{FEFF}id;Name;Link;image_link;Price;currency;old_price;in_stock;category;brand;Size
    1;"Hat; ""blue""";https://shop.example/1;https://shop.example/1.png;"1 234,50";EUR;1500;yes;Hats;Acme;M
    2;"Two
    lines";;;12.5;;;no;;;
    3;;https://shop.example/3;;5;;;;;;
    4;Bad price;;;cheap;;;;;;
    5;Bad link;javascript:alert(1);;;;;;;;
    6;Too;many;;;;;;;;;;
    7;Last;;;7,00;;5;;;;
    """#

  static let csvProducts: [JSONValue] = [
    [
      "id": "1", "title": "Hat; \"blue\"", "url": "https://shop.example/1", "image": "https://shop.example/1.png",
      "price": ["amount": "1234.50", "currency": "EUR"], "oldPrice": ["amount": "1500", "currency": "EUR"],
      "available": true, "category": "Hats", "brand": "Acme", "attributes": ["size": "M"],
    ],
    ["id": "2", "title": "Two lines", "price": ["amount": "12.5"], "available": false],
    // An old price that is not higher is none.
    ["id": "7", "title": "Last", "price": ["amount": "7.00"], "available": true],
  ]

  @Test(arguments: [1, 7, 64, 1 << 20])
  func `CSV with its own names, separators and quotes`(size: Int) throws {
    let items = try Self.read(Self.csv, by: size)
    #expect(products(items) == Self.csvProducts)
    let bad = items.compactMap { item -> String? in
      if case .bad(let line, let reason) = item { "\(line): \(reason)" } else { nil }
    }
    #expect(
      bad == [
        "5: 3 has no title", "6: 4: the price \"cheap\" is no amount such as 12.50 EUR",
        "7: 5: url is no http or https address of at most 2048 bytes", "8: the row has 13 fields, the first row 11",
      ])
  }

  /// The example of Yandex's documentation, shortened, with what else feeds have.
  static let yml = """
    <?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE yml_catalog SYSTEM "shops.dtd">
    <yml_catalog date="2026-11-01T14:37:38+03:00">
      <shop><name>BestSeller</name><company>Tne Best inc.</company>
        <currencies><currency id="RUR" rate="1"/></currencies>
        <categories>
          <category id="1">Бытовая техника</category><category id="10" parentId="1">Мелкая техника</category>
          <category id="8" parentId="9">A</category><category id="9" parentId="8">B</category>
        </categories>
        <offers>
          <offer id="9012" available="true"><name>Мороженица Brand 3811</name><url>http://best.example/?sku=1&amp;x=2</url>
            <price>8990</price><oldprice>9 990</oldprice><currencyId>RUR</currencyId><categoryId>10</categoryId>
            <picture>http://best.example/img/1.jpg</picture><picture>http://best.example/img/2.jpg</picture>
            <vendor>Brand</vendor><description><![CDATA[<p>Сорбет & мороженое</p>]]></description>
            <param name="Цвет">белый</param><!-- a remark --></offer>
          <offer id="2" available="false" type="vendor.model"><typePrefix>Принтер</typePrefix><vendor>НP</vendor>
            <model>D7</model><price>1</price><currencyId>RUB</currencyId><categoryId>8</categoryId></offer>
          <offer id="3"><price>1</price></offer>
        </offers>
      </shop>
    </yml_catalog>
    """

  static let ymlProducts: [JSONValue] = [
    [
      "id": "9012", "title": "Мороженица Brand 3811", "url": "http://best.example/?sku=1&x=2",
      "image": "http://best.example/img/1.jpg", "price": ["amount": "8990", "currency": "RUB"],
      "oldPrice": ["amount": "9990", "currency": "RUB"], "available": true,
      "category": "Бытовая техника > Мелкая техника", "brand": "Brand", "description": "<p>Сорбет & мороженое</p>",
      "attributes": ["Цвет": "белый"],
    ],
    [
      "id": "2", "title": "Принтер НP D7", "price": ["amount": "1", "currency": "RUB"], "available": false,
      "category": "B > A > B > A > B > A > B > A > B > A > B > A", "brand": "НP",
    ],
  ]

  @Test(arguments: [1, 5, 1_000, 1 << 20])
  func `YML with categories, entities and CDATA`(size: Int) throws {
    let items = try Self.read(Self.yml, by: size)
    #expect(products(items) == Self.ymlProducts)
    #expect(items.last == .bad(line: 18, reason: "3 has no title"))
  }

  @Test func `YML in windows-1251`() throws {
    // «Мяч» by CP1251.TXT: М 0xCC, я 0xFF, ч 0xF7.
    let bytes =
      Array("<?xml version='1.0' encoding='windows-1251'?><yml_catalog><shop><offers><offer id='1'><name>".utf8)
      + [0xCC, 0xFF, 0xF7] + Array("</name></offer></offers></shop></yml_catalog>".utf8)
    #expect(products(try Self.read(bytes)) == [["id": "1", "title": "Мяч", "available": true]])
  }

  /// After the examples of Google's merchant help.
  @Test(arguments: [3, 1 << 20])
  func `Google's RSS and Atom`(size: Int) throws {
    let rss = """
      <?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
      <link>https://shop.example</link><item><g:id>TV_123456</g:id><g:title>Google Chromecast with Google TV</g:title>
      <g:description>4K &lt;b&gt;HDR&lt;/b&gt;</g:description><g:link>https://shop.example/tv?a=1&#38;b=2</g:link>
      <g:image_link>https://shop.example/tv.jpg</g:image_link><g:condition>new</g:condition>
      <g:availability>out_of_stock</g:availability><g:price>49.99 USD</g:price><g:sale_price>39.99 USD</g:sale_price>
      <g:shipping><g:country>US</g:country><g:price>6.49 USD</g:price></g:shipping><g:brand>Google</g:brand>
      <g:product_type>Home &gt; TV</g:product_type></item></channel></rss>
      """
    #expect(
      products(try Self.read(rss, by: size)) == [
        [
          "id": "TV_123456", "title": "Google Chromecast with Google TV", "url": "https://shop.example/tv?a=1&b=2",
          "image": "https://shop.example/tv.jpg", "price": ["amount": "39.99", "currency": "USD"],
          "oldPrice": ["amount": "49.99", "currency": "USD"], "available": false, "category": "Home > TV",
          "brand": "Google", "description": "4K <b>HDR</b>", "attributes": ["condition": "new"],
        ]
      ])
    let atom = """
      <feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title>
      <link rel="self" href="https://shop.example"/><entry><g:id>1</g:id><title>Sock</title>
      <link href="https://shop.example/1"/><g:price>4 EUR</g:price></entry></feed>
      """
    #expect(
      products(try Self.read(atom, by: size)) == [
        [
          "id": "1", "title": "Sock", "url": "https://shop.example/1", "price": ["amount": "4", "currency": "EUR"],
          "available": true,
        ]
      ])
  }

  @Test(arguments: [
    // Billion laughs, and a file of the server's.
    ("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><rss>&b;</rss>", "declarations of its own"),
    ("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><rss>&e;</rss>", "declarations of its own"),
    ("<rss><a></b></rss>", "</b> where </a> was to be closed"), ("<rss><item>", "ends before </item>"),
    ("<rss><item a=1></item></rss>", "not in quotes"), ("<html></html>", "begins with <html>"),
    ("<rss", "inside a tag"),
    ("<rss></rss><rss></rss>", "behind the last"), ("<rss></rss>text", "outside of all elements"), ("", "is empty"),
    ("<?xml version='1.0' encoding='KOI8-R'?><rss/>", "KOI8-R"), ("name;price\nx;1\n", "no column id"),
    (String(repeating: "<a>", count: 100), "begins with <a>"),
    ("<rss>" + String(repeating: "<a>", count: 100), "deeper than 64"), ("<rss><1/></rss>", "begins no tag"),
    ("<rss><!ELEMENT a></rss>", "declaration"),
  ])
  func `What cannot be read says why`(text: String, reason: String) throws {
    for size in [1, 1 << 20] {
      do {
        let items = try Self.read(text, by: size)
        Issue.record("read as \(items)")
      } catch let error as FeedError { #expect(error.reason.contains(reason), "\(error.reason)") }
    }
  }

  /// Unknown entities stay as they are: nothing is expanded.
  @Test func `Entities`() throws {
    let items = try Self.read("<rss><item><id>1</id><title>a&b;&amp;&#65;&#x42;&#0;&#xD800;&nbsp;</title></item></rss>")
    #expect(products(items) == [["id": "1", "title": "a&b;&AB&#0;&#xD800;", "available": true]])
  }

  @Test(arguments: [
    ("12.50", "12.50", ""), ("1 234,50 ₽", nil, ""), ("1\u{A0}234,50", "1234.50", ""), ("1,234.50", "1234.50", ""),
    ("1.234,50", "1234.50", ""), ("1,234", "1234", ""), ("1.234", "1.234", ""), ("EUR 5", "5", "EUR"),
    ("5 rur", "5", "RUB"), ("0012", "12", ""), ("", nil, ""), ("-5", nil, ""), ("12 €", nil, ""), ("1.2.3", "12.3", ""),
    ("1234567890123456", nil, ""), ("5 EURO", nil, ""), (".", nil, ""), ("0.5", "0.5", ""),
  ])
  func `Amounts`(text: String, amount: String?, currency: String) {
    let price = Price(text)
    #expect(price?.amount == amount && (amount == nil || price?.currency == currency))
  }

  @Test func `Products are kept as they are`() throws {
    for item in try Self.read(Self.yml) + Self.read(Self.csv) {
      guard case .product(let product) = item else { continue }
      var bytes: [UInt8] = []
      product.encode(into: &bytes)
      #expect(try bytes.withUnsafeBytes { try Product(decoding: $0) } == product)
      for count in 0..<bytes.count {
        #expect(throws: MalformedBytes.self) {
          try bytes[..<count].withUnsafeBytes { _ = try Product(decoding: $0) }
        }
      }
    }
  }

  /// Bytes changed, taken out and doubled at random: an answer or an error, never a crash, and no more products than the
  /// feed has room for.
  @Test func `Damaged feeds`() throws {
    var random = SeededRandom(seed: 7)
    let feeds = [Self.csv, Self.yml].map { Array($0.utf8) }
    for round in 0..<3_000 {
      var bytes = feeds[round % feeds.count]
      for _ in 0..<(1 + Int(random.next() % 6)) {
        guard bytes.count > 1 else { break }
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 40)))
        case 2: bytes.insert(contentsOf: Array("<>&;\"]![".utf8), at: place)
        default: bytes.removeLast(bytes.count - max(1, place))
        }
      }
      do { #expect(try Self.read(bytes, by: 1 + Int(random.next() % 200)).count < 100) } catch is FeedError {}
    }
  }
}
