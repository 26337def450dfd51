import Liquid
import RoostCore
import Testing

@Suite struct TemplateTests {
  static let values: [String: Value] = [
    "person.first_name": .string("Ann"), "person.last_name": .string("O'Hara & <Sons>"), "person.points": .number(12),
    "person.balance": .number(12.5), "person.vip": .bool(true), "person.off": .bool(false), "person.none": .null,
    "person.nickname": .string(""), "person.city": .string("санкт-ПЕТЕРБУРГ"), "event.order id": .string("A-1"),
    "person.tags": .json(#"["a","b"]"#),
  ]

  static func render(_ source: String, escape: Template.Escaping = .none) throws -> String {
    var bytes: [UInt8] = []
    try Template(parsing: source).render(into: &bytes, escape: escape) { values[$0.text] }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// As python-liquid 2.3 renders them.
  @Test(arguments: [
    ("", ""), ("plain { text } %}", "plain { text } %}"), ("{", "{"), ("a{{person.first_name}}b", "aAnnb"),
    ("Hi {{ person.first_name | default: \"there\" }}!", "Hi Ann!"),
    ("Hi {{ person.nobody | default: \"there\" }}!", "Hi there!"),
    ("{{ person.nickname | default: 'x' }}{{ person.none | default: 5 }}{{ person.off | default: 'y' }}", "x5y"),
    ("{{ person.points | default: 1 }} {{ person.balance }} {{ person.vip }}", "12 12.5 true"),
    ("{{ person.points }}{{ nothing }}{{ person.nobody.at.all }}", "12"),
    ("{{ person.first_name | upcase }} {{ person.first_name | downcase }}", "ANN ann"),
    ("{{ person.city | capitalize }}", "Санкт-петербург"),
    ("{{ event[\"order id\"] }} {{ event['order id'] | downcase }}", "A-1 a-1"),
    ("{{ -1.5 }} {{ 3 }} {{ true }}{{ nil }}", "-1.5 3 true"),
    ("a \n {{- person.first_name -}} \n b", "aAnnb"), ("a {{- person.first_name }} b", "aAnn b"),
    ("{{ person.nobody | default: person.first_name | upcase }}", "ANN"),
  ])
  func `Rendered`(source: String, expected: String) throws {
    #expect(try Self.render(source) == expected)
  }

  @Test func `Braces in quotes do not end an output`() throws {
    #expect(try Self.render("{{ 'text with }} and |' }}") == "text with }} and |")
  }

  /// The entities are those of Ruby's `CGI.escapeHTML`, which Shopify's filter is.
  @Test func `HTML is escaped once`() throws {
    #expect(try Self.render("<b>{{ person.last_name }}</b>", escape: .html) == "<b>O&#39;Hara &amp; &lt;Sons&gt;</b>")
    #expect(try Self.render("{{ person.last_name | escape }}", escape: .html) == "O&#39;Hara &amp; &lt;Sons&gt;")
    #expect(try Self.render("{{ person.nobody | default: '<i>\"' }}", escape: .html) == "&lt;i&gt;&quot;")
    #expect(try Self.render("{{ person.last_name | escape | upcase }}", escape: .html).contains("&amp;AMP;"))
  }

  @Test(arguments: [
    ("Hi {{ person.first_name", 1, 4, "{{ is never closed: }} is missing"),
    ("a\nb {% if x", 2, 3, "{% is never closed: %} is missing"),
    ("Привет {{ x | shout }}", 1, 15, "unknown filter \"shout\"; known: default, upcase, downcase, capitalize, escape"),
    ("\n\n  {% if x %}", 3, 6, "unknown tag \"if\": this version knows outputs such as {{ person.first_name }} only"),
    ("{{ }}", 1, 4, "expected a variable or a value, found the end"),
    ("{{ x y }}", 1, 6, "unexpected \"y\"; expected | and a filter, or }}"),
    ("{{ x. }}", 1, 7, "expected a name after the dot, found the end"),
    ("{{ x | }}", 1, 8, "expected a filter after |, found the end"),
    ("{{ x | default }}", 1, 8, "the filter default takes 1 argument, not 0"),
    ("{{ x | upcase: 1 }}", 1, 8, "the filter upcase takes no argument, not 1"),
    ("{{ x ? }}", 1, 6, "unexpected \"?\"; expected a name, a value or a filter"),
    ("{{ x[1] }}", 1, 6, "expected a name in quotes between [ and ], found \"1\""),
    ("{{ 'x }}", 1, 1, "{{ is never closed: }} is missing"),
  ])
  func `Errors say where`(source: String, line: Int, column: Int, message: String) {
    #expect(throws: TemplateError(line: line, column: column, message: message)) { try Template(parsing: source) }
  }

  @Test func `The template says what it reads`() throws {
    let template = try Template(parsing: "{{ a.b }} {{ c | default: a.b }} {{ d['e f'] }} {{ 'g' | default: h }}")
    #expect(template.variables.map(\.text) == ["a.b", "c", "d.e f", "h"])
  }

  @Test func `Kept values render as they were`() throws {
    let template = try Template(
      parsing: "{{ person.first_name }} {{ person.points }} {{ person.vip }} {{ person.tags }} {{ person.nobody }}|")
    var bytes: [UInt8] = []
    TemplateValues(of: template.variables) { Self.values[$0.text] }.encode(into: &bytes)
    let kept = try bytes.withUnsafeBytes { try TemplateValues(decoding: $0) }
    var text: [UInt8] = []
    try template.render(into: &text, escape: .none, values: kept)
    #expect(String(decoding: text, as: UTF8.self) == "Ann 12 true [\"a\",\"b\"] |")
    #expect(throws: MalformedBytes.self) {
      try Template(parsing: "{{ a }}").render(into: &text, escape: .none, values: kept)
    }
  }

  @Test func `Damaged values are found, never a crash`() throws {
    var bytes: [UInt8] = []
    TemplateValues(of: [VariablePath(["a"]), VariablePath(["b"])]) { $0.text == "a" ? .string("text") : .number(1) }
      .encode(into: &bytes)
    for length in 0..<bytes.count {
      #expect(throws: MalformedBytes.self) {
        try bytes[..<length].withUnsafeBytes { try TemplateValues(decoding: $0) }
      }
    }
    #expect(throws: MalformedBytes.self) { try (bytes + [0]).withUnsafeBytes { try TemplateValues(decoding: $0) } }
  }

  @Test func `Any text is parsed or refused, never a crash`() {
    var random = SeededRandom(seed: 5)
    let parts = [
      "{{", "}}", "{%", "%}", "-", "|", "'", "\"", "x", ".", "[", "]", ":", ",", "1", " ", "\n", "default", "я",
    ]
    for _ in 0..<3_000 {
      let source = (0..<random.below(14)).map { _ in parts[random.below(parts.count)] }.joined()
      guard let template = try? Template(parsing: source) else { continue }
      var bytes: [UInt8] = []
      template.render(into: &bytes, escape: .html) { _ in .string("v") }
    }
  }
}
