import RoostCore

/// Reads slices of the people, one after another, into batches; one per thread.
final class SliceScanner {
  private let snapshot: ScanSnapshot
  /// In the order of arrival, adopted rows behind their segment's own.
  private let sources: [SliceSource]
  private var people = GrowingColumn<PersonRun>()
  private var times = GrowingColumn<Int64>()
  private var symbols = GrowingColumn<UInt16>()
  private var kinds = GrowingColumn<UInt8>()
  private var places = GrowingColumn<ScanPlace>()
  private var sorting: [Row] = []

  /// A row while a person's rows are put in order.
  private struct Row {
    var time: Int64
    var arrival: UInt64
    var place: ScanPlace
    var symbol: UInt16
    var kind: UInt8
  }

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
    try read(from: first, to: end)
    people.removeAll()
    times.removeAll()
    symbols.removeAll()
    kinds.removeAll()
    places.removeAll()
    if sources.count == 1 { takeAll(of: sources[0]) } else { merge() }
    return ScanBatch(
      people: people.buffer, times: times.buffer, symbols: symbols.buffer, kinds: kinds.buffer,
      places: places.buffer, snapshot: snapshot)
  }

  private func read(from first: UInt64, to end: UInt64?) throws(HistoryError) {
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

  private func takeAll(of source: SliceSource) {
    for group in 0..<source.people.count {
      let start = times.count
      take(source, group)
      people.append(run(source.people[group], from: start))
    }
  }

  private func run(_ person: UInt64, from start: Int) -> PersonRun {
    PersonRun(person: PersonID(person), start: UInt32(start), end: UInt32(times.count))
  }

  /// Merges the sources' people; the lowest head is found by looking at all, since there are about a dozen.
  private func merge() {
    let count = sources.count
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { heads in
      for index in 0..<count { heads[index] = head(sources[index]) }
      while true {
        var person = UInt64.max
        var isDone = true
        for index in 0..<count where sources[index].head < sources[index].people.count {
          isDone = false
          person = min(person, heads[index])
        }
        if isDone { return }
        takePerson(person, heads)
      }
    }
  }

  @inline(__always)
  private func head(_ source: SliceSource) -> UInt64 {
    source.head < source.people.count ? source.people[source.head] : .max
  }

  @inline(__always)
  private func takePerson(_ person: UInt64, _ heads: UnsafeMutableBufferPointer<UInt64>) {
    let start = times.count
    var isSorted = true
    for index in 0..<heads.count where heads[index] == person {
      let source = sources[index]
      guard source.head < source.people.count else { continue }
      let seam = times.count
      take(source, source.head)
      // Later segments hold later arrivals, so equal times are in order; adopted rows are of the same arrivals as their
      // segment's own, and among themselves in the order of whence they came.
      if source.isAdopted {
        isSorted = false
      } else if seam > start, seam < times.count, times[seam] < times[seam - 1] {
        isSorted = false
      }
      source.head += 1
      heads[index] = head(source)
    }
    if !isSorted { sort(from: start) }
    people.append(run(person, from: start))
  }

  @inline(__always)
  private func take(_ source: SliceSource, _ group: Int) {
    let range = Int(source.starts[group])..<Int(source.starts[group + 1])
    guard source.source != ScanPlace.recent else { return takeRecent(source, range) }
    let segment = snapshot.segments[Int(source.source)]
    for index in range {
      let row = source.rows[index]
      times.append(segment.times[Int(row)])
      symbols.append(segment.symbols[Int(row)])
      kinds.append(segment.kinds[Int(row)])
      places.append(ScanPlace(source: source.source, row: row))
    }
  }

  private func takeRecent(_ source: SliceSource, _ range: Range<Int>) {
    for index in range {
      let number = source.rows[index]
      let row = snapshot.recent[Int(number)]
      times.append(row.time)
      symbols.append(row.symbol)
      kinds.append(row.kind)
      places.append(ScanPlace(source: ScanPlace.recent, row: number))
    }
  }

  /// Puts a person's rows in order, as late events and redirects demand.
  private func sort(from start: Int) {
    sorting.removeAll(keepingCapacity: true)
    for index in start..<times.count {
      let place = places[index]
      let arrival =
        place.source == ScanPlace.recent
        ? snapshot.recent[Int(place.row)].arrival : snapshot.segments[Int(place.source)].arrival(Int(place.row))
      sorting.append(
        Row(time: times[index], arrival: arrival, place: place, symbol: symbols[index], kind: kinds[index]))
    }
    sorting.sort { ($0.time, $0.arrival) < ($1.time, $1.arrival) }
    for (offset, row) in sorting.enumerated() {
      times[start + offset] = row.time
      symbols[start + offset] = row.symbol
      kinds[start + offset] = row.kind
      places[start + offset] = row.place
    }
  }
}
