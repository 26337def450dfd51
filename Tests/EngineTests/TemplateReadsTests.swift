import Engine
import RoostCore
import Testing

/// What templates read, and where: what findings are made of.
@Suite struct TemplateReadsTests {
  private static let library = TemplateTests.library([
    ("hello", ["kind": "snippet", "source": "Dear\n  {{ person.first_name }},"]),
    ("frame", ["kind": "layout", "source": "<body>{{ content }}<i>{{ person.city }}</i></body>"]),
  ])

  private func template(_ body: JSONValue) throws -> CompiledTemplate {
    try CompiledTemplate(body, version: 1, library: Self.library)
  }

  private func letter(_ html: String) -> JSONValue {
    ["channel": "email", "subject": "Hi", "html": .string(html)]
  }

  @Test(arguments: [
    ("{{ person.a }}\n {{ person.b.c }}", ["person.a 1:4", "person.b.c 2:5"]),
    ("{{ person.a | default: 'x' }}{{ person.a | upcase }}", ["person.a 1:33"]),
    ("{% if person.a %}{{ person.a }}{% else %}{{ person.a }}{% endif %}{{ person.a }}", ["person.a 1:70"]),
    ("{% unless person.a == blank %}{{ person.a }}{% endunless %}", []),
    ("{% if event.x and person.a %}{{ person.a }}{{ person.b }}{% endif %}", ["person.b 1:47"]),
    ("{% if person.a %}x{% elsif person.b %}{{ person.b }}{% endif %}", []),
    ("{% case person.a %}{% when 'x' %}{{ person.a }}{% endcase %}", []),
    ("{% for p in event.products %}{{ p.name }}{{ forloop.index }}{% endfor %}", []),
    ("{% assign n = person.a %}{{ n }}", []),
  ])
  func `Shown are values without a default and without a question about them`(html: String, shown: [String]) throws {
    #expect(try template(letter(html)).reads.map { "\($0.path) \($0.line):\($0.column)" } == shown)
  }

  @Test func `Snippets, layouts, languages and blocks are looked at, each by its own place`() throws {
    var body = letter("{% render 'hello' %}")
    body = .object(
      (body.members ?? []) + [
        .init("layout", "frame"), .init("languages", ["ru": ["subject": "{{ person.name }}"]]),
      ])
    #expect(
      try template(body).reads.map { "\($0.path) at \($0.place)" } == [
        "person.first_name at line 2, column 6 of hello (taken in by /html)",
        "person.city at line 1, column 26 of frame (taken in by /html)",
        "person.name at line 1, column 4 of /languages/ru/subject",
      ])
    let blocks: JSONValue = [
      "channel": "email", "subject": "Hi", "blocks": [["type": "text", "text": "Hello {{ person.name }}"]],
    ]
    #expect(try template(blocks).reads.map(\.place) == ["/blocks"])
  }

  /// A question about the value outside a snippet counts inside it.
  @Test func `Guards reach into snippets`() throws {
    #expect(try template(letter("{% if person.first_name %}{% render 'hello' %}{% endif %}")).reads.isEmpty)
  }

  @Test(arguments: [
    (
      "{{ person.frist_name | default: 'x' }}",
      "no person has ever had a trait \"frist_name\"; did you mean first_name?"
    ),
    ("{% if event.codes %}x{% endif %}", "no event has ever had a property \"codes\"; did you mean code?"),
    (
      "{{ persn.name }}",
      "there is no persn; did you mean person?; templates read catalog, event, journey, person, "
        + "preferences_url, telegram_url, unsubscribe_url, workspace, and names that they give themselves"
    ),
    ("{{ workspace.title }}", "workspace has no title; it has key, name, currency, locale"),
    ("{{ 'x' | append: event.zzzzzzz }}", "no event has ever had a property \"zzzzzzz\""),
    ("{{ person.email }}{{ person.id }}{{ person.first_name }}{{ journey.key }}{{ unsubscribe_url }}", nil),
    ("{% for p in event.code %}{{ p.anything }}{% endfor %}{% assign x = 1 %}{{ x }}", nil),
  ])
  func `Names that nothing is called`(html: String, detail: String?) throws {
    let names = ["first_name", "code"]
    let found = try template(letter(html)).unknownReads(names: names) { names.contains($0) }
    #expect(found.map(\.detail) == (detail.map { [$0] } ?? []))
  }
}
