import Engine
import Journeys
import RoostCore

extension LintInput {
  /// A workspace as it is, with drafts of journeys and of whatever they name.
  ///
  /// - Parameters:
  ///   - documents: drafts of segments, templates, channels and policies; they take the place of those with their keys.
  public init(
    _ sources: WorkspaceSources, documents: [Document] = [], drafts: [JourneyDefinition], zones: ZoneTable,
    now: Instant, knownNames: [String]? = nil
  ) {
    var newest: [Document] = []
    for kind in DocumentKind.allCases where kind != .journey {
      newest += sources.all(kind).filter { old in !documents.contains { $0.kind == kind && $0.key == old.key } }
    }
    let published = sources.journeys.sorted { $0.key < $1.key }.compactMap { key, state -> JourneyDefinition? in
      guard state.published > 0, state.status == .published || state.status == .paused,
        let document = sources.document(.journey, key, version: state.published)
      else { return nil }
      // It was checked when it was put.
      return try? JourneyDefinition(json: document.body)
    }
    self.init(
      workspace: sources.workspace, documents: newest + documents, published: published, drafts: drafts,
      zones: zones, now: now, knownNames: knownNames)
  }
}
