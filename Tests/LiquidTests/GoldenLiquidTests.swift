import Foundation
import Liquid
import RoostCore
import Testing

/// Golden Liquid (github.com/jg-rp/golden-liquid, MIT): what Shopify's Liquid does, case by case.
@Suite struct GoldenLiquidTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var template: String
    var data: LiquidValue
    var snippets: [String: String]
    /// Any of these; none: the template is refused or cannot be rendered.
    var results: [String]
    var isStrict: Bool
    var testDescription: String { name }
  }

  static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data/golden_liquid.json")

  static func load() throws -> [Case] {
    let json = try JSONValue(parsing: Array(Data(contentsOf: file)))
    return (json["tests"]?.array ?? []).map { item in
      let results = item["results"]?.array ?? item["result"].map { [$0] } ?? []
      return Case(
        name: item["name"]?.string ?? "?", template: item["template"]?.string ?? "",
        data: LiquidValue(item["data"] ?? [:]),
        snippets: Dictionary(
          uniqueKeysWithValues: (item["templates"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }),
        results: item["invalid"]?.bool == true ? [] : results.compactMap(\.string),
        isStrict: item["tags"]?.array?.contains("strict2") ?? false)
    }
  }

  static var isThere: Bool { FileManager.default.fileExists(atPath: file.path()) }

  @Test(.enabled(if: isThere, "golden_liquid.json is not beside this package in ../shared/data: nothing was compared"))
  func `Every case renders as Shopify's Liquid`() throws {
    let cases = try Self.load()
    #expect(cases.count == 1_054)
    for item in cases {
      let result = Self.render(item)
      switch result {
      case .success(let text):
        #expect(
          item.results.contains(text), "\(item.name): \(item.template.debugDescription) gave \(text.debugDescription)")
      case .failure(let error):
        #expect(item.results.isEmpty, "\(item.name): \(item.template.debugDescription) failed: \(error.text)")
      }
    }
  }

  static func render(_ item: Case) -> Result<String, TemplateError> {
    do throws(TemplateError) {
      let template = try Template(
        parsing: item.template, snippets: item.snippets, syntax: item.isStrict ? .strict : .compatible)
      var bytes: [UInt8] = []
      try template.render(
        into: &bytes, values: item.data, settings: RenderSettings(now: Instant(milliseconds: 1_800_000_000_000)))
      return .success(String(decoding: bytes, as: UTF8.self))
    } catch { return .failure(error) }
  }
}
