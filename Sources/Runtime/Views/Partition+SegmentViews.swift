import Engine
import Journeys
import RoostCore

/// A segment with what is known of it.
package struct SegmentView: Sendable {
  package var key: String
  package var name: String
  package var version: UInt32
  package var definition: JSONValue
  package var count: Int
  /// How far it is filled, in hundredths; `nil`: it is exact.
  package var fillingPercent: Int?
  /// Journeys that people enter from this segment.
  package var journeys: [String]
}

/// One of a segment's people.
package struct SegmentMemberView: Sendable {
  package var person: PersonLabel
  /// What made the person a member.
  package var reasons: [String]
}

extension Partition {
  package func segmentViews(_ workspace: WorkspaceID) throws(Problem) -> [SegmentView] {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    return sources.all(.segment).map { segmentView($0, sources) }
  }

  package func segmentView(_ workspace: WorkspaceID, _ key: String) throws(Problem) -> SegmentView {
    guard let sources = definitions[workspace], let document = sources.latest(.segment, key) else {
      throw Problem(.notFound, "there is no segment \"\(key)\"")
    }
    return segmentView(document, sources)
  }

  private func segmentView(_ document: Document, _ sources: WorkspaceSources) -> SegmentView {
    let workspace = sources.workspace.id
    let members = counts[workspace]?.members ?? []
    let state = sources.segments[document.key]
    var filling: Int?
    if let state, state.epoch > sources.filledEpoch {
      filling = fills[workspace].map { $0.next * 100 / max(1, table.count) } ?? 0
    }
    return SegmentView(
      key: document.key, name: document.body["name"]?.string ?? document.key, version: document.version,
      definition: document.body,
      count: state.flatMap { members.indices.contains($0.slot) ? members[$0.slot] : nil } ?? 0,
      fillingPercent: filling, journeys: entering(document.key, sources))
  }

  /// Keys of the journeys whose newest version starts from a segment.
  private func entering(_ segment: String, _ sources: WorkspaceSources) -> [String] {
    sources.all(.journey).filter { $0.body["enter"]?["segment"]?.string == segment }.map(\.key)
  }
}
