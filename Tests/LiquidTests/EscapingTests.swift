import Liquid
import RoostCore
import Testing

@Suite struct EscapingTests {
  static let values: JSONValue = [
    "x": "<b>\"O'Hara\" & Sons</b>", "bad": "javascript:alert(1)", "tab": "java\tscript:alert(1)",
    "site": "https://shop.example/?a=1&b=2 3", "color": "#ff0000", "evil": "red;background:url(//x)",
    "markup": "<i>hi</i>", "n": 3, "list": ["<", 1],
  ]

  /// Rules 1 and 2 of OWASP's cross-site scripting prevention, with the entities of Ruby's `CGI.escapeHTML`.
  @Test(arguments: [
    ("<p>{{ x }}</p>", "<p>&lt;b&gt;&quot;O&#39;Hara&quot; &amp; Sons&lt;/b&gt;</p>"),
    ("<p title=\"{{ x }}\">", "<p title=\"&lt;b&gt;&quot;O&#39;Hara&quot; &amp; Sons&lt;/b&gt;\">"),
    ("<p class={{ n }}>", "ERROR"),
    ("<p class=a{{ x }}>", "<p class=a&#60;b&#62;&#34;O&#39;Hara&#34;&#32;&#38;&#32;Sons&#60;&#47;b&#62;>"),
    ("<a href=\"{{ site }}\">", "<a href=\"https://shop.example/?a=1&amp;b=2%203\">"),
    ("<a href=\"{{ bad }}\">", "<a href=\"#\">"), ("<a href='{{ tab }}'>", "<a href='#'>"),
    ("<a href=\" {{ bad }}\">", "<a href=\" #\">"), ("<a HREF = \"{{ bad }}\">", "<a HREF = \"#\">"),
    ("<a href=\"/go?to={{ bad }}\">", "<a href=\"/go?to=javascript:alert(1)\">"),
    ("<a href=\"{% if n %}{{ bad }}{% endif %}\">", "<a href=\"#\">"),
    ("{% capture u %}{{ bad }}{% endcapture %}<a href=\"{{ u }}\">", "<a href=\"#\">"),
    ("<a href={{ site }}>", "ERROR"), ("<a onclick=\"f('{{ x }}')\">", "ERROR"), ("<{{ x }}>", "ERROR"),
    ("<p {{ x }}>", "ERROR"), ("<script>var a = '{{ x }}'</script>", "ERROR"),
    ("<script>1</script>{{ n }}", "<script>1</script>3"),
    ("<p style=\"color:{{ color }}\">", "<p style=\"color:#ff0000\">"),
    ("<p style=\"color:{{ evil }}\">", "<p style=\"color:unset\">"),
    ("<style>p { color: {{ color }} }</style>{{ x | size }}", "<style>p { color: #ff0000 }</style>22"),
    ("<!--[if mso]><td title=\"{{ x | slice: 3 }}\"><![endif]-->", "<!--[if mso]><td title=\"&quot;\"><![endif]-->"),
    ("<!-- {{ markup }} --><a href=\"{{ bad }}\">", "<!-- &lt;i&gt;hi&lt;/i&gt; --><a href=\"#\">"),
    ("<!--><a href=\"{{ bad }}\">", "<!--><a href=\"#\">"),
    (
      "{{ markup | raw }}|{{ markup | escape }}|{{ markup | escape | upcase }}",
      "<i>hi</i>|&lt;i&gt;hi&lt;/i&gt;|&amp;LT;I&amp;GT;HI&amp;LT;/I&amp;GT;"
    ),
    ("<p title=\"{{ markup | raw }}\">", "<p title=\"&lt;i&gt;hi&lt;/i&gt;\">"),
    (
      "{% capture c %}<u>{{ markup }}</u>{% endcapture %}{{ c }}{{ c | append: '<' }}",
      "<u>&lt;i&gt;hi&lt;/i&gt;</u><u>&lt;i&gt;hi&lt;/i&gt;</u>&lt;"
    ),
    ("{{ \"a<\nb\" | newline_to_br }}", "a&lt;<br />\nb"), ("{{ list }}{{ list | join: '&' }}", "&lt;1&lt;&amp;1"),
    ("<td {% if n %}class=\"a\"{% endif %}>{{ n }}</td>", "<td class=\"a\">3</td>"),
    ("<td {% if n %}title=\"{% endif %}>", "ERROR"), ("{% for i in list %}<td title=\"{% endfor %}", "ERROR"),
  ])
  func `HTML by place`(source: String, expected: String) throws {
    if expected == "ERROR" {
      #expect(throws: TemplateError.self) { try rendered(source, Self.values, as: .html) }
    } else {
      #expect(try rendered(source, Self.values, as: .html) == expected)
    }
  }

  /// Schemes that browsers and mail programs run or open, however they are spelled (WHATWG URL § 4.4: tabs and line breaks
  /// inside do not count, nor control characters and spaces before).
  @Test(arguments: [
    "javascript:x", " javascript:x", "JaVaScRiPt:x", "java\nscript:x", "\u{1}javascript:x", "vbscript:x",
    "data:text/html,x", "file:///etc/passwd", "blob:x",
  ])
  func `Links that run something are refused`(link: String) throws {
    #expect(try rendered("<a href=\"{{ l }}\">", ["l": .string(link)], as: .html) == "<a href=\"#\">")
  }

  @Test(arguments: [
    "https://a.example/", "mailto:a@b.example", "tel:+39", "/path", "#top", "shop://item/1", "a:b", "x.html",
  ])
  func `Other links stay`(link: String) throws {
    #expect(try rendered("<a href=\"{{ l }}\">", ["l": .string(link)], as: .html) == "<a href=\"\(link)\">")
  }

  @Test func `A header stays one line`() throws {
    #expect(try rendered("Hi {{ n }}", ["n": "A\r\nBcc: b@x.example <"], as: .header) == "Hi A  Bcc: b@x.example <")
  }

  @Test func `JSON stays JSON`() throws {
    let body = "{\"a\": \"x {{ q }}\", \"b\": {{ q }}, \"c\": {{ n }}, \"d\": {{ o | json }}, \"e\": {{ nobody }}}"
    let text = try rendered(body, ["q": "\"}\n\\", "n": .double(1.5), "o": ["k": [1]]], as: .json)
    #expect(
      try JSONValue(parsing: text) == [
        "a": "x \"}\n\\", "b": "\"}\n\\", "c": .double(1.5), "d": ["k": [1]], "e": .null,
      ])
  }

  /// Whatever the values say, the letter has the same tags: a second tokenizer, of Python's `html.parser` kind, counts them.
  @Test func `Values add no tags`() throws {
    let source =
      "<p title=\"{{ v }}\" class='{{ v }}'>{{ v }}<a href=\"{{ v }}\">{{ v | upcase }}</a><!-- {{ v }} --></p>"
    let template = try Template(parsing: source, as: .html)
    var random = SeededRandom(seed: 11)
    let parts = ["<", ">", "\"", "'", "&", "--", "a", "=", " ", "\n", "`", "/", "javascript:", "{", "<script>", "я"]
    for _ in 0..<2_000 {
      let value = (0..<random.below(9)).map { _ in parts[random.below(parts.count)] }.joined()
      var bytes: [UInt8] = []
      try template.render(into: &bytes, values: ["v": .string(value)], settings: .fixed)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.count { $0 == "<" } == 5, "\(text)")
      #expect(text.count { $0 == "\"" } == 4 && text.count { $0 == "'" } == 2, "\(text)")
    }
  }
}

extension LiquidValue: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, LiquidValue($0.1)) })
  }
}
