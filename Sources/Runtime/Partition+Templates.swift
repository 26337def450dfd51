import Engine
import Liquid
import RoostCore

extension Partition {
  /// What a template would say, and the values that it misses. Nothing is recorded.
  package func previewTemplate(
    _ workspace: WorkspaceID, _ key: String, _ request: TemplatePreviewRequest
  ) throws(Problem) -> JSONValue {
    guard let sources = definitions[workspace], let present = compiled[workspace]?.definitions else {
      throw Problem(.notFound, "there is no such workspace")
    }
    guard let body = request.template ?? sources.latest(.template, key)?.body else {
      throw Problem(.notFound, "there is no template \"\(key)\"")
    }
    guard body["kind"]?.string ?? "message" == "message" else {
      throw Problem(.invalid, "\"\(key)\" is a \(body["kind"]?.string ?? ""): preview a template that uses it")
    }
    let template = try CompiledTemplate(body, version: 0, library: TemplateLibrary(sources))
    var values = try previewValues(workspace, template, request, sample: request.sample ?? body["sample"], present)
    if let language = request.language { values.choose(template, language: language) }
    values = present.withCatalog(values, of: template, at: now())
    var parts = try template.render(values, in: present, at: now())
    links?()?.placeForNobody(in: &parts, workspace)
    let missing = template.missing(values, in: present, at: now()).map { part, value -> JSONValue in
      var members: [JSONValue.Member] = [
        .init("pointer", .string("/" + part)), .init("value", .string(value.path)),
        .init("line", .int(Int64(value.line))), .init("column", .int(Int64(value.column))),
      ]
      if !value.source.isEmpty { members.append(.init("snippet", .string(value.source))) }
      return .object(members)
    }
    return [
      "channel": .string(template.channel.rawValue), "language": .string(values.language),
      "parts": .object(parts.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
      "missing": .array(missing), "wouldBeSent": .bool(missing.isEmpty || !template.isStrict),
      "findings": .array(templateFindings(body, sources).map(\.json)),
    ]
  }

  /// A person's values, those of a sample, or both: what a sample says of the event counts for a person too.
  func previewValues(
    _ workspace: WorkspaceID, _ template: CompiledTemplate, _ request: TemplatePreviewRequest, sample: JSONValue?,
    _ present: WorkspaceDefinitions
  ) throws(Problem) -> TemplateValues {
    let event = request.event ?? sample?["event"]
    guard let reference = request.person else {
      var members = sample?.members ?? []
      if let event {
        members.removeAll { $0.key == "event" }
        members.append(.init("event", event))
      }
      var values = present.values(ofSample: members)
      values.choose(template, language: present.workspace.locale)
      return values
    }
    let state = try person(workspace, reference)
    return present.values(of: template, for: state, event: event.map { LiquidValue($0) })
  }
}
