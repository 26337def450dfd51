import Dispatch
import RoostCore
import Synchronization

extension HistoryStore {
  /// Calls `body` with the events of the given names, person by person in ascending order and in the order of time for
  /// each, some thousand rows a call. It sees the moment of the call; what is appended meanwhile is not in it.
  ///
  /// - Parameter everyone: also visit the people without such events, with no rows.
  public func scan(
    _ symbols: SymbolSet, everyone: Bool = false, _ body: (ScanBatch) throws(HistoryError) -> Void
  ) throws(HistoryError) {
    let snapshot = ScanSnapshot(self, symbols: symbols, everyone: everyone)
    let scanner = SliceScanner(snapshot)
    for slice in snapshot.slices.indices {
      try body(try scanner.scan(slice))
      snapshot.releaseNowAndThen(slice)
    }
    snapshot.release()
  }

  /// Lets copies of `initial` (an empty accumulator) go over equal shares of the people on several threads, and joins
  /// them in the order of the people: the result does not depend on the number of threads if `join` is associative.
  public func scan<Accumulator: HistoryAccumulator>(
    _ symbols: SymbolSet, everyone: Bool = false, threads: Int = 2, into initial: Accumulator
  ) throws(HistoryError) -> Accumulator {
    let snapshot = ScanSnapshot(self, symbols: symbols, everyone: everyone)
    let count = max(1, min(threads, snapshot.slices.count))
    let results = Mutex([Result<Accumulator, HistoryError>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { thread in
      let slices = snapshot.slices.count
      let share = (thread * slices / count)..<((thread + 1) * slices / count)
      let result = Self.accumulate(snapshot, share, initial)
      results.withLock { $0[thread] = result }
    }
    snapshot.release()
    var total: Accumulator?
    for result in results.withLock({ $0 }) {
      guard let next = try result?.get() else { continue }
      if total == nil { total = next } else { total?.join(next) }
    }
    return total ?? initial
  }

  private static func accumulate<Accumulator: HistoryAccumulator>(
    _ snapshot: ScanSnapshot, _ slices: Range<Int>, _ initial: Accumulator
  ) -> Result<Accumulator, HistoryError> {
    var accumulator = initial
    let scanner = SliceScanner(snapshot)
    do throws(HistoryError) {
      for slice in slices {
        try accumulator.add(try scanner.scan(slice))
        snapshot.releaseNowAndThen(slice)
      }
      return .success(accumulator)
    } catch { return .failure(error) }
  }
}
