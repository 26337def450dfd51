/// The people of a segment whose rows, by fates that came after it, belong to others or to nobody.
struct SegmentMoves: Sendable {
  struct Adoption: Sendable {
    var owner: UInt64
    /// The person's place in the directory.
    var index: Int
  }

  /// Places in the directory to pass over, ascending.
  var skipped: [Int] = []
  /// What of them goes on under another id, sorted by owner and place.
  var adopted: [Adoption] = []

  static let none = SegmentMoves()

  /// What the fates before `end` mean for the segment.
  init(of segment: Segment, under fates: FateTable, until end: UInt64) {
    let pending = fates.fates(in: segment.layout.endSequence..<max(end, segment.layout.endSequence))
    guard !pending.isEmpty, segment.layout.people > 0 else { return }
    var last: UInt64?
    for person in pending.map(\.person).sorted() where person != last {
      last = person
      let index = segment.lowerBound(person)
      guard index < segment.layout.people, segment.people[index] == person else { continue }
      let owner = fates.owner(of: person, from: segment.layout.endSequence, until: end)
      if owner == person { continue }
      skipped.append(index)
      if let owner { adopted.append(Adoption(owner: owner, index: index)) }
    }
    adopted.sort { ($0.owner, $0.index) < ($1.owner, $1.index) }
  }

  /// Passes over the erased people alone: redirects wait for the next merge, so that the bytes do not depend on when
  /// somebody asked for a compaction.
  init(erasedIn segment: Segment, under fates: FateTable, until end: UInt64) {
    let moves = SegmentMoves(of: segment, under: fates, until: end)
    let kept = Set(moves.adopted.map(\.index))
    skipped = moves.skipped.filter { !kept.contains($0) }
  }

  private init() {}
}
