/// What segments' conditions have to remember of a person: for each tracker slot a run of numbers, whose meaning
/// `Segments` knows. Two flat lists, since a person is decoded for every batch it appears in.
@frozen
public struct Trackers: Sendable, Equatable {
  @frozen
  public struct Row: Sendable, Equatable {
    /// The tracker's slot in the workspace's definitions.
    public var slot: UInt32
    /// How many of `values` are this row's; they follow those of the rows before.
    public var count: UInt32
    @inlinable
    public init(slot: UInt32, count: UInt32) {
      self.slot = slot
      self.count = count
    }
  }
  /// Sorted by slot; a tracker without numbers has no row.
  public var rows: [Row] = []
  public var values: [Int64] = []

  @inlinable
  public init() {}

  /// Where a slot's numbers lie in `values`; empty (at the place where they would lie) if there are none.
  @inlinable
  public func range(of slot: UInt32) -> Range<Int> {
    var start = 0
    for row in rows {
      if row.slot >= slot {
        return row.slot == slot ? start..<(start &+ Int(row.count)) : start..<start
      }
      start &+= Int(row.count)
    }
    return start..<start
  }

  /// Calls `body` with a slot's numbers in place.
  @inlinable
  @inline(__always)
  public func withNumbers<Answer>(of slot: UInt32, _ body: (UnsafeBufferPointer<Int64>) -> Answer) -> Answer {
    let range = rows.withUnsafeBufferPointer { rows -> Range<Int> in
      var start = 0
      var index = 0
      while index < rows.count, rows[index].slot < slot {
        start &+= Int(rows[index].count)
        index &+= 1
      }
      let count = index < rows.count && rows[index].slot == slot ? Int(rows[index].count) : 0
      return start..<(start &+ count)
    }
    return values.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  /// Puts `numbers` in place of the slot's present ones.
  public mutating func replace(_ slot: UInt32, with numbers: some Collection<Int64>) {
    values.replaceSubrange(range(of: slot), with: numbers)
    let index = rows.firstIndex { $0.slot >= slot } ?? rows.count
    let exists = index < rows.count && rows[index].slot == slot
    if numbers.isEmpty {
      if exists { rows.remove(at: index) }
    } else if exists {
      rows[index].count = UInt32(numbers.count)
    } else {
      rows.insert(Row(slot: slot, count: UInt32(numbers.count)), at: index)
    }
  }
}
