/// The fates that some segment or the recent part has not applied yet, in the order in which they came.
struct FateTable: Sendable {
  /// Ascending by sequence.
  private(set) var fates: [Fate] = []
  /// Per fate: 1 + the index of the same person's previous fate, and of the previous redirect to the same target.
  private var previousOf: [UInt32] = []
  private var previousInto: [UInt32] = []
  private var ends: [UInt64: Ends] = [:]

  /// 1 + the index of the last fate of a person, and of the last redirect into it.
  private struct Ends {
    var of: UInt32 = 0
    var into: UInt32 = 0
  }

  init() {}

  init(_ fates: some Sequence<Fate>) {
    for fate in fates { append(fate) }
  }

  var isEmpty: Bool { fates.isEmpty }

  mutating func append(_ fate: Fate) {
    precondition(fates.last.map { $0.sequence < fate.sequence } ?? true && fate.target != fate.person)
    fates.append(fate)
    let link = UInt32(fates.count)
    previousOf.append(ends[fate.person]?.of ?? 0)
    ends[fate.person, default: Ends()].of = link
    guard let target = fate.target else { return previousInto.append(0) }
    previousInto.append(ends[target]?.into ?? 0)
    ends[target, default: Ends()].into = link
  }

  /// Forgets what every segment has applied.
  mutating func removeAll(before sequence: UInt64) {
    guard let first = fates.first, first.sequence < sequence else { return }
    self = FateTable(fates[index(of: sequence)...])
  }

  /// The fates with `range.lowerBound <= sequence < range.upperBound`.
  func fates(in range: Range<UInt64>) -> ArraySlice<Fate> {
    fates[index(of: range.lowerBound)..<index(of: range.upperBound)]
  }

  private func index(of sequence: UInt64) -> Int {
    var low = 0
    var high = fates.count
    while low < high {
      let middle = (low + high) / 2
      if fates[middle].sequence < sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Who has at `end` what lay with `person` at `start`; `nil` if it was erased.
  func owner(of person: UInt64, from start: UInt64, until end: UInt64 = .max) -> UInt64? {
    var owner = person
    var since = start
    while let fate = firstFate(of: owner, in: since..<end) {
      guard let target = fate.target else { return nil }
      owner = target
      since = fate.sequence + 1
    }
    return owner
  }

  private func firstFate(of person: UInt64, in range: Range<UInt64>) -> Fate? {
    var link = ends[person]?.of ?? 0
    var found: Fate?
    while link != 0 {
      let fate = fates[Int(link) - 1]
      if fate.sequence < range.lowerBound { break }
      if fate.sequence < range.upperBound { found = fate }
      link = previousOf[Int(link) - 1]
    }
    return found
  }
}

/// Rows that belong to a person now and lie under an id: those that were there from `start` on and, at `end`, went over
/// (`end` is `.max` for the person's own id). A row of the recent part counts by its own arrival, a row of a segment by
/// the segment's end, since all fates before that are applied in it.
struct Holding: Equatable, Sendable {
  var person: UInt64
  var start: UInt64
  var end: UInt64

  func holds(arrival: UInt64) -> Bool { start <= arrival && arrival < end }
  func holds(segmentEnd: UInt64) -> Bool { start <= segmentEnd && segmentEnd <= end }
}

extension FateTable {
  /// Where to look for all that belongs to `person` now.
  func holdings(of person: UInt64) -> [Holding] {
    var holdings: [Holding] = []
    var open = [(person: person, end: UInt64.max)]
    while let (id, end) = open.popLast() {
      let start = lastFate(of: id, before: end).map { $0 + 1 } ?? 0
      holdings.append(Holding(person: id, start: start, end: end))
      var link = ends[id]?.into ?? 0
      while link != 0 {
        let fate = fates[Int(link) - 1]
        if fate.sequence < start { break }
        if fate.sequence < end { open.append((fate.person, fate.sequence)) }
        link = previousInto[Int(link) - 1]
      }
    }
    return holdings
  }

  private func lastFate(of person: UInt64, before end: UInt64) -> UInt64? {
    var link = ends[person]?.of ?? 0
    while link != 0 {
      let fate = fates[Int(link) - 1]
      if fate.sequence < end { return fate.sequence }
      link = previousOf[Int(link) - 1]
    }
    return nil
  }
}
