import RoostCore

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
    let total = try Self.spread(snapshot, threads, initial, join: { $0.join($1) }) {
      accumulator, scanner, slice throws(HistoryError) in
      try accumulator.add(try scanner.scan(slice))
    }
    snapshot.release()
    return total
  }
}
