import Liquid
import RoostCore

extension CompiledTemplate {
  /// How the parts of a message are rendered.
  func settings(
    _ values: TemplateValues, in definitions: WorkspaceDefinitions, at moment: Instant
  ) -> RenderSettings {
    let workspace = definitions.workspace
    let language = [values.language, values.locale, workspace.locale].first { !$0.isEmpty } ?? "en"
    let zone = [values.zone, workspace.timezone].first { definitions.zones[$0] != nil } ?? "UTC"
    var settings = RenderSettings(now: moment, language: language, currency: workspace.currency, zone: zone) {
      [zones = definitions.zones] zone, moment in zones[zone]?.offsetSeconds(at: moment)
    }
    if readsCatalog {
      // What was found when it was decided, not what the catalogue has by now.
      let found = values.root["catalog"]
      settings.catalog = { lookup in
        switch lookup {
        case .product(let id): found?["products"]?[id]
        case .category(let name): found?["categories"]?[name]
        }
      }
    }
    if givesVouchers {
      let codes = values.vouchers ?? [:]
      settings.voucher = { codes[$0] ?? Self.sampleCode }
    }
    return settings
  }

  /// The variant that the message was decided in.
  func variant(of values: TemplateValues) -> Variant {
    variants[Self.normal(values.language)] ?? fallback
  }

  /// A message's parts by name, from the values that it keeps.
  ///
  /// - Parameters:
  ///   - moment: when it was decided: what `now` says.
  ///   - trackedURL: what `tracked_url` makes of a link and its label; without it links stay as they are.
  /// - Throws: with a finding for each part that cannot be rendered.
  public func render(
    _ values: TemplateValues, in definitions: WorkspaceDefinitions, at moment: Instant,
    trackedURL: (@Sendable (_ url: String, _ label: String) -> String)? = nil
  ) throws(Problem) -> [String: String] {
    var parts: [String: String] = [:]
    var settings = settings(values, in: definitions, at: moment)
    settings.trackedURL = trackedURL
    var findings: [Problem.Finding] = []
    for (name, template) in variant(of: values).parts {
      var bytes: [UInt8] = []
      do throws(TemplateError) {
        try template.render(into: &bytes, values: values.root, settings: settings)
        parts[name] = String(decoding: bytes, as: UTF8.self)
      } catch { findings.append(.init(pointer: "/" + name, detail: error.text)) }
    }
    guard findings.isEmpty else {
      throw Problem(.invalid, "the template cannot be rendered: \(findings[0].detail)", findings: findings)
    }
    return parts
  }

  /// What lists show of the message: the subject, the title or how the text begins, in one line; "" if it cannot be rendered.
  public func subject(
    _ values: TemplateValues, in definitions: WorkspaceDefinitions, at moment: Instant
  ) -> String {
    guard let (name, template) = variant(of: values).parts.first else { return "" }
    var bytes: [UInt8] = []
    do throws(TemplateError) {
      try template.render(into: &bytes, values: values.root, settings: settings(values, in: definitions, at: moment))
    } catch { return "" }
    let text = String(decoding: bytes.map { $0 < 32 || $0 == 127 ? 32 : $0 }, as: UTF8.self)
    return name == "subject" || name == "title" ? text : String(text.prefix(120))
  }

  /// The values that the message wants to show and does not have, each once, with the parts that want them.
  public func missing(
    _ values: TemplateValues, in definitions: WorkspaceDefinitions, at moment: Instant
  ) -> [(part: String, value: MissingValue)] {
    let settings = settings(values, in: definitions, at: moment)
    return variant(of: values).parts.flatMap { name, template -> [(part: String, value: MissingValue)] in
      do throws(TemplateError) {
        return try template.missing(values: values.root, settings: settings).map { (name, $0) }
      } catch { return [] }
    }
  }
}
