import Delivery
import Engine
import Liquid
import RoostCore

/// A rendered message: what each field of its template came out as.
public struct MessageContent: Sendable, Equatable {
  /// By the names of the fields: `subject`, `text`, `html`, `title`, `body`, `url`…
  public var fields: [String: String]

  public init(fields: [String: String]) { self.fields = fields }

  public var subject: String { fields["subject"] ?? fields["title"] ?? "" }
  /// The plain text; of a push message its body.
  public var text: String? { fields["text"] ?? fields["body"] }
  public var html: String? { fields["html"] }

  /// Says at its beginning that it is a test: in the subject or title, else in the text.
  mutating func markAsTest() {
    for name in ["subject", "title", "text"] {
      guard let text = fields[name] else { continue }
      fields[name] = MessageRecord.testMark + text
      return
    }
  }
}

/// A message ready to be rendered: the version of the template under which it was decided, and the values of that moment.
public struct MessageRendering: Sendable {
  var template: CompiledTemplate
  var values: TemplateValues
  /// Its definitions know the workspace's name and currency, and the time zones.
  var engine: Engine
  var decidedAt: Instant

  /// - Throws: with a finding for each field that cannot be rendered.
  public func render(
    trackedURL: (@Sendable (_ url: String, _ label: String) -> String)? = nil
  ) throws(Problem) -> MessageContent {
    MessageContent(fields: try template.render(values, in: engine.definitions, at: decidedAt, trackedURL: trackedURL))
  }
}

/// Which version of which template, with which versions of snippets in it.
struct TemplateRef: Hashable {
  var workspace: WorkspaceID
  var key: String
  var version: UInt32
  var pins: [String: UInt32]
}

extension Partition {
  private static let templatesCachedMax = 500

  /// What a message says; `nil` if its template is gone or cannot be rendered.
  package func content(of message: MessageRecord) throws(Problem) -> MessageContent? {
    guard let rendering = try rendering(of: message) else { return nil }
    do throws(Problem) {
      var content = try rendering.render()
      if message.isTest { content.markAsTest() }
      links?()?.place(in: &content.fields, of: message, isEmail: rendering.template.channel == .email)
      return content
    } catch {
      guard error.code == .invalid else { throw error }
      return nil
    }
  }

  /// The same, to be rendered elsewhere.
  func rendering(of message: MessageRecord) throws(Problem) -> MessageRendering? {
    guard let engine = compiled[message.workspace] else { return nil }
    if let template = engine.definitions.templates[message.template], template.version == message.templateVersion {
      let values = try values(of: message, template.variables)
      if values.pins == template.pins {
        return MessageRendering(
          template: template, values: values, engine: engine, decidedAt: message.createdAt)
      }
    }
    // An older version, or one with older snippets in it. Names came with the values when snippets came, so that values
    // without names belong to a template without snippets.
    let variables = try template(of: message, pins: [:])?.variables ?? []
    let values = try values(of: message, variables)
    guard let template = try template(of: message, pins: values.pins) else { return nil }
    return MessageRendering(template: template, values: values, engine: engine, decidedAt: message.createdAt)
  }

  func values(of message: MessageRecord, _ variables: [VariablePath]) throws(Problem) -> TemplateValues {
    let values: Result<TemplateValues, MalformedBytes> = message.values.withUnsafeBytes { bytes in
      do throws(MalformedBytes) { return .success(try TemplateValues(decoding: bytes, variables: variables)) } catch {
        return .failure(error)
      }
    }
    guard case .success(let values) = values else {
      throw Problem(.internalFault, "the values of message \(message.id.text) are damaged")
    }
    return values
  }

  private func template(of message: MessageRecord, pins: [String: UInt32]) throws(Problem) -> CompiledTemplate? {
    let ref = TemplateRef(
      workspace: message.workspace, key: message.template, version: message.templateVersion, pins: pins)
    if let known = templateCache[ref] { return known }
    guard let sources = definitions[ref.workspace],
      let document = sources.document(.template, ref.key, version: ref.version)
        ?? (ref.version == 0 ? ConfirmationTemplates.document(ref.key) : nil)
    else { return nil }
    if templateCache.count >= Self.templatesCachedMax { templateCache.removeAll() }
    let template = try CompiledTemplate(document, library: TemplateLibrary(sources, pins: pins))
    // Without pins the newest snippets are in it, which may be others tomorrow.
    if template.pins == pins { templateCache[ref] = template }
    return template
  }
}
