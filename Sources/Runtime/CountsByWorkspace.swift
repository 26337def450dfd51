import RoostCore

/// The counts of every workspace. Nearly every event changes some, and they are changed where they lie: a dictionary
/// would hash the workspace anew and count a dozen lists out and in again for each.
struct CountsByWorkspace: Sequence {
  private var places: [WorkspaceID: Int] = [:]
  /// Never `nil` but while one is changed: an optional, so that `counts[workspace]?.add(…)` changes it in place.
  private var rows: [(key: WorkspaceID, value: WorkspaceCounts?)] = []
  /// Where the workspace that was changed last lies: the next event is mostly of the same.
  private var last = 0

  /// `nil` for a workspace that was never counted for.
  subscript(workspace: WorkspaceID) -> WorkspaceCounts? {
    get { places[workspace].flatMap { rows[$0].value } }
    _modify {
      if let place = place(of: workspace) {
        yield &rows[place].value
      } else {
        var counts: WorkspaceCounts?
        yield &counts
        if let counts { _ = insert(workspace, counts) }
      }
    }
  }

  subscript(workspace: WorkspaceID, default none: @autoclosure () -> WorkspaceCounts) -> WorkspaceCounts {
    get { self[workspace] ?? none() }
    _modify {
      let place = place(of: workspace) ?? insert(workspace, none())
      yield &rows[place].value!
    }
  }

  func makeIterator() -> some IteratorProtocol<(key: WorkspaceID, value: WorkspaceCounts)> {
    rows.lazy.compactMap { row in row.value.map { (key: row.key, value: $0) } }.makeIterator()
  }

  @inline(__always)
  private mutating func place(of workspace: WorkspaceID) -> Int? {
    if last < rows.count, rows[last].key == workspace { return last }
    guard let place = places[workspace] else { return nil }
    last = place
    return place
  }

  private mutating func insert(_ workspace: WorkspaceID, _ counts: WorkspaceCounts) -> Int {
    rows.append((workspace, counts))
    places[workspace] = rows.count - 1
    return rows.count - 1
  }
}
