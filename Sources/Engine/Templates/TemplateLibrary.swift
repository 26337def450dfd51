import Liquid
import RoostCore

/// The snippets and layouts of a workspace, by key: template documents of `kind: snippet` and `kind: layout`.
public struct TemplateLibrary: Sendable {
  public struct Entry: Sendable {
    public var version: UInt32
    public var isLayout: Bool
    /// The HTML or text that templates take in.
    public var source: String
    /// A layout's frame for plain text.
    public var text: String?
  }
  public private(set) var entries: [String: Entry] = [:]

  public init() {}

  /// The library of a workspace: the newest versions, or those that a message was decided with.
  public init(_ sources: WorkspaceSources, pins: [String: UInt32] = [:]) {
    for (key, versions) in sources.documents[.template] ?? [:] {
      let document = pins[key].flatMap { pin in versions.first { $0.version == pin } } ?? versions.last
      guard let document, let entry = Entry(document) else { continue }
      entries[key] = entry
    }
  }

  /// With another text under a key, as a trial.
  public func with(_ body: JSONValue, key: String, version: UInt32) -> TemplateLibrary {
    var copy = self
    copy.entries[key] = Entry(body, version: version)
    return copy
  }

  var snippets: [String: String] { entries.compactMapValues { $0.isLayout ? nil : $0.source } }
}

extension TemplateLibrary.Entry {
  fileprivate init?(_ document: Document) { self.init(document.body, version: document.version) }

  fileprivate init?(_ body: JSONValue, version: UInt32) {
    guard let kind = body["kind"]?.string, kind == "snippet" || kind == "layout", let source = body["source"]?.string
    else { return nil }
    self.init(version: version, isLayout: kind == "layout", source: source, text: body["text"]?.string)
  }
}
