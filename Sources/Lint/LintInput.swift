import Engine
import Journeys
import RoostCore
import Segments

/// What is looked at: a workspace as it is, and drafts that are to be published in it.
public struct LintInput: Sendable {
  public var workspace: Workspace
  /// The newest versions of segments, templates, channels and policies.
  public var documents: [Document]
  /// The journeys that people enter now, in their published versions.
  public var published: [JourneyDefinition]
  /// Journeys to be looked at; one with the key of a published journey takes its place.
  public var drafts: [JourneyDefinition]
  public var zones: ZoneTable
  public var now: Instant
  /// Names of traits and properties that were seen in the workspace; `nil`: nobody knows.
  public var knownNames: [String]?

  public init(
    workspace: Workspace, documents: [Document], published: [JourneyDefinition], drafts: [JourneyDefinition],
    zones: ZoneTable, now: Instant, knownNames: [String]? = nil
  ) {
    self.workspace = workspace
    self.documents = documents
    self.published = published
    self.drafts = drafts
    self.zones = zones
    self.now = now
    self.knownNames = knownNames
  }
}

extension LintInput {
  /// All journeys as they would be after publication, by key.
  var journeys: [String: JourneyDefinition] {
    var all = Dictionary(published.map { ($0.key, $0) }) { $1 }
    for draft in drafts { all[draft.key] = draft }
    return all
  }
}
