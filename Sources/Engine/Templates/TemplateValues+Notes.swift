import Liquid
import RoostCore

/// Beside its values a message keeps how it was decided to be rendered, under the name "", which no template can say.
extension TemplateValues {
  private static let notes = ""

  /// Notes the variant for these languages, the person's zone, and the versions of snippets.
  mutating func note(_ template: CompiledTemplate, languages: [String], zone: String?) {
    var members: [LiquidValue.Member] = []
    if let zone { members.append(.init("zone", .string(zone))) }
    let language = template.variant(for: languages).language
    if !language.isEmpty { members.append(.init("language", .string(language))) }
    // Names and plurals follow the person where the text is in no named language.
    if language.isEmpty, let own = languages.first { members.append(.init("locale", .string(own))) }
    if !template.pins.isEmpty {
      members.append(
        .init("pins", .object(template.pins.sorted { $0.key < $1.key }.map { .init($0.key, .int(Int64($0.value))) })))
    }
    guard !members.isEmpty, case .object(var root) = root else { return }
    root.append(.init(Self.notes, .object(members)))
    self.root = .object(root)
  }

  /// Notes the variant for another language than the person's.
  public mutating func choose(_ template: CompiledTemplate, language: String) {
    let zone = zone
    if case .object(let members) = root { root = .object(members.filter { $0.key != Self.notes }) }
    note(template, languages: [language], zone: zone.isEmpty ? nil : zone)
  }

  /// The variant that was chosen; "" for the one without a language.
  public var language: String { text("language") }

  /// The language of dates and plurals where the variant has none.
  public var locale: String { text("locale") }

  /// The person's time zone; "" if only the workspace's is known.
  public var zone: String { text("zone") }

  /// The versions of snippets and layouts with which it was decided.
  public var pins: [String: UInt32] {
    guard case .object(let members)? = root[Self.notes]?["pins"] else { return [:] }
    var pins: [String: UInt32] = [:]
    for member in members {
      if case .int(let version) = member.value { pins[member.key] = UInt32(truncatingIfNeeded: version) }
    }
    return pins
  }

  /// The codes of vouchers that the message was given, by their pools; `nil` if it was given none yet.
  public var vouchers: [String: String]? {
    guard case .object(let members)? = root[Self.notes]?["vouchers"] else { return nil }
    var codes: [String: String] = [:]
    for member in members { if case .string(let code) = member.value { codes[member.key] = code } }
    return codes
  }

  /// Notes the codes that the message was given.
  public mutating func give(_ codes: [String: String]) {
    guard case .object(var members) = root else { return }
    var notes: [LiquidValue.Member] = []
    if case .object(let known)? = root[Self.notes] { notes = known.filter { $0.key != "vouchers" } }
    notes.append(.init("vouchers", .object(codes.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })))
    members.removeAll { $0.key == Self.notes }
    members.append(.init(Self.notes, .object(notes)))
    root = .object(members)
  }

  private func text(_ name: String) -> String {
    if case .string(let text)? = root[Self.notes]?[name] { text } else { "" }
  }
}
