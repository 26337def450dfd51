import Profiles
import RoostCore

/// A person in a list.
package struct PersonRowView: Sendable {
  package var person: PersonLabel
  /// "" where there is none.
  package var userID: String
  package var email: String
  package var createdAt: Instant
  package var lastSeenAt: Instant
  package var orders: Int
}

/// A page of a list of people.
package struct PeopleView: Sendable {
  package var rows: [PersonRowView]
  /// All people of the workspace.
  package var total: Int
  package var next: String?
}

extension Node {
  /// People by identifier or words, as `searchPeople` finds them.
  package func peopleView(
    _ workspace: WorkspaceID, query: String, cursor: String?, limit: Int
  ) async throws(Problem) -> PeopleView {
    let found = try await searchPeople(workspace, query: query, cursor: cursor, limit: limit)
    let ids = found.items.compactMap { $0["id"]?.string.flatMap { PersonID(text: $0) } }
    return try await perform { partition throws(Problem) in
      PeopleView(
        rows: partition.personRows(workspace, ids), total: partition.counts[workspace]?.people ?? 0, next: found.next)
    }
  }

  /// Some people of a segment, each with the reasons.
  package func segmentSampleView(
    _ workspace: WorkspaceID, _ key: String, limit: Int
  ) async throws(Problem) -> [SegmentMemberView] {
    let found = try await segmentPeople(workspace, key, cursor: nil, limit: limit)
    let ids = found.items.compactMap { $0["id"]?.string.flatMap { PersonID(text: $0) } }
    return try await perform { partition throws(Problem) in partition.members(workspace, key, ids) }
  }
}

extension Partition {
  fileprivate func personRows(_ workspace: WorkspaceID, _ ids: [PersonID]) -> [PersonRowView] {
    ids.compactMap { id in
      guard let slot = table.find(workspace, id), let state = loadState(slot) else { return nil }
      return PersonRowView(
        person: state.label, userID: state.userID ?? "", email: state.email ?? "", createdAt: state.createdAt,
        lastSeenAt: state.lastSeenAt, orders: state.orderCount)
    }
  }

  fileprivate func members(_ workspace: WorkspaceID, _ key: String, _ ids: [PersonID]) -> [SegmentMemberView] {
    guard let segment = definitions[workspace]?.segments[key], let engine = compiled[workspace],
      let names = symbols[workspace]
    else { return [] }
    return ids.compactMap { id in
      guard let slot = table.find(workspace, id), let state = loadState(slot) else { return nil }
      return SegmentMemberView(
        person: state.label,
        reasons: engine.definitions.segments.explain(segment.slot, state, now: now(), symbols: names))
    }
  }
}
