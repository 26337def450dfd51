import Foundation
import HostileInput
import Liquid
import RoostCore
import Testing

/// Templates as an enemy would write them: those of the public suite where it is there, changed and mixed.
@Suite struct HostileTemplateTests {
  private static let own = [
    "{% for item in items limit: 3 offset: 1 reversed %}{{ forloop.index }}{{ item.name | escape }}{% else %}0{% endfor %}",
    "{% assign x = 'a,b' | split: ',' %}{% case x[0] %}{% when 'a', 'b' %}{{ x | join: '-' }}{% else %}{% endcase %}",
    "{% tablerow i in (1..9) cols: 3 %}{{ i | times: 2.5 | round: 1 }}{% endtablerow %}",
    "{% cycle 'a', 'b' %}{% raw %}{{{% endraw %}",
    "{% capture c %}{% if a > 1 and b contains 'x' or c == empty %}{{ a | date: '%Y' }}{% elsif d %}{% endif %}{% endcapture %}",
    "{% liquid\nassign a = 1\nfor i in (1..3)\necho i\nendfor %}",
    "{{ 'now' | date: '%s' }}{{ a | default: 'b', allow_false: true }}",
    "<a href=\"{{ url }}\" onclick='x(\"{{ name }}\")'>{{ html }}</a><style>{{ css }}</style><script>{{ js | json }}</script>",
  ]
  private static let tokens = [
    "{{", "}}", "{%", "%}", "{%-", "-%}", "|", ":", "'", "\"", "endfor", "endif", "{% for a in (1..999999999) %}",
    "{% endfor %}",
    "| split: ''", "| append: x", "| replace: '', x", "(1..", "[", "]", ".", "{% render 'x' %}", "{% comment %}",
    "{% raw %}",
    "<script>", "<!--", "1e999", "-9223372036854775808", "\u{0}", "{% liquid", "{% case", "{% when", "nil", "empty",
  ]

  private static var corpus: [[UInt8]] {
    let golden = (try? GoldenLiquidTests.load())?.map { Array($0.template.utf8) } ?? []
    return own.map { Array($0.utf8) } + golden
  }

  @Test(arguments: [Template.Form.text, .html, .json])
  func templatesEndWell(form: Template.Form) throws {
    var settings = RenderSettings.fixed
    settings.limits.outputBytes = 100_000
    settings.limits.steps = 20_000
    settings.limits.scratchBytes = 500_000
    let values = LiquidValue([
      "items": [["name": "A"], ["name": "<b>"]], "a": 2, "b": "xyz", "x": "aaaa", "url": "javascript:x",
      "name": "O'\"N",
      "html": "<img src=x onerror=y>", "css": "</style>", "js": "</script>",
    ])
    var input = HostileInput(Self.corpus, tokens: Self.tokens, seed: 41)
    var (parsed, rendered) = (0, 0)
    let slowest = input.run(700) { bytes, _ in
      do throws(TemplateError) {
        let template = try Template(parsing: String(decoding: bytes.prefix(8_000), as: UTF8.self), as: form)
        parsed += 1
        var output: [UInt8] = []
        do throws(TemplateError) { try template.render(into: &output, values: values, settings: settings) } catch {
          #expect(!error.text.isEmpty)
          return
        }
        rendered += 1
        #expect(output.count <= settings.limits.outputBytes)
        #expect(String(validating: output, as: UTF8.self) != nil)
      } catch { #expect(!error.text.isEmpty) }
    }
    #expect(slowest < HostileInput.secondsMax)
    // Neither refused all nor none.
    #expect(parsed > 50 && rendered > 20)
  }
}
