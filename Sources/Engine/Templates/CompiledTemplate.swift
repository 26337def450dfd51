import Liquid
import RoostCore

/// A template document, parsed: its parts in every language.
public struct CompiledTemplate: Sendable {
  public let version: UInt32
  public let channel: TemplateChannel
  /// By small tag (`ru`, `pt-br`), with the parts that a language says otherwise filled in from the document itself.
  public let variants: [String: Variant]
  /// What is said where no language fits.
  public let fallback: Variant
  /// The versions of the snippets and layouts that are in it.
  public let pins: [String: UInt32]
  /// A message for which a value is missing that the template shows is not sent.
  public let isStrict: Bool
  /// What all parts read, each once: what a message keeps of the moment in which it was decided.
  public let variables: [VariablePath]

  /// Whether it asks the catalogue of products for anything.
  public let readsCatalog: Bool
  /// Whether it shows codes of vouchers anywhere.
  public let givesVouchers: Bool

  /// The parts in one language.
  public struct Variant: Sendable {
    /// "" where the document names no language.
    public var language: String
    public var parts: [(name: String, template: Template)]
    /// Where in the document each part is written.
    public var pointers: [String: String] = [:]

    /// A part by its name; `nil` if the template has none.
    public subscript(name: String) -> Template? { parts.first { $0.name == name }?.template }
  }

  /// Most languages of one template.
  public static let languagesMax = 100

  /// Compiles; findings name the part and the place in it.
  public init(_ document: Document, library: TemplateLibrary) throws(Problem) {
    try self.init(document.body, version: document.version, library: library)
  }

  public init(_ body: JSONValue, version: UInt32, library: TemplateLibrary) throws(Problem) {
    var compiler = TemplateCompiler(body, library: library)
    let (channel, fallback, variants) = try compiler.compile()
    self.version = version
    self.channel = channel
    self.fallback = fallback
    self.variants = variants
    pins = compiler.pins
    isStrict = body["strict"] == .bool(true)
    readsCatalog = ([fallback] + variants.values).contains { $0.parts.contains { $0.template.readsCatalog } }
    givesVouchers = ([fallback] + variants.values).contains { $0.parts.contains { !$0.template.voucherUses.isEmpty } }
    var seen: Set<VariablePath> = []
    variables = ([fallback] + variants.sorted { $0.key < $1.key }.map(\.value)).flatMap { variant in
      variant.parts.flatMap(\.template.variables).filter { seen.insert($0).inserted }
    }
  }

  /// The parts for somebody who reads these languages, the best first: the very tag, else its language, else the next.
  public func variant(for languages: [String]) -> Variant {
    for language in languages where !language.isEmpty {
      let tag = Self.normal(language)
      if let variant = variants[tag] ?? variants[String(tag.prefix { $0 != "-" })] { return variant }
      if !fallback.language.isEmpty,
        Self.normal(fallback.language).prefix(while: { $0 != "-" }) == tag.prefix(while: { $0 != "-" })
      {
        return fallback
      }
    }
    return fallback
  }

  /// `ru_RU` as `ru-ru`.
  static func normal(_ tag: String) -> String {
    String(tag.lowercased().map { $0 == "_" ? "-" : $0 })
  }
}

/// Reads a template document.
struct TemplateCompiler {
  private let body: JSONValue
  private let library: TemplateLibrary
  private var findings: [Problem.Finding] = []

  private static let common: Set<String> = [
    "channel", "kind", "name", "description", "language", "languages", "layout", "sample", "strict",
  ]

  init(_ body: JSONValue, library: TemplateLibrary) {
    self.body = body
    self.library = library
  }

  mutating func compile() throws(Problem) -> (
    TemplateChannel, fallback: CompiledTemplate.Variant, variants: [String: CompiledTemplate.Variant]
  ) {
    guard let channel = body["channel"]?.string.flatMap(TemplateChannel.init) else {
      let all = TemplateChannel.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw .invalid("/channel", "the channel of a template is one of \(all)")
    }
    checkNames(body, channel, at: "", common: Self.common)
    if let strict = body["strict"], ![.bool(true), .bool(false)].contains(strict) {
      findings.append(.init(pointer: "/strict", detail: "strict is true or false, not \(strict.kind)"))
    }
    let language = body["language"]?.string ?? ""
    let sources = parts(of: body, channel, at: "", language: language)
    let fallback = variant(language, sources, channel)
    var variants: [String: CompiledTemplate.Variant] = [:]
    let languages = body["languages"]?.members ?? []
    if languages.count > CompiledTemplate.languagesMax {
      findings.append(.init(pointer: "/languages", detail: "more than \(CompiledTemplate.languagesMax) languages"))
    }
    for member in languages.prefix(CompiledTemplate.languagesMax) {
      let pointer = "/languages/" + pointerToken(member.key)
      guard member.value.members != nil, Self.isLanguage(member.key) else {
        findings.append(
          .init(pointer: pointer, detail: "a language is a tag such as \"ru\" or \"pt-BR\" with parts, as an object"))
        continue
      }
      checkNames(member.value, channel, at: pointer, common: ["layout"])
      let own = parts(of: member.value, channel, at: pointer, language: member.key)
      let inherited = sources.filter { source in
        !own.contains { $0.name == source.name } && !isReplaced(source, by: own)
      }
      variants[CompiledTemplate.normal(member.key)] = variant(member.key, own + inherited, channel)
    }
    checkRequired(fallback, variants, channel)
    guard findings.isEmpty else { throw Problem(.invalid, "the template cannot be used", findings: findings) }
    return (channel, fallback, variants)
  }

  private mutating func variant(
    _ language: String, _ sources: [PartSource], _ channel: TemplateChannel
  ) -> CompiledTemplate.Variant {
    CompiledTemplate.Variant(
      language: language, parts: compile(sources, channel),
      pointers: Dictionary(sources.map { ($0.name, $0.pointer) }) { $1 })
  }

  /// A language with a letter of its own does not take over the plain text of another language's.
  private func isReplaced(_ source: PartSource, by own: [PartSource]) -> Bool {
    ["html", "text"].contains(source.name) && own.contains { ["html", "text"].contains($0.name) }
  }

  private static func isLanguage(_ tag: String) -> Bool {
    (2...35).contains(tag.utf8.count)
      && tag.utf8.allSatisfy { byte in
        (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte == 45
          || byte == 95
      }
  }

  private mutating func checkNames(
    _ body: JSONValue, _ channel: TemplateChannel, at pointer: String, common: Set<String>
  ) {
    let parts = channel.parts.map(\.name) + (channel == .email ? ["blocks"] : [])
    for member in body.members ?? [] where !common.contains(member.key) && !parts.contains(member.key) {
      findings.append(
        .init(
          pointer: pointer + "/" + pointerToken(member.key),
          detail:
            "a template for \(channel.rawValue) has \(parts.joined(separator: ", ")), and \(common.sorted().joined(separator: ", "))"
        ))
    }
  }

  private struct PartSource {
    var name: String
    var form: Template.Form
    var source: String
    var pointer: String
    var layout: Template.Layout?
  }

  private mutating func parts(
    of body: JSONValue, _ channel: TemplateChannel, at pointer: String, language: String
  ) -> [PartSource] {
    var sources = channel == .email ? letter(body, at: pointer, language: language) : []
    for part in channel.parts {
      guard let value = body[part.name] else { continue }
      guard let source = value.string else {
        findings.append(
          .init(
            pointer: "\(pointer)/\(part.name)", detail: "\(part.name) is a text (\(part.purpose)), not \(value.kind)"))
        continue
      }
      sources.append(
        PartSource(
          name: part.name, form: channel.form(of: part, source), source: source, pointer: "\(pointer)/\(part.name)",
          layout: layout(for: part.name, body, pointer)))
    }
    return sources
  }

  /// HTML and plain text of a letter that is written in blocks.
  private mutating func letter(_ body: JSONValue, at pointer: String, language: String) -> [PartSource] {
    guard let value = body["blocks"] else { return [] }
    guard body["html"] == nil else {
      findings.append(.init(pointer: pointer + "/html", detail: "a letter has html or blocks, not both"))
      return []
    }
    var reader = BlockReader(language: language)
    let blocks = reader.blocks(value, at: pointer + "/blocks")
    findings += reader.findings
    guard reader.findings.isEmpty else { return [] }
    let before = findings.count
    for (index, block) in blocks.enumerated() { check(block, at: "\(pointer)/blocks/\(index)") }
    guard findings.count == before else { return [] }
    let preheader = body["preheader"]?.string ?? self.body["preheader"]?.string
    var sources = [
      PartSource(
        name: "html", form: .html, source: BlockLetter.html(blocks, language: language, preheader: preheader),
        pointer: pointer + "/blocks", layout: nil)
    ]
    if body["text"] == nil {
      sources.append(
        PartSource(
          name: "text", form: .text, source: BlockLetter.text(blocks), pointer: pointer + "/blocks", layout: nil))
    }
    return sources
  }

  /// By itself, so that a mistake is found in its block.
  private mutating func check(_ block: EmailBlock, at pointer: String) {
    do throws(TemplateError) {
      _ = try Template(
        parsing: BlockLetter.html([block], language: "", preheader: nil), as: .html, snippets: library.snippets)
    } catch { findings.append(.init(pointer: pointer, detail: error.message)) }
  }

  /// The frame of a letter's part.
  private mutating func layout(for part: String, _ body: JSONValue, _ pointer: String) -> Template.Layout? {
    let own = body["layout"]
    guard part == "html" || part == "text", let value = own ?? self.body["layout"], value != .null else { return nil }
    let place = own == nil ? "/layout" : pointer + "/layout"
    guard let key = value.string, let entry = library.entries[key], entry.isLayout else {
      let finding = Problem.Finding(
        pointer: place, detail: "there is no layout \"\(value.string ?? "")\"; put a template of kind layout first")
      if !findings.contains(finding) { findings.append(finding) }
      return nil
    }
    pins[key] = entry.version
    if part == "html" { return .init(name: key, source: entry.source) }
    return entry.text.map { .init(name: key, source: $0) }
  }

  private mutating func compile(_ sources: [PartSource], _ channel: TemplateChannel) -> [(
    name: String, template: Template
  )] {
    let snippets = library.snippets
    var parts: [(name: String, template: Template)] = []
    let order = channel.parts.map(\.name)
    let sorted = sources.sorted { order.firstIndex(of: $0.name) ?? 0 < order.firstIndex(of: $1.name) ?? 0 }
    for source in sorted {
      do throws(TemplateError) {
        let template = try Template(
          parsing: source.source, as: source.form, snippets: snippets, layout: source.layout)
        for name in template.snippets { pins[name] = library.entries[name]?.version }
        parts.append((source.name, template))
      } catch { findings.append(.init(pointer: source.pointer, detail: error.text)) }
    }
    return parts
  }

  /// What the template turned out to use.
  private(set) var pins: [String: UInt32] = [:]

  private mutating func checkRequired(
    _ fallback: CompiledTemplate.Variant, _ variants: [String: CompiledTemplate.Variant], _ channel: TemplateChannel
  ) {
    guard findings.isEmpty else { return }
    for part in channel.parts where part.isRequired && fallback[part.name] == nil {
      findings.append(
        .init(
          pointer: "/" + part.name, detail: "a template for \(channel.rawValue) needs \(part.name): \(part.purpose)"))
    }
    if channel == .email, fallback["text"] == nil, fallback["html"] == nil {
      findings.append(.init(pointer: "/text", detail: "an e-mail needs text, html or both"))
    }
  }
}
