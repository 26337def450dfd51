import Liquid
import RoostCore
import Testing

@Suite struct LimitTests {
  /// Each would run for ever, overflow the stack or fill the memory without limits.
  @Test(arguments: [
    "{% for a in (1..1000000000) %}{% endfor %}",
    "{% for a in (1..10000) %}{% for b in (1..10000) %}x{% endfor %}{% endfor %}",
    "{{ (1..100000000) | join }}",
    "{{ (1..9000000000000000000) | size | plus: 1 }}{{ (1..100000000) | reverse | first }}",
    "{% assign s = 'abcdefgh' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}",
    "{% assign s = 'abcdefgh' %}{% for i in (1..60) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}",
    "{% assign s = 'aaaaaaaaaaaaaaaa' %}{% for i in (1..60) %}{% assign s = s | replace: 'a', s %}{% endfor %}",
    "{% assign l = 'a,b,c' | split: ',' %}{% for i in (1..60) %}{% assign l = l | concat: l %}{% endfor %}",
    "{% for i in (1..100000) %}0123456789012345678901234567890123456789{% endfor %}",
    "{% tablerow i in (1..1000000) %}{% endtablerow %}",
    "{{ 'x' | date: nil }}{% for i in (1..2000000) %}{% cycle 1, 2 %}{% endfor %}",
    "{% assign s = 'ab' %}{% for i in (1..40) %}{% assign s = s | replace: '', s %}{% endfor %}",
    "{% for i in (1..100000) %}{% capture x %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | upcase | split: '' | join: ',' }}{% endcapture %}{% endfor %}",
  ])
  func `Hostile templates end`(source: String) {
    var settings = RenderSettings.fixed
    settings.limits.outputBytes = 1_000_000
    settings.limits.steps = 100_000
    settings.limits.scratchBytes = 1_000_000
    #expect(throws: TemplateError.self) { try rendered(source, settings: settings) }
  }

  @Test func `Deep nesting costs no stack`() throws {
    let deep = 3_000
    for source in [
      String(repeating: "{% if true %}", count: deep) + String(repeating: "{% endif %}", count: deep),
      "{{ a" + String(repeating: "[a", count: deep) + String(repeating: "]", count: deep) + " }}",
      "{{ " + String(repeating: "(1..", count: deep) + " }}",
      "{% liquid " + String(repeating: "liquid ", count: deep) + "echo 1 %}",
      "{{ a" + String(repeating: ".a", count: deep) + " }}",
    ] {
      #expect(throws: TemplateError.self) { try Template(parsing: source) }
    }
    let nested = (0..<60).map { "{% for a\($0) in (1..1) %}" }.joined() + String(repeating: "{% endfor %}", count: 60)
    #expect(try rendered(nested) == "")
  }

  @Test func `Many snippets in one another are few functions`() throws {
    var snippets = ["s0": "x"]
    for depth in 1...15 { snippets["s\(depth)"] = String(repeating: "{% render 's\(depth - 1)' %}", count: 8) }
    let template = try Template(parsing: "{% render 's15' %}", snippets: snippets)
    var bytes: [UInt8] = []
    #expect(throws: TemplateError.self) { try template.render(into: &bytes, values: [:], settings: .fixed) }
    snippets["s25"] = "{% render 's0' %}"
    for depth in 16...30 { snippets["s\(depth)"] = "{% render 's\(depth - 1)' %}" }
    #expect(throws: TemplateError.self) { try Template(parsing: "{% render 's30' %}", snippets: snippets) }
  }

  /// Parsed or refused, rendered or failed; never a crash, and never more than the limits allow.
  @Test(arguments: [Template.Form.text, .html, .json])
  func `Any text ends well`(form: Template.Form) {
    var random = SeededRandom(seed: 5)
    let parts = [
      "{{", "}}", "{%", "%}", "{%-", "-}}", "|", "'", "\"", "x", ".", "[", "]", ":", ",", "1", " ", "\n", "я", "..",
      "(", ")",
      " if ", " endif ", " for x in l ", " endfor ", " else ", " case x ", " when 1 ", " endcase ", " assign x = ",
      " capture x ", " endcapture ", " render 's' ", " include x ", " break ", " continue ", " raw ", " endraw ",
      " comment ", " endcomment ", " liquid ", " cycle x, 1 ", " tablerow x in l cols: 2 ", " endtablerow ",
      " ifchanged ",
      " endifchanged ", " increment x ", "== ", " contains ", " and ", "<a href=\"", "<script>", "<!--", ">", "</",
      "\\",
      "default: 1", "split: ''", "date: '%d'", "slice: -1, 2", "where: 'a', 1", "sort", "money", "plural: 'a', 'b'",
      "{% if x %}", "{% endif %}", "{% for i in l %}", "{% endfor %}", "{{ i }}", "{{ x | ", "{% else %}",
      "{% break %}",
      "{% capture y %}", "{% endcapture %}", "{% include 's' %}", "{% case x %}", "{% when 1 %}", "{% endcase %}",
    ]
    let values: LiquidValue = ["x": "s", "l": [1, "b", ["a": 1], .null], "n": .double(-1.5)]
    var settings = RenderSettings.fixed
    settings.limits.steps = 20_000
    settings.limits.outputBytes = 100_000
    settings.limits.scratchBytes = 400_000
    var accepted = 0
    for _ in 0..<4_000 {
      let source = (0..<random.below(16)).map { _ in parts[random.below(parts.count)] }.joined()
      let snippets = [
        "s": "{{ x }}{% break %}", "t": (0..<random.below(6)).map { _ in parts[random.below(parts.count)] }.joined(),
      ]
      do throws(TemplateError) {
        let template = try Template(parsing: source, as: form, snippets: snippets)
        accepted += 1
        var bytes: [UInt8] = []
        try template.render(into: &bytes, values: values, settings: settings)
        #expect(bytes.count <= 110_000)
        _ = try template.missing(values: values, settings: settings)
      } catch { #expect(error.line >= 1 && error.column >= 1 && !error.message.isEmpty) }
    }
    #expect(accepted > 200)
  }
}
