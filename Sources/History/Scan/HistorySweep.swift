import RoostCore

/// Everything that everybody did, as of one moment, cut into shares of some thousand rows that threads take as they like.
public final class HistorySweep: Sendable {
  private let snapshot: ScanSnapshot
  /// How many shares there are, people ascending.
  public var count: Int { snapshot.slices.count }
  /// Rows of all shares together.
  public let rows: Int
  /// What arrived from this number on is not in it.
  public let endArrival: UInt64

  public init(_ store: HistoryStore) {
    endArrival = store.state.withLock { $0.recent.endSequence }
    snapshot = ScanSnapshot(store, symbols: .all, everyone: false)
    rows = snapshot.segments.reduce(snapshot.recent.count) { $0 + $1.layout.rows }
  }

  /// Gives the mapped pages of all files back: now and then, so that they do not count as the process's memory.
  public func release() { snapshot.release() }

  /// A thread's own means of reading.
  public func reader() -> Reader { Reader(SliceScanner(snapshot)) }

  public final class Reader {
    private let scanner: SliceScanner
    init(_ scanner: SliceScanner) { self.scanner = scanner }

    /// One share; the batch is valid until the next call.
    public func read(_ share: Int) throws(HistoryError) -> ScanBatch { try scanner.scan(share) }
  }
}
