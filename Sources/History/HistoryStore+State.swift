/// What became of an item.
enum Admission {
  case taken
  /// Taken, and it filled the recent part, which now waits to be written.
  case takenAndCut
  /// Not taken: the recent part is full and as many full ones as allowed wait for the disk.
  case noRoom
}

extension HistoryStore.State {
  /// Takes one item unless the files hold it already; cuts when it fills the recent part.
  @inline(__always)
  mutating func add(
    _ position: UInt64, _ body: (inout HistoryStore.State, HistoryPosition) -> Void
  ) -> Admission {
    var cut = false
    if recent.isFull {
      guard freezeIfFull() else {
        status.waits += 1
        return .noRoom
      }
      cut = true
    }
    var place = HistoryPosition(position: position, items: 0)
    if let last {
      precondition(position >= last.position, "the history is appended to in the order of the log")
      if position == last.position { place.items = last.items + 1 }
    }
    last = place
    guard place >= resume else { return .taken }
    body(&self, place)
    if freezeIfFull() { cut = true }
    return cut ? .takenAndCut : .taken
  }

  /// Puts a full part aside and begins another; false if it is not full or too many wait already.
  @discardableResult
  mutating func freezeIfFull() -> Bool {
    guard recent.isFull, frozen.count < HistoryStore.frozenMax else { return false }
    frozen.append(recent)
    recent = RecentPart(firstSequence: recent.endSequence, limits: limits)
    return true
  }
}

/// How the history is doing.
public struct HistoryStatus: Hashable, Sendable {
  /// Rows in segments; rows of erased people count until `compact`.
  public var segmentRows = 0
  public var segments = 0
  public var segmentBytes = 0
  /// Rows in memory.
  public var recentRows = 0
  /// Redirects and erasures that some segment has not applied.
  public var pendingFates = 0
  /// How often `append` had to wait for the disk.
  public var waits = 0
  /// Why the last attempt to write failed; `nil` if it did not.
  public var failure: HistoryError?
}

extension HistoryStore {
  /// How the history is doing, for metrics and `doctor`.
  public var status: HistoryStatus {
    state.withLock { state in
      var status = state.status
      status.segments = state.segments.count
      status.segmentRows = state.segments.reduce(0) { $0 + $1.layout.rows }
      status.segmentBytes = state.segments.reduce(0) { $0 + $1.layout.fileBytes }
      status.recentRows = state.frozen.reduce(state.recent.count) { $0 + $1.count }
      status.pendingFates = state.fates.fates.count
      return status
    }
  }
}
