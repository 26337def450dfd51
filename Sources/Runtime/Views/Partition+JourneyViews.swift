import Engine
import Journeys
import Profiles
import RoostCore

/// How many people a journey has seen.
package struct JourneyFiguresView: Sendable {
  package var entered: Int
  package var inside: Int
  package var finished: Int
  package var exited: Int
  /// Of these, who reached the goal.
  package var goals: Int
  package var heldOut: Int
  package var messages: Int
}

/// A journey in a list.
package struct JourneyRowView: Sendable {
  package var key: String
  package var name: String
  package var status: JourneyStatus
  package var figures: JourneyFiguresView
}

/// One journey as one of its versions has it.
package struct JourneyView: Sendable {
  package struct Version: Sendable {
    package var number: UInt32
    package var createdAt: Instant
    /// When people first entered by it; `nil` if it was never published, or too long ago for the audit trail.
    package var publishedAt: Instant?
    /// People who go by it now.
    package var inside: Int
  }

  package var row: JourneyRowView
  /// The version that people enter; `nil` if it was never published.
  package var published: UInt32?
  /// A newer version, not published yet.
  package var draft: UInt32?
  /// What stands in the way of publishing the draft.
  package var findings: [Problem.Finding]
  package var shownVersion: UInt32
  package var definition: JourneyDefinition
  /// People who wait at each step of the shown version, by the step's id.
  package var waiting: [String: Int]
  /// How often each of these steps was passed.
  package var passed: [String: Int]
  /// Newest first.
  package var versions: [Version]
}

extension Partition {
  package func journeyViews(_ workspace: WorkspaceID) throws(Problem) -> [JourneyRowView] {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    return sources.all(.journey).map { journeyRow($0, sources) }
  }

  /// - Parameter version: which one to show; the published one, or the newest before that, if `nil`.
  package func journeyView(
    _ workspace: WorkspaceID, _ key: String, version: UInt32?
  ) throws(Problem) -> JourneyView {
    guard let sources = definitions[workspace], let newest = sources.latest(.journey, key),
      let state = sources.journeys[key]
    else { throw Problem(.notFound, "there is no journey \"\(key)\"") }
    let number = version ?? (state.published > 0 ? state.published : newest.version)
    guard let document = sources.document(.journey, key, version: number) else {
      throw Problem(.notFound, "the journey \"\(key)\" has no version \(number)")
    }
    let inside = insideByVersion(workspace, key)
    let versions = (sources.documents[.journey]?[key] ?? []).reversed().map { document in
      JourneyView.Version(
        number: document.version, createdAt: document.createdAt,
        publishedAt: firstPublication(workspace, key, document.version), inside: inside[document.version] ?? 0)
    }
    let draft = newest.version > state.published ? newest.version : nil
    return JourneyView(
      row: journeyRow(newest, sources), published: state.published > 0 ? state.published : nil, draft: draft,
      findings: draft == nil ? [] : publicationFindings(workspace, key),
      shownVersion: number,
      definition: try JourneyDefinition(json: document.body), waiting: waiting(workspace, key, version: number),
      passed: passed(workspace, key, version: number),
      versions: versions)
  }

  /// Publishes the version that somebody has looked at, and no newer one.
  package func publish(_ workspace: WorkspaceID, journey key: String, version: UInt32) throws(Problem) {
    guard let newest = definitions[workspace]?.latest(.journey, key)?.version, newest == version else {
      throw Problem(.conflict, "there is a newer version by now; look at it before you publish it")
    }
    try act(workspace, journey: key, .publish)
  }

  private func firstPublication(_ workspace: WorkspaceID, _ key: String, _ version: UInt32) -> Instant? {
    audit[workspace]?.first { $0.key == key && $0.version == version && $0.action == "journey.published" }?.at
  }

  private func journeyRow(_ document: Document, _ sources: WorkspaceSources) -> JourneyRowView {
    let workspace = sources.workspace.id
    let totals =
      symbols[workspace]?.find(document.key).flatMap { counts[workspace]?.totals[$0] }
      ?? WorkspaceCounts.JourneyTotals()
    return JourneyRowView(
      key: document.key, name: document.body["name"]?.string ?? document.key,
      status: sources.journeys[document.key]?.status ?? .draft,
      figures: JourneyFiguresView(
        entered: totals.entered, inside: insideByVersion(workspace, document.key).values.reduce(0, +),
        finished: totals.finished, exited: totals.exited, goals: totals.goals, heldOut: totals.heldOut,
        messages: totals.messages))
  }

  private func insideByVersion(_ workspace: WorkspaceID, _ key: String) -> [UInt32: Int] {
    guard let journey = symbols[workspace]?.find(key) else { return [:] }
    var inside: [UInt32: Int] = [:]
    for (place, count) in counts[workspace]?.waiting ?? [:] where place.journey == journey {
      inside[place.version, default: 0] += count
    }
    return inside
  }

  private func passed(_ workspace: WorkspaceID, _ key: String, version number: UInt32) -> [String: Int] {
    guard let journey = symbols[workspace]?.find(key),
      let version = compiled[workspace]?.definitions.journeys.version(number, of: journey)
    else { return [:] }
    var passed: [String: Int] = [:]
    for (index, place) in version.places.enumerated() {
      let key = WorkspaceCounts.PlaceKey(journey: journey, version: number, place: UInt32(index))
      passed[place.id] = counts[workspace]?.passed[key] ?? 0
    }
    return passed
  }

  private func waiting(_ workspace: WorkspaceID, _ key: String, version number: UInt32) -> [String: Int] {
    guard let journey = symbols[workspace]?.find(key),
      let version = compiled[workspace]?.definitions.journeys.version(number, of: journey)
    else { return [:] }
    var waiting: [String: Int] = [:]
    for (run, count) in counts[workspace]?.waiting ?? [:] where run.journey == journey && run.version == number {
      let place = version.place(ofRunAt: run.step).map(Int.init) ?? 0
      guard version.places.indices.contains(place) else { continue }
      waiting[version.places[place].id, default: 0] += count
    }
    return waiting
  }
}

extension Partition {
  /// What stands in the way of publishing the newest version.
  private func publicationFindings(_ workspace: WorkspaceID, _ key: String) -> [Problem.Finding] {
    guard let sources = definitions[workspace], let newest = sources.latest(.journey, key)?.version else { return [] }
    do throws(Problem) {
      let inside = sources.journeys[key]?.published == newest ? [] : try insideFindings(sources, key, newest)
      return try sources.publicationFindings(of: key) + inside
    } catch { return error.findings }
  }
}
