import Profiles
import RoostCore

extension Trackers {
  /// Where a slot's row is, or would be.
  struct Place {
    var row: Int
    var start: Int
    var count: Int
  }

  func place(of slot: UInt32) -> Place {
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

/// How often: one number.
enum CountTracker {
  static func add(_ count: Int64, to slot: UInt32, in trackers: inout Trackers) {
    let place = trackers.place(of: slot)
    if place.count == 0 {
      trackers.insert(CollectionOfOne(count), at: 0, in: place, slot: slot)
    } else {
      trackers.values[place.start] &+= count
    }
  }
}

/// When first: one time.
enum FirstTracker {
  static func add(_ time: Int64, to slot: UInt32, in trackers: inout Trackers) {
    let place = trackers.place(of: slot)
    if place.count == 0 {
      trackers.insert(CollectionOfOne(time), at: 0, in: place, slot: slot)
    } else if time < trackers.values[place.start] {
      trackers.values[place.start] = time
    }
  }
}

/// When lately: the most recent times, in order. Windowed counts and last occurrences rest on them.
enum RecentTracker {
  /// A count within a window is compared with less than this.
  static let timesMax = 256

  /// The capacity of a tracker that must know `times` times: a power of two, so that similar conditions share one.
  static func capacity(_ times: Int64) -> Int64 {
    var capacity: Int64 = 1
    while capacity < times { capacity *= 2 }
    return capacity
  }

  static func add(_ time: Int64, to slot: UInt32, capacity: Int, in trackers: inout Trackers) {
    let place = trackers.place(of: slot)
    var offset = place.count
    while offset > 0, trackers.values[place.start + offset - 1] > time { offset -= 1 }
    if place.count < capacity {
      trackers.insert(CollectionOfOne(time), at: offset, in: place, slot: slot)
    } else if offset > 0 {
      for index in place.start..<(place.start + offset - 1) { trackers.values[index] = trackers.values[index + 1] }
      trackers.values[place.start + offset - 1] = time
    }
  }
}

/// A sum over all time: one number of millionths. It wraps rather than saturates, since a sum must not depend on the
/// order of its parts; with single amounts cut at ±10¹² that takes ten million of them.
enum TotalTracker {
  static func add(_ micros: Int64, to slot: UInt32, in trackers: inout Trackers) {
    CountTracker.add(micros, to: slot, in: &trackers)
  }
}

/// Amounts with their times, sorted by time, then amount: the most recent ones, for sums within a window.
enum AmountTracker {
  /// Of more occurrences within a window only the latest so many are summed.
  static let amountsMax = 1_024
  private static let bound = 1e12

  /// A property's amount in millionths; `nil` if it is no number.
  static func micros(_ number: Double?) -> Int64? {
    guard let number, !number.isNaN else { return nil }
    return Micros(max(-bound, min(bound, number))).count
  }

  static func add(_ time: Int64, _ micros: Int64, to slot: UInt32, in trackers: inout Trackers) {
    var place = trackers.place(of: slot)
    var offset = place.count
    while offset > 0 {
      let earlier = trackers.values[place.start + offset - 2]
      if earlier < time || (earlier == time && trackers.values[place.start + offset - 1] <= micros) { break }
      offset -= 2
    }
    if place.count == 2 * amountsMax {
      guard offset > 0 else { return }
      trackers.dropFirst(2, in: place)
      place.count -= 2
      offset -= 2
    }
    trackers.insert(CollectionOfTwo(time, micros), at: offset, in: place, slot: slot)
  }

  /// Forgets what no window reaches any more.
  static func prune(_ slot: UInt32, notAfter time: Int64, in trackers: inout Trackers) {
    let place = trackers.place(of: slot)
    var offset = 0
    while offset < place.count, trackers.values[place.start + offset] <= time { offset += 2 }
    trackers.dropFirst(offset, in: place)
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
