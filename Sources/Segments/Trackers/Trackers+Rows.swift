import Profiles
import RoostCore

extension Trackers {
  /// Where a slot's row is, or would be.
  struct Place {
    var row: Int
    var start: Int
    var count: Int
  }

  @inline(__always)
  func place(of slot: UInt32) -> Place {
    rows.withUnsafeBufferPointer { rows in
      var start = 0
      var index = 0
      while index < rows.count {
        let row = rows[index]
        if row.slot >= slot {
          return Place(row: index, start: start, count: row.slot == slot ? Int(row.count) : 0)
        }
        start &+= Int(row.count)
        index &+= 1
      }
      return Place(row: index, start: start, count: 0)
    }
  }

  /// Inserts `numbers` at an offset of a row, making the row if there is none.
  mutating func insert(_ numbers: some Collection<Int64>, at offset: Int, in place: Place, slot: UInt32) {
    values.insert(contentsOf: numbers, at: place.start + offset)
    if place.count == 0 {
      rows.insert(Row(slot: slot, count: UInt32(numbers.count)), at: place.row)
    } else {
      rows[place.row].count += UInt32(numbers.count)
    }
  }

  /// Removes numbers at the beginning of a row, and the row if nothing is left.
  mutating func dropFirst(_ count: Int, in place: Place) {
    guard count > 0 else { return }
    values.removeSubrange(place.start..<(place.start + count))
    if count == place.count { rows.remove(at: place.row) } else { rows[place.row].count -= UInt32(count) }
  }
}

/// Two numbers as a collection, without an array's allocation.
struct CollectionOfTwo: RandomAccessCollection {
  let first: Int64
  let second: Int64
  init(_ first: Int64, _ second: Int64) {
    self.first = first
    self.second = second
  }
  var startIndex: Int { 0 }
  var endIndex: Int { 2 }
  subscript(index: Int) -> Int64 { index == 0 ? first : second }
}
