import Dispatch
import Synchronization

/// Rows of one source of a scan, by person. Other sources may have more of the same people: an earlier or later file, or
/// the memory. Valid only inside the call that receives it.
public struct ScanGroups {
  /// Ascending.
  public let people: UnsafeBufferPointer<UInt64>
  /// Where each person's rows begin in `rows`; one more than `people`.
  public let starts: UnsafePointer<UInt32>
  /// Places in the columns that follow.
  public let rows: UnsafePointer<UInt32>
  /// Milliseconds since 1970, as in `Instant`.
  public let times: UnsafePointer<Int64>
  /// The events' names, as in `Symbol`.
  public let symbols: UnsafePointer<UInt16>
  /// `EventKind`'s raw values.
  public let kinds: UnsafePointer<UInt8>
  /// No row's time is outside of these.
  public let span: ClosedRange<Int64>

  init(_ source: SliceSource, in snapshot: ScanSnapshot) {
    let cursor = source.cursor(in: snapshot)
    people = source.people.buffer
    starts = cursor.starts
    rows = cursor.rows
    times = cursor.times
    symbols = cursor.symbols
    kinds = cursor.kinds
    span = snapshot.span(of: source.source)
  }
}

/// Computes something over all people to which neither the order of a person's events matters nor where they come from: the
/// rows need not be merged then, which is most of a scan's work. On several threads, as `HistoryAccumulator`.
public protocol HistoryTally: Sendable {
  mutating func add(_ groups: ScanGroups)
  /// Everything of the people who were added since the last call has been; those that follow have larger ids.
  mutating func endPeople()
  /// Takes over what was computed for the people that follow.
  mutating func join(_ following: Self)
}

extension ScanSnapshot {
  func span(of source: UInt32) -> ClosedRange<Int64> {
    guard source != ScanPlace.recent else { return .min ... .max }
    let layout = segments[Int(source)].layout
    return layout.earliest <= layout.latest ? layout.earliest...layout.latest : .min ... .max
  }
}

extension HistoryStore {
  /// Lets copies of `initial` (an empty tally) go over equal shares of the people who have events of the given names, on
  /// several threads, and joins them in the order of the people.
  ///
  /// - Parameter after: files that have nothing later than this are passed over; other rows may be as old.
  public func scan<Tally: HistoryTally>(
    _ symbols: SymbolSet, after: Int64, threads: Int = 2, tallying initial: Tally
  ) throws(HistoryError) -> Tally {
    let snapshot = ScanSnapshot(self, symbols: symbols, everyone: false)
    let total = try Self.spread(snapshot, threads, initial, join: { $0.join($1) }) {
      tally, scanner, slice throws(HistoryError) in
      try scanner.tally(slice, after: after, into: &tally)
    }
    snapshot.release()
    return total
  }

  /// Lets copies of `initial` go over equal shares of the slices on several threads, and joins them in order.
  static func spread<Share: Sendable>(
    _ snapshot: ScanSnapshot, _ threads: Int, _ initial: Share, join: (inout Share, Share) -> Void,
    _ add: @Sendable (inout Share, SliceScanner, Int) throws(HistoryError) -> Void
  ) throws(HistoryError) -> Share {
    let count = max(1, min(threads, snapshot.slices.count))
    let results = Mutex([Result<Share, HistoryError>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { thread in
      let slices = snapshot.slices.count
      var share = initial
      let scanner = SliceScanner(snapshot)
      var failure: HistoryError?
      do throws(HistoryError) {
        for slice in (thread * slices / count)..<((thread + 1) * slices / count) {
          try add(&share, scanner, slice)
          snapshot.releaseNowAndThen(slice)
        }
      } catch { failure = error }
      let result: Result<Share, HistoryError> = failure.map { .failure($0) } ?? .success(share)
      results.withLock { $0[thread] = result }
    }
    var total: Share?
    for result in results.withLock({ $0 }) {
      guard let next = try result?.get() else { continue }
      if total == nil { total = next } else { join(&total!, next) }
    }
    return total ?? initial
  }
}
