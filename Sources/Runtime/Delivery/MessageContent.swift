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
}

/// A message ready to be rendered: the version of the template under which it was decided, and the values of that moment.
public struct MessageRendering: Sendable {
  var template: CompiledTemplate
  var values: TemplateValues

  public var content: MessageContent { MessageContent(fields: template.fields(values)) }
}

/// Which version of which template.
struct TemplateRef: Hashable {
  var workspace: WorkspaceID
  var key: String
  var version: UInt32
}

extension Partition {
  private static let templatesCachedMax = 500

  /// What a message says; `nil` if its template is gone.
  package func content(of message: MessageRecord) throws(Problem) -> MessageContent? {
    try rendering(of: message)?.content
  }

  /// The same, to be rendered elsewhere.
  func rendering(of message: MessageRecord) throws(Problem) -> MessageRendering? {
    guard let template = try template(of: message) else { return nil }
    let values: Result<TemplateValues, MalformedBytes> = message.values.withUnsafeBytes { bytes in
      do throws(MalformedBytes) { return .success(try TemplateValues(decoding: bytes)) } catch {
        return .failure(error)
      }
    }
    guard case .success(let values) = values else {
      throw Problem(.internalFault, "the values of message \(message.id.text) are damaged")
    }
    return MessageRendering(template: template, values: values)
  }

  private func template(of message: MessageRecord) throws(Problem) -> CompiledTemplate? {
    let ref = TemplateRef(workspace: message.workspace, key: message.template, version: message.templateVersion)
    if let known = templateCache[ref] { return known }
    guard let document = definitions[ref.workspace]?.document(.template, ref.key, version: ref.version) else {
      return nil
    }
    if templateCache.count >= Self.templatesCachedMax { templateCache.removeAll() }
    let template = try CompiledTemplate(document)
    templateCache[ref] = template
    return template
  }
}
