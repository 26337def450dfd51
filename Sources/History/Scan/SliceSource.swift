/// The rows that one source contributes to a slice: groups of rows by person, people ascending.
final class SliceSource {
  /// The segment's number in the snapshot, or `ScanPlace.recent`.
  let source: UInt32
  /// Rows that other people's ids held: they are no later than the segment's own.
  let isAdopted: Bool
  var people = GrowingColumn<UInt64>()
  /// Where each person's rows begin in `rows`; one more than `people` once the slice is read.
  var starts = GrowingColumn<UInt32>()
  var rows = GrowingColumn<UInt32>()

  init(source: UInt32, isAdopted: Bool) {
    self.source = source
    self.isAdopted = isAdopted
  }

  func reset() {
    people.removeAll()
    starts.removeAll()
    rows.removeAll()
  }

  private func begin(_ person: UInt64) {
    people.append(person)
    starts.append(UInt32(rows.count))
  }

  /// The segment's own people from the first id up to, not including, the second (`nil`: to the end).
  func read(
    _ segment: Segment, moves: SegmentMoves, from first: UInt64, to end: UInt64?,
    flags: UnsafePointer<UInt8>, everyone: Bool
  ) throws(HistoryError) {
    reset()
    let low = segment.lowerBound(first)
    let high = end.map { segment.lowerBound($0) } ?? segment.layout.people
    if low < high {
      try filter(segment, Int(segment.firstRows[low])..<Int(segment.firstRows[high]), flags)
      if everyone { groupEveryone(segment, low..<high) } else { group(segment, from: low) }
      if !moves.skipped.isEmpty { drop(moves, of: segment) }
    }
    starts.append(UInt32(rows.count))
  }

  /// Appends the numbers of the rows whose symbol is looked for. Branchless: each row is written, and counted if it
  /// matches; a branch would be mispredicted at every other match.
  private func filter(_ segment: Segment, _ range: Range<Int>, _ flags: UnsafePointer<UInt8>) throws(HistoryError) {
    try segment.verify(.symbols, rows: range, width: 2)
    try segment.verify(.times, rows: range, width: 8)
    try segment.verify(.arrivals, rows: range, width: 4)
    try segment.verify(.kinds, rows: range, width: 1)
    rows.reserve(rows.count + range.count)
    let symbols = segment.symbols
    let out = rows.base
    var count = rows.count
    for row in range {
      out[count] = UInt32(truncatingIfNeeded: row)
      count &+= Int(flags[Int(symbols[row])])
    }
    rows.setCount(count)
  }

  /// Finds whose the matching rows are by walking along the directory.
  private func group(_ segment: Segment, from low: Int) {
    let count = rows.count
    people.reserve(count)
    starts.reserve(count + 1)
    let (matches, directory, firstRows) = (rows.base, segment.people, segment.firstRows)
    let (outPeople, outStarts) = (people.base, starts.base)
    var person = low
    var end: UInt32 = 0
    var groups = 0
    var index = 0
    while index < count {
      let row = matches[index]
      if row >= end {
        while firstRows[person &+ 1] <= row { person &+= 1 }
        end = firstRows[person &+ 1]
        outPeople[groups] = directory[person]
        outStarts[groups] = UInt32(truncatingIfNeeded: index)
        groups &+= 1
      }
      index &+= 1
    }
    people.setCount(groups)
    starts.setCount(groups)
  }

  private func groupEveryone(_ segment: Segment, _ range: Range<Int>) {
    var index = 0
    for person in range {
      people.append(segment.people[person])
      starts.append(UInt32(index))
      let end = segment.firstRows[person + 1]
      while index < rows.count, rows[index] < end { index += 1 }
    }
  }

  /// Empties the groups of people whose rows lie elsewhere now, and takes them off the list.
  private func drop(_ moves: SegmentMoves, of segment: Segment) {
    var skip = moves.skipped.partitioningIndex { segment.people[$0] >= people.first }
    var kept = 0
    var keptRows = 0
    let groups = people.count
    for group in 0..<groups {
      let person = people[group]
      let first = Int(starts[group])
      let last = group + 1 < groups ? Int(starts[group + 1]) : rows.count
      while skip < moves.skipped.count, segment.people[moves.skipped[skip]] < person { skip += 1 }
      if skip < moves.skipped.count, segment.people[moves.skipped[skip]] == person { continue }
      people[kept] = person
      starts[kept] = UInt32(keptRows)
      for row in first..<last {
        rows[keptRows] = rows[row]
        keptRows += 1
      }
      kept += 1
    }
    people.setCount(kept)
    starts.setCount(kept)
    rows.setCount(keptRows)
  }

  /// The rows that went to people of the slice from others.
  func read(
    adoptedBy moves: SegmentMoves, of segment: Segment, from first: UInt64, to end: UInt64?,
    flags: UnsafePointer<UInt8>, everyone: Bool
  ) throws(HistoryError) {
    reset()
    var index = moves.adopted.partitioningIndex { $0.owner >= first }
    while index < moves.adopted.count {
      let adoption = moves.adopted[index]
      if let end, adoption.owner >= end { break }
      let before = rows.count
      try filter(segment, segment.rows(at: adoption.index), flags)
      let isNew = people.count == 0 || people[people.count - 1] != adoption.owner
      if isNew, everyone || rows.count > before {
        people.append(adoption.owner)
        starts.append(UInt32(before))
      }
      index += 1
    }
    starts.append(UInt32(rows.count))
  }

  /// The rows in memory.
  func read(recent snapshot: ScanSnapshot, from first: UInt64, to end: UInt64?) {
    reset()
    let high = end.map { snapshot.recentIndex($0) } ?? snapshot.recent.count
    for index in snapshot.recentIndex(first)..<high {
      let row = snapshot.recent[index]
      if people.count == 0 || people[people.count - 1] != row.owner { begin(row.owner) }
      if snapshot.symbols.flags[Int(row.symbol)] != 0 { rows.append(UInt32(index)) }
    }
    starts.append(UInt32(rows.count))
  }
}

extension GrowingColumn<UInt64> {
  /// The first element; the largest id if there is none.
  fileprivate var first: UInt64 { count > 0 ? self[0] : .max }
}

extension Array {
  /// The index of the first element for which `isBehind` holds; it holds for all after that one.
  func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
