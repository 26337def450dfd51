import Delivery
import Liquid
import RoostCore

/// One version of a template, compiled: the fields that messages of its kind of channel have.
public struct CompiledTemplate: Sendable {
  /// One field: `subject`, `html`, `title`…
  public struct Part: Sendable {
    public var name: String
    public var template: Template
    public var escaping: Template.Escaping
  }

  public var version: UInt32
  public var channel: ChannelKind
  /// In the order in which the kind lists its fields.
  public var parts: [Part]

  /// The variables of all parts, each once: what a message keeps of the moment in which it was decided.
  public var variables: [VariablePath] {
    var all: [VariablePath] = []
    for part in parts { for path in part.template.variables where !all.contains(path) { all.append(path) } }
    return all
  }

  /// Parses a template document; findings name the part and the place in it.
  public init(_ document: Document) throws(Problem) {
    try self.init(document.body, version: document.version)
  }

  public init(_ body: JSONValue, version: UInt32) throws(Problem) {
    let kinds = ChannelKind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    guard let channel = body["channel"]?.string.flatMap(ChannelKind.init(rawValue:)) else {
      throw .invalid("/channel", "the channel of a template is one of \(kinds)")
    }
    self.version = version
    self.channel = channel
    parts = []
    let fields = TemplateFields(of: channel)
    for name in fields.names {
      guard let value = body[name], value != .null else { continue }
      guard let source = value.string else {
        throw .invalid("/\(name)", "write the template as a text, not \(value.kind)")
      }
      if source.isEmpty { continue }
      parts.append(
        Part(
          name: name, template: try Self.parse(source, at: "/\(name)"), escaping: name == "html" ? .html : .none))
    }
    for needed in fields.needed where !parts.contains(where: { needed.names.contains($0.name) }) {
      throw .invalid("/\(needed.names[0])", needed.remedy)
    }
  }

  private static func parse(_ source: String, at pointer: String) throws(Problem) -> Template {
    do throws(TemplateError) { return try Template(parsing: source) } catch {
      throw .invalid(pointer, "line \(error.line), column \(error.column): \(error.message)")
    }
  }
}

/// The fields that a template has, by its kind of channel.
struct TemplateFields {
  /// One of `names` has to be there.
  struct Needed {
    var names: [String]
    var remedy: String
  }
  var names: [String]
  var needed: [Needed]

  init(of kind: ChannelKind) {
    switch kind {
    case .email:
      names = ["subject", "text", "html"]
      needed = [
        Needed(names: ["subject"], remedy: "an e-mail needs a subject"),
        Needed(names: ["text", "html"], remedy: "an e-mail needs text, html or both"),
      ]
    case .push:
      names = ["title", "body", "url", "image", "icon", "badge", "sound", "tag", "data"]
      needed = [Needed(names: ["title"], remedy: "a push message needs a title")]
    case .sms:
      names = ["text"]
      needed = [Needed(names: ["text"], remedy: "a text message needs text")]
    case .telegram:
      names = ["text", "image", "url", "button"]
      needed = [Needed(names: ["text"], remedy: "a Telegram message needs text")]
    case .webhook:
      names = ["body"]
      needed = [Needed(names: ["body"], remedy: "a webhook needs a body")]
    }
  }
}

extension CompiledTemplate {
  /// All fields rendered from the values that a message keeps, by their names.
  public func fields(_ values: TemplateValues) -> [String: String] {
    var fields: [String: String] = [:]
    for part in parts { fields[part.name] = String(decoding: render(part, values), as: UTF8.self) }
    // Header fields and titles are one line.
    for name in ["subject", "title"] { if let text = fields[name] { fields[name] = Self.oneLine(text) } }
    return fields
  }

  /// What a list shows of the message: the subject, the title or how the text begins; without line breaks.
  public func subject(_ values: TemplateValues) -> String {
    guard let part = parts.first else { return "" }
    let text = Self.oneLine(String(decoding: render(part, values), as: UTF8.self))
    return part.name == "subject" || part.name == "title" ? text : String(text.prefix(120))
  }

  private func render(_ part: Part, _ values: TemplateValues) -> [UInt8] {
    let paths = variables
    var bytes: [UInt8] = []
    part.template.render(into: &bytes, escape: part.escaping) { path in
      paths.firstIndex(of: path).flatMap { $0 < values.values.count ? values.values[$0] : nil }
    }
    return bytes
  }

  private static func oneLine(_ text: String) -> String {
    let bytes = text.utf8.map { $0 < 32 || $0 == 127 ? 32 : $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
