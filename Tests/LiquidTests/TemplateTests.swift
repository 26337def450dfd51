import Liquid
import RoostCore
import Testing

@Suite struct TemplateTests {
  static let values: JSONValue = [
    "person": [
      "first_name": "Ann", "last_name": "O'Hara & <Sons>", "points": 12, "balance": .double(12.5), "vip": true,
      "off": false, "none": .null, "nickname": "", "city": "санкт-ПЕТЕРБУРГ", "tags": ["a", "b"],
    ],
    "event": ["order id": "A-1"],
  ]

  /// As python-liquid 2.3 renders them.
  @Test(arguments: [
    ("", ""), ("plain { text } %}", "plain { text } %}"), ("{", "{"), ("a{{person.first_name}}b", "aAnnb"),
    ("Hi {{ person.first_name | default: \"there\" }}!", "Hi Ann!"),
    ("Hi {{ person.nobody | default: \"there\" }}!", "Hi there!"),
    ("{{ person.nickname | default: 'x' }}{{ person.none | default: 5 }}{{ person.off | default: 'y' }}", "x5y"),
    ("{{ person.points | default: 1 }} {{ person.balance }} {{ person.vip }}", "12 12.5 true"),
    ("{{ person.points }}{{ nothing }}{{ person.nobody.at.all }}", "12"),
    ("{{ person.city | capitalize }}", "Санкт-петербург"),
    ("{{ event[\"order id\"] }} {{ event['order id'] | downcase }}", "A-1 a-1"),
    ("a \n {{- person.first_name -}} \n b", "aAnnb"), ("a {{- person.first_name }} b", "aAnn b"),
    ("{{ person.nobody | default: person.first_name | upcase }}", "ANN"),
    ("{% for t in person.tags %}{{ forloop.index }}{{ t }}{% endfor %}", "1a2b"),
    ("{{ person.tags | join: '+' }} {{ 7 | divided_by: 2.0 }} {{ -7 | divided_by: 2 }}", "a+b 3.5 -4"),
  ])
  func `Rendered`(source: String, expected: String) throws {
    #expect(try rendered(source, Self.values) == expected)
  }

  @Test func `Braces in quotes do not end an output`() throws {
    #expect(try rendered("{{ 'text with }} and |' }}") == "text with }} and |")
  }

  @Test(arguments: [
    ("Hi {{ person.first_name", 1, 4, "{{ is never closed: }} is missing"),
    ("a\nb {% if x", 2, 3, "{% is never closed: %} is missing"),
    ("\n\n  {% wenn x %}", 3, 6, "unknown tag \"wenn\""),
    ("Привет {{ x | shout }}", 1, 15, "unknown filter \"shout\""),
    ("{{ x y }}", 1, 6, "unexpected \"y\"; expected | and a filter, or }}"),
    ("{{ x. }}", 1, 7, "expected a name after the dot, found the end"),
    ("{{ x | }}", 1, 8, "expected a filter after |, found the end"),
    ("{{ x | upcase: 1 }}", 1, 8, "the filter upcase takes no argument, not 1"),
    ("{{ x | date: '%d', clock: 1 }}", 1, 8, "the filter date has no argument named clock"),
    ("{{ x ? }}", 1, 6, "unexpected \"?\"; expected a name, a value or a filter"),
    ("{{ 'x }}", 1, 1, "{{ is never closed: }} is missing"),
    ("a {% if x %} b", 1, 6, "{% if %} is never closed: {% endif %} is missing"),
    ("{% for a in b %}{% endif %}", 1, 20, "{% endif %} does not close {% for %}; expected {% endfor %}"),
    ("{% endif %}", 1, 4, "{% endif %} closes nothing"),
    ("{% render 'none' %}", 1, 11, "there is no snippet \"none\"; none are known here"),
  ])
  func `Errors say where`(source: String, line: Int, column: Int, message: String) {
    do throws(TemplateError) {
      _ = try Template(parsing: source)
      Issue.record("\(source) was accepted")
    } catch {
      #expect(error.line == line && error.column == column, "\(error.text)")
      #expect(error.message.hasPrefix(message), "\(error.text)")
    }
  }

  @Test func `Failures of rendering say where`() throws {
    #expect(throws: TemplateError(line: 2, column: 5, message: "divided_by: a number cannot be divided by 0")) {
      try rendered("a\nb{{ 1 | divided_by: 0 }}")
    }
    #expect(throws: TemplateError(source: "s", line: 1, column: 4, message: "modulo: a number cannot be divided by 0"))
    {
      try rendered("{% render 's' %}", snippets: ["s": "{{ 1 | modulo: 0 }}"])
    }
  }

  @Test func `The template says what it reads`() throws {
    let template = try Template(
      parsing: """
        {{ a.b }} {{ c | default: a.b }} {{ d['e f'] }} {{ 'g' | default: h }}{% for i in l.items %}{{ i.x }}{% endfor %}
        {{ m.n[0].o }} {{ m.n.p }} {% if q.r == s.t %}{% assign u = v.w %}{% endif %}{% render 'z', k: y.y %}
        """, snippets: ["z": "{{ person.inner }}{{ k.l }}"])
    let read = Set(template.variables.map(\.text))
    #expect(
      read.isSuperset(of: ["a.b", "c", "d.e f", "h", "l.items", "m.n", "q.r", "s.t", "v.w", "y.y", "person.inner"]))
    #expect(!read.contains("m.n.p"))
    #expect(template.givenNames == ["i", "u", "k"])
    #expect(template.snippets == ["z"])
  }

  @Test func `Missing values are listed, guarded ones are not`() throws {
    let template = try Template(
      parsing: """
        {{ person.first_name }} {{ person.nick }} {{ person.x | default: 'y' }}{% if person.z %}{{ person.z }}{% endif %}
        {% for p in event.products %}{{ p.name | upcase }}{% endfor %}{% for q in event.none %}{% endfor %}
        """)
    let values = LiquidValue(["person": ["first_name": "Ann"], "event": ["products": [["name": "Hat"], ["price": 1]]]])
    let missing = try template.missing(values: values, settings: .fixed)
    #expect(missing.map(\.path) == ["person.nick", "p.name", "event.none"])
    #expect(missing.map(\.line) == [1, 2, 2])
    #expect(missing.map(\.column) == [28, 33, 66])
  }

  @Test func `A layout frames the template, and both may use snippets`() throws {
    let layout = Template.Layout(name: "frame", source: "<body>{{ content }}{% render 'foot' %}</body>")
    let text = try rendered(
      "<p>{{ name }}</p>{% assign brand = 'Shop' %}", ["name": "A&B"], as: .html,
      snippets: ["foot": "<i>{{ name }}</i>"], layout: layout)
    #expect(text == "<body><p>A&amp;B</p><i>A&amp;B</i></body>")
  }

  @Test func `Snippets that use one another in a circle are refused`() {
    #expect(throws: TemplateError(source: "b", line: 1, column: 12, message: "\"a\" uses itself: a → b → a")) {
      try Template(parsing: "{% include 'a' %}", snippets: ["a": "{% render 'b' %}", "b": "{% include 'a' %}"])
    }
  }
}
