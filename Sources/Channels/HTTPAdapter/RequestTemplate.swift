import Liquid
import RoostCore

/// A provider's request, with the values of a message to be filled in (Liquid). Each part escapes for itself: a value in
/// the URL is percent-encoded, one in a header is kept to its line, one in JSON or a form is encoded as such, so that no
/// message can change what the request means.
public struct RequestTemplate: Sendable {
  var method = "POST"
  var url: [URLPart] = []
  var query: [(name: String, value: Template)] = []
  var headers: [(name: String, value: Template)] = []
  /// Sent as they are: credentials, the content type.
  var fixedHeaders: [(name: String, value: String)] = []
  var idempotencyHeader: String?
  var body = Body.none

  enum URLPart: Sendable {
    case fixed(String)
    case value(Template)
  }

  enum Body: Sendable {
    case none
    /// JSON whose texts are templates.
    case json(JSONShape)
    /// JSON as one template: outside quotes a value becomes a JSON value.
    case jsonText(Template)
    case form([(name: String, value: Template)])
    case text(Template)
  }

  indirect enum JSONShape: Sendable {
    case fixed(JSONValue)
    case text(Template)
    case list([JSONShape])
    case object([(String, JSONShape)])
  }

  static let bodyBytesMax = 256 << 10
  static let partsMax = 500

  /// The request for one message.
  ///
  /// - Parameters:
  ///   - values: `message`, `person`, `credentials`, `callback_url`.
  ///   - id: the message's, for the idempotency header.
  /// - Throws: a finding that names the part which cannot be rendered.
  public func fill(_ values: LiquidValue, id: String, now: Instant) throws(Problem) -> WebRequest {
    var limits = RenderLimits()
    limits.outputBytes = Self.bodyBytesMax
    limits.steps = 200_000
    var settings = RenderSettings(now: now)
    settings.limits = limits
    let filling = Filling(values: values, settings: settings)
    var request = WebRequest(method: method, url: try filledURL(filling))
    request.headers = fixedHeaders.map { ($0.name, $0.value) }
    for header in headers {
      request.headers.append(
        (header.name, try filling.text(header.value, at: "/request/headers/" + pointerToken(header.name))))
    }
    if let idempotencyHeader { request.headers.append((idempotencyHeader, id)) }
    request.body = try filledBody(filling)
    guard request.body.count <= Self.bodyBytesMax else {
      throw .invalid("/request/body", "is longer than \(Self.bodyBytesMax) bytes once filled in")
    }
    return request
  }

  private func filledURL(_ filling: Filling) throws(Problem) -> String {
    var text = ""
    for part in url {
      switch part {
      case .fixed(let fixed): text += fixed
      case .value(let template):
        let value = try filling.text(template, at: "/request/url")
        // Such a segment would lead to another path than the one that was written down.
        guard value != ".", value != ".." else { throw .invalid("/request/url", "a value is \"\(value)\"") }
        text += PercentEncoding.component(value)
      }
    }
    for (place, field) in query.enumerated() {
      text += place == 0 && !text.contains("?") ? "?" : "&"
      let value = try filling.text(field.value, at: "/request/query/" + pointerToken(field.name))
      text += PercentEncoding.component(field.name) + "=" + PercentEncoding.component(value)
    }
    return text
  }

  private func filledBody(_ filling: Filling) throws(Problem) -> [UInt8] {
    switch body {
    case .none: return []
    case .json(let shape): return Array(try shape.filled(filling, at: "/request/body/json").text.utf8)
    case .jsonText(let template):
      let text = try filling.text(template, at: "/request/body/json")
      do throws(JSONError) { _ = try JSONValue(parsing: text) } catch {
        throw .invalid("/request/body/json", "is no JSON once filled in: \(error.reason.text), at byte \(error.offset)")
      }
      return Array(text.utf8)
    case .form(let fields):
      var filled: [(name: String, value: String)] = []
      for field in fields {
        filled.append((field.name, try filling.text(field.value, at: "/request/body/form/" + pointerToken(field.name))))
      }
      return PercentEncoding.form(filled)
    case .text(let template): return Array(try filling.text(template, at: "/request/body/text").utf8)
    }
  }
}

/// The values of one message, going into templates.
struct Filling {
  var values: LiquidValue
  var settings: RenderSettings

  func text(_ template: Template, at pointer: String) throws(Problem) -> String {
    var bytes: [UInt8] = []
    do throws(TemplateError) { try template.render(into: &bytes, values: values, settings: settings) } catch {
      throw .invalid(pointer, error.text)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension RequestTemplate.JSONShape {
  func filled(_ filling: Filling, at pointer: String) throws(Problem) -> JSONValue {
    switch self {
    case .fixed(let value): return value
    case .text(let template): return .string(try filling.text(template, at: pointer))
    case .list(let shapes):
      var items: [JSONValue] = []
      for (place, shape) in shapes.enumerated() { items.append(try shape.filled(filling, at: "\(pointer)/\(place)")) }
      return .array(items)
    case .object(let members):
      var filled: [JSONValue.Member] = []
      for (name, shape) in members {
        filled.append(.init(name, try shape.filled(filling, at: "\(pointer)/\(pointerToken(name))")))
      }
      return .object(filled)
    }
  }
}
