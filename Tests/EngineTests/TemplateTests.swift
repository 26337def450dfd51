import Engine
import Liquid
import RoostCore
import Testing

@Suite struct TemplateTests {
  static func library(_ snippets: [(key: String, body: JSONValue)]) -> TemplateLibrary {
    snippets.reduce(TemplateLibrary()) { $0.with($1.body, key: $1.key, version: 3) }
  }

  static let shop = library([
    ("foot", ["kind": "snippet", "source": "<i>{{ workspace.name }}</i>"]),
    (
      "frame",
      ["kind": "layout", "source": "<body>{{ content }}{% render 'foot' %}</body>", "text": "{{ content }}\n--"]
    ),
  ])

  private func findings(_ body: JSONValue, _ library: TemplateLibrary = shop) -> [Problem.Finding] {
    do throws(Problem) {
      _ = try CompiledTemplate(body, version: 1, library: library)
      return []
    } catch { return error.findings }
  }

  /// The parts in the variant for these languages, rendered.
  private func parts(_ body: JSONValue, for languages: [String], _ values: JSONValue = [:]) throws -> [String: String] {
    let template = try CompiledTemplate(body, version: 1, library: Self.shop)
    var parts: [String: String] = [:]
    for (name, part) in template.variant(for: languages).parts {
      var bytes: [UInt8] = []
      try part.render(
        into: &bytes, values: LiquidValue(values),
        settings: RenderSettings(now: Instant(milliseconds: 0), language: languages.first ?? "en", currency: "EUR"))
      parts[name] = String(decoding: bytes, as: UTF8.self)
    }
    return parts
  }

  static let letter: JSONValue = [
    "channel": "email", "language": "en", "subject": "Hi {{ person.name }}", "html": "<p>Hi</p>", "text": "Hi",
    "languages": [
      "ru": ["subject": "Привет, {{ person.name }}", "html": "<p>Привет</p>"], "pt-BR": ["subject": "Oi"],
    ],
  ]

  @Test(arguments: [
    (["ru-RU", "en"], "Привет, Ann"), (["ru"], "Привет, Ann"), (["pt_BR"], "Oi"), (["pt-PT", "en"], "Hi Ann"),
    (["de", "ru"], "Привет, Ann"), (["en-GB", "ru"], "Hi Ann"), ([], "Hi Ann"), (["x", ""], "Hi Ann"),
  ])
  func `The person's language, then the workspace's, then the template's own`(languages: [String], subject: String)
    throws
  {
    #expect(try parts(Self.letter, for: languages, ["person": ["name": "Ann"]])["subject"] == subject)
  }

  @Test func `A language fills up from the template, but never mixes two letters`() throws {
    let russian = try parts(Self.letter, for: ["ru"])
    #expect(russian["html"] == "<p>Привет</p>" && russian["text"] == nil)
    let portuguese = try parts(Self.letter, for: ["pt-BR"])
    #expect(portuguese["html"] == "<p>Hi</p>" && portuguese["text"] == "Hi")
  }

  @Test func `A layout frames html and text`() throws {
    let body: JSONValue = ["channel": "email", "subject": "S", "html": "<p>x</p>", "text": "x", "layout": "frame"]
    let parts = try parts(body, for: [], ["workspace": ["name": "A&B"]])
    #expect(parts["html"] == "<body><p>x</p><i>A&amp;B</i></body>" && parts["text"] == "x\n--")
    #expect(try CompiledTemplate(body, version: 1, library: Self.shop).pins == ["foot": 3, "frame": 3])
  }

  @Test(arguments: [
    ("{\"channel\":\"fax\"}", "/channel"), ("{\"channel\":\"email\",\"html\":\"x\"}", "/subject"),
    ("{\"channel\":\"email\",\"subject\":\"x\"}", "/text"),
    ("{\"channel\":\"sms\",\"text\":\"x\",\"html\":\"y\"}", "/html"),
    ("{\"channel\":\"push\",\"body\":\"x\"}", "/title"), ("{\"channel\":\"sms\",\"text\":5}", "/text"),
    ("{\"channel\":\"sms\",\"text\":\"{{ x\"}", "/text"), ("{\"channel\":\"webhook\",\"body\":\"{% if %}\"}", "/body"),
    ("{\"channel\":\"email\",\"subject\":\"x\",\"html\":\"y\",\"layout\":\"none\"}", "/layout"),
    ("{\"channel\":\"email\",\"subject\":\"x\",\"html\":\"<a href={{ u }}>\"}", "/html"),
    ("{\"channel\":\"email\",\"subject\":\"x\",\"html\":\"{% render 'none' %}\"}", "/html"),
    (
      "{\"channel\":\"email\",\"subject\":\"x\",\"text\":\"y\",\"languages\":{\"ru\":{\"text\":\"{{\"}}}",
      "/languages/ru/text"
    ),
    ("{\"channel\":\"email\",\"subject\":\"x\",\"text\":\"y\",\"languages\":{\"ru\":5}}", "/languages/ru"),
    ("{\"channel\":\"email\",\"subject\":\"x\",\"html\":\"y\",\"blocks\":[]}", "/html"),
    ("{\"channel\":\"email\",\"subject\":\"x\",\"blocks\":[{\"type\":\"video\"}]}", "/blocks/0/type"),
    (
      "{\"channel\":\"email\",\"subject\":\"x\",\"blocks\":[{\"type\":\"divider\",\"color\":\"red;}\"}]}",
      "/blocks/0/color"
    ),
    ("{\"channel\":\"email\",\"subject\":\"x\",\"blocks\":[{\"type\":\"button\",\"text\":\"a\"}]}", "/blocks/0/url"),
    (
      "{\"channel\":\"email\",\"subject\":\"x\",\"blocks\":[{\"type\":\"text\",\"text\":\"{{ a | b }}\"}]}", "/blocks/0"
    ),
    (
      "{\"channel\":\"email\",\"subject\":\"x\",\"blocks\":[{\"type\":\"products\",\"items\":\"a %}{% b\"}]}",
      "/blocks/0/items"
    ),
    (
      "{\"channel\":\"email\",\"subject\":\"x\",\"blocks\":[{\"type\":\"text\",\"text\":\"a\",\"size\":3}]}",
      "/blocks/0/size"
    ),
  ])
  func `Findings name the field`(body: String, pointer: String) throws {
    #expect(findings(try JSONValue(parsing: body)).map(\.pointer) == [pointer])
  }

  static let blocks: JSONValue = [
    "channel": "email", "subject": "Hello", "preheader": "For {{ person.name }}",
    "blocks": [
      ["type": "heading", "text": "Hi {{ person.name }} & friends", "align": "center"],
      ["type": "text", "text": "One <line>\ntwo\n\nNew paragraph"],
      [
        "type": "image", "src": "https://shop.example/{{ person.id }}.png", "alt": "A \"hat\"",
        "url": "https://shop.example/?a=1&b=2",
      ],
      ["type": "button", "text": "Go", "url": "https://shop.example/{{ person.id }}", "color": "#112233"],
      ["type": "products", "items": "event.products", "limit": 3, "columns": 2, "button": "Buy"],
      ["type": "coupon", "code": "{{ event.code }}", "text": "Ten per cent"], ["type": "divider"],
      ["type": "footer", "text": "Shop, Street 1", "preferences": "Choose"],
    ],
    "languages": ["ru": ["subject": "Привет", "blocks": [["type": "footer", "text": "Магазин"]]]],
  ]

  @Test func `Blocks become a letter for every mail program, and plain text`() throws {
    let parts = try parts(
      Self.blocks, for: ["en"],
      [
        "person": ["name": "O'Hara <b>", "id": "a b"], "unsubscribe_url": "https://u.example/1",
        "event": [
          "code": "SPRING",
          "products": [
            [
              "title": "Hat", "price": .double(19.5), "url": "https://shop.example/hat",
              "image": "https://i.example/h.png",
            ],
            ["name": "Sock & co", "price": 4, "url": "javascript:alert(1)"], ["name": "Belt"], ["name": "Never shown"],
          ],
        ],
      ])
    let html = try #require(parts["html"])
    for expected in [
      "Hi O&#39;Hara &lt;b&gt; &amp; friends", "One &lt;line&gt;<br>two</p>", "https://shop.example/a%20b.png",
      "alt=\"A &quot;hat&quot;\"", "href=\"https://shop.example/?a=1&amp;b=2\"", "bgcolor=\"#112233\"", "€19.50",
      "€4.00",
      "Sock &amp; co", "href=\"#\"", "SPRING", "https://u.example/1", ">Unsubscribe<", "max-width:600px",
      "color-scheme",
    ] { #expect(html.contains(expected), "\(expected)") }
    for unwanted in ["Never shown", "javascript:", "v:roundrect", "preferences_url", "{{", "{%"] {
      #expect(!html.contains(unwanted), "\(unwanted)")
    }
    // Two products in the first row of the grid, one in the second, and each row is closed.
    #expect(html.components(of: "<tr>") == html.components(of: "</tr>"))
    let text = try #require(parts["text"])
    for expected in [
      "Hi O'Hara <b> & friends", "Go: https://shop.example/a b", "* Hat, €19.50\n  https://shop.example/hat",
      "Ten per cent: SPRING", "Unsubscribe: https://u.example/1",
    ] {
      #expect(text.contains(expected), "\(expected) in \(text)")
    }
    #expect(
      try self.parts(Self.blocks, for: ["ru"], ["unsubscribe_url": "u"])["html"]?.contains(">Отписаться<") == true)
  }

  @Test func `Other channels have their own parts`() throws {
    let push = try parts(
      ["channel": "push", "title": "Hi {{ n }}", "body": "B", "url": "https://a.example/{{ n }}"], for: [],
      ["n": "a\nb"])
    #expect(push == ["title": "Hi a b", "body": "B", "url": "https://a.example/a b"])
    let webhook = try parts(
      ["channel": "webhook", "body": "{\"name\": \"{{ n }}\", \"n\": {{ n }}}"], for: [], ["n": "\"q\""])
    #expect(try JSONValue(parsing: webhook["body"] ?? "") == ["name": "\"q\"", "n": "\"q\""])
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
