import Liquid
import RoostCore

/// Renders with values given as JSON.
func rendered(
  _ source: String, _ json: JSONValue = [:], as form: Template.Form = .text, snippets: [String: String] = [:],
  layout: Template.Layout? = nil, settings: RenderSettings = .fixed
) throws -> String {
  var bytes: [UInt8] = []
  let template = try Template(parsing: source, as: form, snippets: snippets, layout: layout)
  try template.render(into: &bytes, values: LiquidValue(json), settings: settings)
  return String(decoding: bytes, as: UTF8.self)
}

extension RenderSettings {
  /// 2026-03-14T09:26:53Z; Moscow is three hours ahead, Rome one, or two from 29 March 2026 on.
  static let fixed = RenderSettings(
    now: Instant(iso8601: "2026-03-14T09:26:53Z") ?? .distantPast,
    offsetSeconds: { zone, at in
      switch zone {
      case "UTC": 0
      case "Europe/Moscow": 10_800
      case "Europe/Rome": at < Instant(milliseconds: 1_774_746_000_000) ? 3_600 : 7_200
      default: nil
      }
    })
}
