import RoostCore

/// Reads slices of the people, one after another, into batches; one per thread.
final class SliceScanner {
  private let snapshot: ScanSnapshot
  /// In the order of arrival, adopted rows behind their segment's own.
  private let sources: [SliceSource]
  private let columns = BatchColumns()

  init(_ snapshot: ScanSnapshot) {
    self.snapshot = snapshot
    var sources: [SliceSource] = []
    for index in snapshot.segments.indices {
      sources.append(SliceSource(source: UInt32(index), isAdopted: false))
      if !snapshot.moves[index].adopted.isEmpty { sources.append(SliceSource(source: UInt32(index), isAdopted: true)) }
    }
    if !snapshot.recent.isEmpty { sources.append(SliceSource(source: ScanPlace.recent, isAdopted: false)) }
    self.sources = sources
  }

  /// The batch of one slice.
  func scan(_ slice: Int) throws(HistoryError) -> ScanBatch {
    let first = snapshot.slices[slice]
    let end = slice + 1 < snapshot.slices.count ? snapshot.slices[slice + 1] : nil
    try read(sources, from: first, to: end)
    withUnsafeTemporaryAllocation(of: SliceCursor.self, capacity: max(1, sources.count)) { cursors in
      var rows = 0
      var people = 0
      for (index, source) in sources.enumerated() {
        cursors.initializeElement(at: index, to: source.cursor(in: snapshot))
        rows += source.rows.count
        people += source.people.count
      }
      columns.reserve(rows: rows, people: people)
      var merge = SliceMerge(cursors: cursors.baseAddress!, count: sources.count, columns: columns)
      merge.run(snapshot)
      columns.setCounts(rows: merge.rows, people: merge.people)
    }
    return columns.batch(of: snapshot)
  }

  /// Gives a slice's groups to a tally, source by source.
  func tally(_ slice: Int, after: Int64, into tally: inout some HistoryTally) throws(HistoryError) {
    let end = slice + 1 < snapshot.slices.count ? snapshot.slices[slice + 1] : nil
    let wanted = sources.filter { snapshot.span(of: $0.source).upperBound > after }
    try read(wanted, from: snapshot.slices[slice], to: end)
    for source in wanted where source.people.count > 0 { tally.add(ScanGroups(source, in: snapshot)) }
    tally.endPeople()
  }

  private func read(_ sources: [SliceSource], from first: UInt64, to end: UInt64?) throws(HistoryError) {
    let failure: HistoryError? = snapshot.symbols.flags.withUnsafeBufferPointer { flags in
      do throws(HistoryError) {
        for source in sources { try read(source, from: first, to: end, flags: flags.baseAddress!) }
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }

  private func read(
    _ source: SliceSource, from first: UInt64, to end: UInt64?, flags: UnsafePointer<UInt8>
  ) throws(HistoryError) {
    guard source.source != ScanPlace.recent else { return source.read(recent: snapshot, from: first, to: end) }
    let segment = snapshot.segments[Int(source.source)]
    let moves = snapshot.moves[Int(source.source)]
    if source.isAdopted {
      try source.read(
        adoptedBy: moves, of: segment, from: first, to: end, flags: flags, everyone: snapshot.everyone)
    } else {
      try source.read(segment, moves: moves, from: first, to: end, flags: flags, everyone: snapshot.everyone)
    }
  }
}

/// The columns of a batch, used again for each slice.
final class BatchColumns {
  var people = GrowingColumn<PersonRun>()
  var times = GrowingColumn<Int64>()
  var symbols = GrowingColumn<UInt16>()
  var kinds = GrowingColumn<UInt8>()
  var places = GrowingColumn<ScanPlace>()

  func reserve(rows: Int, people count: Int) {
    setCounts(rows: 0, people: 0)
    people.reserve(count)
    times.reserve(rows)
    symbols.reserve(rows)
    kinds.reserve(rows)
    places.reserve(rows)
  }

  func setCounts(rows: Int, people count: Int) {
    people.setCount(count)
    times.setCount(rows)
    symbols.setCount(rows)
    kinds.setCount(rows)
    places.setCount(rows)
  }

  func batch(of snapshot: ScanSnapshot) -> ScanBatch {
    ScanBatch(
      people: people.buffer, times: times.buffer, symbols: symbols.buffer, kinds: kinds.buffer,
      places: places.buffer, snapshot: snapshot)
  }
}
