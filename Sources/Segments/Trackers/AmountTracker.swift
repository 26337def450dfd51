import Profiles
import RoostCore

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
