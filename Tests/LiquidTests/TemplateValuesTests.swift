import Liquid
import RoostCore
import Testing

@Suite struct TemplateValuesTests {
  static let person: JSONValue = [
    "first_name": "Ann", "points": 12, "half": .double(0.5), "vip": true, "tags": ["a", ["b": [1, .null]]],
    "address": ["city": "Rome"],
  ]

  private func captured(_ template: Template) -> TemplateValues {
    TemplateValues(of: template.variables) { path in
      var value: LiquidValue? = ["person": Self.person]
      for part in path.parts { value = value?[part] }
      return value
    }
  }

  @Test func `Kept values render as they were`() throws {
    let source = """
      {{ person.first_name }} {{ person.points }} {{ person.half }} {{ person.vip }} {{ person.tags[1].b[0] }}
      {% for t in person.tags %}{{ t }};{% endfor %} {{ person.address.city }}{{ person.nobody }}|
      """
    let template = try Template(parsing: source)
    var bytes: [UInt8] = []
    captured(template).encode(into: &bytes)
    let kept = try bytes.withUnsafeBytes { try TemplateValues(decoding: $0) }
    #expect(kept == captured(template))
    var text: [UInt8] = []
    try template.render(into: &text, values: kept.root, settings: .fixed)
    #expect(String(decoding: text, as: UTF8.self) == (try rendered(source, ["person": Self.person])))
  }

  @Test func `Values of older versions, without names, are read`() throws {
    let template = try Template(parsing: "{{ person.first_name }} {{ person.points }} {{ person.tags[0] }}")
    var bytes: [UInt8] = [1, 3, 4, 3] + Array("Ann".utf8) + [3]
    bytes.append(word: Double(12).bitPattern)
    bytes += [5, 5] + Array("[\"a\"]".utf8)
    let kept = try bytes.withUnsafeBytes { try TemplateValues(decoding: $0, variables: template.variables) }
    var text: [UInt8] = []
    try template.render(into: &text, values: kept.root, settings: .fixed)
    #expect(String(decoding: text, as: UTF8.self) == "Ann 12 a")
    #expect(throws: MalformedBytes.self) { try bytes.withUnsafeBytes { try TemplateValues(decoding: $0) } }
  }

  @Test func `Damaged values are found, never a crash`() throws {
    let template = try Template(
      parsing: "{{ person.first_name }}{{ person.tags }}{{ person.address.city }}{{ person.half }}")
    var bytes: [UInt8] = []
    captured(template).encode(into: &bytes)
    for length in 0..<bytes.count {
      #expect(throws: MalformedBytes.self) {
        try bytes[..<length].withUnsafeBytes { try TemplateValues(decoding: $0) }
      }
    }
    #expect(throws: MalformedBytes.self) { try (bytes + [0]).withUnsafeBytes { try TemplateValues(decoding: $0) } }
    let deep = [UInt8](repeating: 0, count: 1) + Array(repeatElement([8, 1] as [UInt8], count: 5_000).joined()) + [0]
    #expect(throws: MalformedBytes.self) {
      try ([2] + deep.dropFirst()).withUnsafeBytes { try TemplateValues(decoding: $0) }
    }
    var random = SeededRandom(seed: 3)
    for _ in 0..<2_000 {
      var copy = bytes
      copy[random.below(copy.count)] = UInt8(random.below(256))
      _ = try? copy.withUnsafeBytes { try TemplateValues(decoding: $0) }
    }
  }
}
