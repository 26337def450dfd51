import Liquid
import RoostCore
import Testing

/// Products in templates: what is asked of the catalogue, and what becomes of what events say.
@Suite struct CatalogTemplateTests {
  private static let products: [String: JSONValue] = [
    "1": ["id": "1", "title": "Hat", "price": ["amount": "12.50", "currency": "EUR"], "available": true],
    "2": ["id": "2", "title": "Sock", "price": ["amount": "4", "currency": "EUR"], "available": false],
    "first": ["id": "first", "title": "First"],
  ]

  private static let settings: RenderSettings = {
    var settings = RenderSettings.fixed
    settings.catalog = { lookup throws(TooManyLookups) in
      switch lookup {
      case .product("many"): throw TooManyLookups(productsMax: 500)
      case .product(let id): return products[id].map { LiquidValue($0) }
      case .category("Hats"): return .list([LiquidValue(products["1"]!), LiquidValue(products["2"]!)])
      case .category: return .list([])
      }
    }
    return settings
  }()

  private func shown(_ source: String, _ values: JSONValue = [:]) throws -> String {
    try rendered(source, values, settings: Self.settings)
  }

  @Test(arguments: [
    ("{{ catalog.products['1'].title }}", "Hat"), ("{{ catalog.products[1].price | money }}", "€12.50"),
    ("{{ catalog.products[event.id].title }}", "Sock"), ("{{ catalog.products.first.title }}", "First"),
    ("{{ catalog.products['9'].title | default: 'none' }}", "none"), ("{{ catalog.other }}", ""),
    ("{% for p in catalog.categories['Hats'] limit: 1 %}{{ p.title }}{% endfor %}", "Hat"),
    ("{{ catalog.categories['Hats'].size }}{{ catalog.categories['Hats'][1].title }}", "2Sock"),
    ("{% assign p = '1' | product %}{{ p.title }}", "Hat"), ("{{ '9' | product }}", ""),
    ("{{ nothing | product }}", ""),
    ("{% assign catalog = event.own %}{{ catalog.products['1'].title }}", "Own"),
    ("{% assign l = 'x,1,2' | split: ',' | product %}{% for p in l %}{{ p.title }} {% endfor %}", "Hat Sock "),
    (
      "{% assign l = event.items | product: out_of_stock: 'hide' %}{% for p in l %}{{ p.title }}{{ p.name }}:{{ p.quantity }}:{{ p.currency }} {% endfor %}",
      "HatBlue hat:2: Unknown:1:USD "
    ),
  ])
  func `What is asked of the catalogue`(source: String, text: String) throws {
    let event: JSONValue = [
      "id": 2, "own": ["products": ["1": ["title": "Own"]]],
      "items": [
        ["product_id": "1", "name": "Blue hat", "quantity": 2, "price": 9, "currency": "USD"],
        ["sku": "2", "quantity": 5], ["product_id": "77", "title": "Unknown", "quantity": 1, "currency": "USD"],
      ],
    ]
    #expect(try shown(source, ["event": event]) == text)
  }

  @Test(arguments: [
    ("{{ catalog.products }}", "catalog.products[id]"), ("{{ catalog.categories | size }}", "one category"),
    ("{{ 'many' | product }}", "more than 500 products"),
    ("{{ 1 | product: out_of_stock: 'x' }}", "\"show\" or \"hide\""),
  ])
  func `What cannot be asked`(source: String, reason: String) throws {
    do {
      Issue.record("\(try shown(source))")
    } catch let error as TemplateError { #expect(error.message.contains(reason), "\(error.message)") }
  }

  /// Without a catalogue the name is read like any other, as a sample gives it.
  @Test func `Samples`() throws {
    #expect(
      try rendered("{{ catalog.products['1'].title }}", ["catalog": ["products": ["1": ["title": "Sample"]]]])
        == "Sample")
  }

  /// 60,000 lists of the same product would be far more than a rendering may make.
  @Test func `A hostile list of products ends`() throws {
    #expect(throws: TemplateError.self) {
      try shown(
        "{% assign a = '1,1,1,1,1,1,1,1,1,1' | split: ',' %}{% for i in (1..60000) %}{% assign l = a | product %}{% endfor %}"
      )
    }
  }
}
