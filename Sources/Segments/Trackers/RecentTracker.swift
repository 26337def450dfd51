import Profiles
import RoostCore

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
      trackers.values.withUnsafeMutableBufferPointer { values in
        for index in place.start..<(place.start + offset - 1) { values[index] = values[index + 1] }
        values[place.start + offset - 1] = time
      }
    }
  }
}
