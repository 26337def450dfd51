/// Walks the people of several segments in the order of their owners, each person once.
struct PersonMerge {
  /// Some rows of one of the segments.
  struct Group {
    var source: Int
    var rows: Range<Int>
  }

  private struct Input {
    var segment: Segment
    var moves: SegmentMoves
    /// The next own person, the next to pass over, the next adopted.
    var index = 0
    var skip = 0
    var adopted = 0

    mutating func passOver() {
      while skip < moves.skipped.count, moves.skipped[skip] == index {
        skip += 1
        index += 1
      }
    }

    var owner: UInt64? {
      let own = index < segment.layout.people ? segment.people[index] : nil
      let other = adopted < moves.adopted.count ? moves.adopted[adopted].owner : nil
      guard let own else { return other }
      guard let other else { return own }
      return min(own, other)
    }
  }

  private var inputs: [Input]

  init(_ inputs: [(segment: Segment, moves: SegmentMoves)]) {
    self.inputs = inputs.map { Input(segment: $0.segment, moves: $0.moves) }
    for index in self.inputs.indices { self.inputs[index].passOver() }
  }

  /// Puts the next person's groups in place of `groups` and returns the person; `nil` at the end.
  mutating func next(_ groups: inout [Group]) -> UInt64? {
    groups.removeAll(keepingCapacity: true)
    var lowest: UInt64?
    for input in inputs {
      if let owner = input.owner, lowest.map({ owner < $0 }) ?? true { lowest = owner }
    }
    guard let person = lowest else { return nil }
    for source in inputs.indices { take(person, from: source, into: &groups) }
    return person
  }

  private mutating func take(_ person: UInt64, from source: Int, into groups: inout [Group]) {
    let segment = inputs[source].segment
    if inputs[source].index < segment.layout.people, segment.people[inputs[source].index] == person {
      groups.append(Group(source: source, rows: segment.rows(at: inputs[source].index)))
      inputs[source].index += 1
      inputs[source].passOver()
    }
    while inputs[source].adopted < inputs[source].moves.adopted.count {
      let adoption = inputs[source].moves.adopted[inputs[source].adopted]
      guard adoption.owner == person else { return }
      groups.append(Group(source: source, rows: segment.rows(at: adoption.index)))
      inputs[source].adopted += 1
    }
  }
}
