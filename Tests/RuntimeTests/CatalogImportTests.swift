import Catalog
import RoostCore
import Testing

@testable import Runtime

/// Products between their feed and the letters that show them.
@Suite struct CatalogImportTests {
  private func product(_ id: String, _ title: String, _ change: (inout Product) -> Void = { _ in }) -> Product {
    var product = Product(id: id, title: title)
    change(&product)
    return product
  }

  /// A whole feed, in parts of two products.
  private func take(_ desk: Desk, _ products: [Product], removes: Bool = true) throws -> [Int] {
    let now = Instant(milliseconds: 0)
    let id = try desk.partition.beginCatalogImport(Desk.shop, at: now)
    for start in stride(from: 0, to: products.count, by: 2) {
      try desk.partition.takeProducts(
        Desk.shop, import: id, Array(products[start..<min(start + 2, products.count)]), at: now)
    }
    var last: String?
    repeat {
      guard removes else { break }
      last = try desk.partition.removeUnseen(Desk.shop, import: id, behind: last)
    } while last != nil
    let run = try desk.partition.endCatalogImport(Desk.shop, id)
    return [run.added, run.changed, run.unchanged, run.removed]
  }

  private func titles(_ desk: Desk, query: String = "", category: String = "") throws -> [String] {
    try desk.partition.products(Desk.shop, query: query, category: category, behind: nil, limit: 100).found.map(\.title)
  }

  private func listed(_ desk: Desk, _ category: String) throws -> [String] {
    try CatalogStore(store: desk.partition.store, workspace: Desk.shop).products(of: category, limit: 10).map(\.id)
  }

  @Test func aFeedReplacesWhatWasThere() throws {
    let desk = try Desk.open()
    let hat = product("1", "Hat") { $0.category = "Clothes > Hats" }
    let sock = product("2", "Sock") { $0.category = "Clothes > Socks" }
    let bag = product("3", "Bag") { $0.category = "Bags" }
    #expect(try take(desk, [hat, sock, bag]) == [3, 0, 0, 0])
    #expect(try listed(desk, "Clothes") == ["1", "2"] && listed(desk, "Clothes > Hats") == ["1"])
    // The same again changes nothing, and writes nothing.
    let records = desk.partition.sequences[Partition.systemBucket]
    #expect(try take(desk, [hat, sock, bag]) == [0, 0, 3, 0])
    #expect(desk.partition.sequences[Partition.systemBucket] == records)

    var sold = sock
    sold.isAvailable = false
    var moved = hat
    moved.category = "Hats"
    #expect(try take(desk, [moved, sold, product("4", "Belt"), product("4", "Blue belt")]) == [1, 2, 0, 1])
    #expect(try titles(desk) == ["Hat", "Sock", "Blue belt"])
    #expect(try listed(desk, "Clothes").isEmpty && listed(desk, "Hats") == ["1"] && listed(desk, "Bags").isEmpty)
    #expect(try titles(desk, query: "BELT") == ["Blue belt"] && titles(desk, category: "Hats") == ["Hat"])
    #expect(try desk.partition.describeCatalog(Desk.shop)["products"] == 3)

    let crashed = try desk.crashed()
    #expect(try titles(crashed) == ["Hat", "Sock", "Blue belt"] && listed(crashed, "Hats") == ["1"])
    #expect(try crashed.partition.describeCatalog(Desk.shop)["products"] == 3)
    // A part of a feed takes nothing away.
    #expect(try take(crashed, [product("5", "Coat")], removes: false) == [1, 0, 0, 0])
    #expect(try titles(crashed).count == 4)
  }

  @Test func anImportIsOfOneWorkspaceAndEndsWithTheProcess() throws {
    let desk = try Desk.open()
    _ = try desk.partition.createWorkspace(["key": "other"], idempotencyKey: nil)
    let now = Instant(milliseconds: 0)
    let id = try desk.partition.beginCatalogImport(Desk.shop, at: now)
    #expect(throws: Problem.self) {
      try desk.partition.takeProducts(WorkspaceID(2), import: id, [product("1", "Hat")], at: now)
    }
    try desk.partition.takeProducts(Desk.shop, import: id, [product("1", "Hat")], at: now)
    #expect(try desk.partition.products(WorkspaceID(2), query: "", category: "", behind: nil, limit: 9).found.isEmpty)
    let crashed = try desk.crashed()
    #expect(throws: Problem.self) { try crashed.partition.removeUnseen(Desk.shop, import: id, behind: nil) }
    // What had come stays.
    #expect(try titles(crashed) == ["Hat"])
    for _ in 0..<3 { _ = try desk.partition.beginCatalogImport(Desk.shop, at: now) }
    #expect(throws: Problem.self) { try desk.partition.beginCatalogImport(Desk.shop, at: now) }
    // Whoever is not heard of any more holds no place.
    _ = try desk.partition.beginCatalogImport(Desk.shop, at: now + .minutes(16))
  }

  /// The letter says what the catalogue had when it was decided, whatever becomes of the product.
  @Test func lettersShowWhatWasThere() throws {
    let desk = try Desk.open()
    let hat = product("1", "Hat") {
      $0.price = Price(amount: "12.50", currency: "EUR")
      $0.oldPrice = Price(amount: "20", currency: "EUR")
      $0.category = "Hats"
    }
    _ = try take(desk, [hat, product("2", "Sock") { $0.isAvailable = false }])
    try desk.put(
      .template, "cart",
      #"""
      {"channel":"email","subject":"{{ catalog.products[event.products[0].product_id].title }}",
       "blocks":[{"type":"products","items":"event.products"},{"type":"products","category":"Hats"},
                 {"type":"products","ids":["2","1"],"outOfStock":"show"}]}
      """#)
    try desk.put(
      .journey, "cart",
      #"""
      {"journey":"cart","holdout":"0%","enter":{"event":"Cart"},"class":"transactional",
       "steps":[{"send":{"id":"cart","channel":"email","template":"cart"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "cart", .publish)
    while desk.partition.fillSome() {}
    try desk.batch([
      #"""
      {"type":"track","userId":"ann","event":"Cart","messageId":"m","context":{"traits":{"email":"ann@shop.example"}},
       "properties":{"products":[{"product_id":"1","quantity":2},{"product_id":"2"},{"product_id":"9","name":"Own","price":5}]}}
      """#
    ])
    let expected = """
      * Hat, €12.50 (€20.00)
      * Own, €5.00


      * Hat, €12.50 (€20.00)


      * Sock
      * Hat, €12.50 (€20.00)


      """
    #expect(try desk.message.subject == "Hat")
    #expect(try desk.partition.content(of: desk.message)?.text == expected)
    _ = try take(desk, [product("1", "Other")])
    #expect(try desk.partition.content(of: desk.message)?.text == expected)
    #expect(try desk.crashed().partition.content(of: desk.message)?.text == expected)
  }
  /// A strict letter was refused for a product that was not there, and left its place under the cap free. A start that
  /// takes the log again finds the product in the store, and still does as the log says.
  @Test(arguments: [1, 256])
  func aReplayKnowsWhatWasRefused(together: Int) throws {
    var limits = PartitionLimits()
    limits.replayedTogether = together
    var desk = try Desk.open(limits)
    try desk.put(.policies, "policies", #"{"caps":[{"max":1,"per":"7d","over":"skip"}]}"#)
    try desk.put(
      .template, "offer",
      #"{"channel":"email","strict":true,"subject":"Offer","text":"{{ catalog.products[event.sku].title }}"}"#)
    try desk.put(
      .journey, "offer",
      #"""
      {"journey":"offer","holdout":"0%","enter":{"event":"Asked"},"again":"always",
       "steps":[{"send":{"id":"offer","channel":"email","template":"offer"}}]}
      """#)
    try desk.partition.act(Desk.shop, journey: "offer", .publish)
    while desk.partition.fillSome() {}
    func ask(_ id: Int) throws {
      try desk.advance(by: .seconds(1))
      try desk.batch([
        #"{"type":"track","userId":"ann","event":"Asked","messageId":"\#(id)","properties":{"sku":"1"},"#
          + #""context":{"traits":{"email":"ann@shop.example"}}}"#
      ])
    }
    try ask(1)
    #expect(try desk.message.reason == .missingValues)
    _ = try take(desk, [product("1", "Hat")])
    desk = try desk.restarted()
    try ask(2)
    #expect(try desk.message.status == .sent)
    desk = try desk.crashed()
    try ask(3)
    #expect(try desk.message.reason == .frequencyCap)
  }
}
