import Liquid
import RoostCore
import Testing

/// What is looked at eight bytes at a time comes out as if each byte were looked at.
@Suite struct OutputTests {
  /// Texts of every length up to 40 with each of these in every place, beside bytes that differ from them by one bit.
  private static let texts: [String] = {
    let marks: [Character] = ["&", "<", ">", "\"", "'", "\u{1}", " ", "!", "=", "~", "\\", "{", "\u{7F}", "é", "½"]
    let base = Array("abcXYZ019-_.;:%/$#,+(?")
    return (0...40).flatMap { length -> [String] in
      let plain = (0..<length).map { base[($0 * 7 + length) % base.count] }
      return [String(plain)]
        + marks.flatMap { mark in
          plain.indices.map { place in
            var text = plain
            text[place] = mark
            return String(text)
          }
        }
    }
  }()

  private static func escaped(_ text: String, _ entity: (UInt8) -> String?) -> String {
    String(decoding: text.utf8.flatMap { byte in entity(byte).map { Array($0.utf8) } ?? [byte] }, as: UTF8.self)
  }

  private func expectEach(_ source: String, as form: Template.Form, _ entity: (UInt8) -> String?) throws {
    let template = try Template(parsing: source, as: form)
    let (before, after) = (source.prefix { $0 != "{" }, source.drop { $0 != "}" }.dropFirst(2))
    for text in Self.texts {
      var bytes: [UInt8] = []
      try template.render(into: &bytes, values: ["x": .string(text)], settings: .fixed)
      let expected = before + Self.escaped(text, entity) + after
      guard bytes != Array(expected.utf8) else { continue }
      Issue.record("\(text) became \(String(decoding: bytes, as: UTF8.self)), not \(expected)")
      return
    }
  }

  /// OWASP's rules 1 and 2.
  @Test func `Texts and attributes of every length`() throws {
    let entities: [UInt8: String] = [38: "&amp;", 60: "&lt;", 62: "&gt;", 34: "&quot;", 39: "&#39;"]
    try expectEach("<p>{{ x }}</p>", as: .html) { entities[$0] }
    try expectEach("<p title=\"{{ x }}\">", as: .html) { entities[$0] }
  }

  /// RFC 3986 § 2 has no such bytes in a URL; `&` and `'` are HTML's.
  @Test func `Links of every length`() throws {
    try expectEach("<a href=\"https://shop.example/{{ x }}\">", as: .html) { byte in
      switch byte {
      case 38: "&amp;"
      case 39: "&#39;"
      case 0...32, 34, 60, 62, 92, 94, 96, 123, 124, 125, 127:
        "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      default: nil
      }
    }
  }

  /// RFC 8259 § 7.
  @Test func `JSON strings of every length`() throws {
    try expectEach("[\"{{ x }}\"]", as: .json) { byte in
      switch byte {
      case 34: "\\\""
      case 92: "\\\\"
      case 0..<32: "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      default: nil
      }
    }
  }

  @Test func `Numbers are written as they are`() throws {
    let numbers: [(LiquidValue, String)] = [
      (.int(0), "0"), (.int(9), "9"), (.int(10), "10"), (.int(-1), "-1"), (.int(.max), "9223372036854775807"),
      (.int(.min), "-9223372036854775808"), (.double(59.9), "59.9"), (.double(-0.5), "-0.5"), (.double(0.07), "0.07"),
      (.double(1.005), "1.005"), (.double(-0.0), "-0.0"), (.double(3), "3.0"),
      (.double(99_999_999_999.99), "99999999999.99"),
      (.double(1e20), "1.0e+20"), (.double(0.1 + 0.2), "0.30000000000000004"), (.double(-0.001), "-0.001"),
    ]
    let template = try Template(parsing: "{{ x }}", as: .html)
    for (number, expected) in numbers {
      var bytes: [UInt8] = []
      try template.render(into: &bytes, values: .object([.init("x", number)]), settings: .fixed)
      #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
  }

  /// The text outgrows every reservation, the first time and when a longer one is expected.
  @Test func `Long texts follow what is there`() throws {
    let template = try Template(parsing: "{% for i in (1..count) %}{{ i }},{% endfor %}")
    for count in [0, 1, 400, 30_000, 5, 30_001] {
      var bytes = Array("before ".utf8)
      try template.render(into: &bytes, values: ["count": .int(Int64(count))], settings: .fixed)
      let numbers = (0..<count).map { "\($0 + 1)," }.joined()
      #expect(bytes == Array("before \(numbers)".utf8))
    }
  }

  @Test func `What fails leaves no half text`() throws {
    let template = try Template(parsing: "text {{ 1 | divided_by: zero }}")
    var bytes = Array("before".utf8)
    #expect(throws: TemplateError.self) { try template.render(into: &bytes, values: ["zero": 0], settings: .fixed) }
    #expect(bytes == Array("before".utf8))
  }

  /// Names that loops, arguments and `assign` give mean again what they meant before.
  @Test(arguments: [
    ("{% for i in (1..2) %}{% for i in (5..6) %}{{ i }}{% endfor %}{{ i }}{% endfor %}{{ i }}", "561562outer"),
    ("{% for i in l %}{% assign l = 'x,y' | split: ',' %}{{ i }}{% endfor %}{{ l | join }}", "abcx y"),
    ("{% assign i = 'mine' %}{% for i in l limit: 1 %}{% assign i = 'new' %}{{ i }}{% endfor %}{{ i }}", "anew"),
    ("{% include 's', i: 'given' %}{{ i }}{% render 's', i: o.k %}{% render 's' %}", "[given]outer[v][outer]"),
    ("{% for i in (1..2) %}{% include 's' for l %}{{ i }}{% endfor %}", "[1][1][1]1[2][2][2]2"),
    (
      "{% for i in l reversed %}{{ forloop.index }}{{ i }}{% for i in l offset: 1 %}{{ i }}{{ forloop.parentloop.index }}{% endfor %}{% endfor %}",
      "1cb1c12bb2c23ab3c3"
    ),
    (
      "{{ l[0] }}{{ l[-1] }}{{ l[9] }}{{ l.first }}{{ l.last }}{{ l.size }}{{ o.k }}{{ o.none.more }}{{ o['k'] }}",
      "acac3vv"
    ),
  ])
  func `Names come back`(source: String, expected: String) throws {
    let values: JSONValue = ["i": "outer", "l": ["a", "b", "c"], "o": ["k": "v"]]
    #expect(try rendered(source, values, snippets: ["s": "[{{ i }}]"]) == expected)
  }
}
