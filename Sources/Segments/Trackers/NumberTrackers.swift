import Profiles
import RoostCore

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

/// A sum over all time: one number of millionths. It wraps rather than saturates, since a sum must not depend on the
/// order of its parts; with single amounts cut at ±10¹² that takes ten million of them.
enum TotalTracker {
  static func add(_ micros: Int64, to slot: UInt32, in trackers: inout Trackers) {
    CountTracker.add(micros, to: slot, in: &trackers)
  }
}
