import Profiles
import RoostCore

/// What a sequence remembers: one number of flags, then the latest occurrences of its events, packed and sorted as
/// `SequenceSearch` says. Without `not` a sequence that was once finished is finished for ever and forgets them.
enum SequenceTracker {
  /// Of more occurrences the oldest is forgotten; whether it began a finished sequence is decided then, for good.
  static let occurrencesMax = 256
  static let isTrue: Int64 = 1
  static let isDecided: Int64 = 2

  static func add(
    _ time: Int64, _ mask: Int64, to slot: UInt32, _ search: SequenceSearch, in trackers: inout Trackers
  ) {
    let entry = SequenceSearch.pack(time, mask)
    let place = trackers.place(of: slot)
    guard place.count > 0 else {
      trackers.insert(CollectionOfTwo(0, entry), at: 0, in: place, slot: slot)
      return
    }
    guard trackers.values[place.start] & isDecided == 0 else { return }
    var offset = place.count
    while offset > 1, trackers.values[place.start + offset - 1] > entry { offset -= 1 }
    trackers.insert(CollectionOfOne(entry), at: offset, in: place, slot: slot)
    settle(slot, search, added: (time, mask), in: &trackers)
  }

  /// Brings the flags up to date after an occurrence was added, or several (`nil`).
  static func settle(
    _ slot: UInt32, _ search: SequenceSearch, added: (time: Int64, mask: Int64)?, in trackers: inout Trackers
  ) {
    let place = trackers.place(of: slot)
    let wasTrue = trackers.values[place.start] & isTrue != 0
    let (isFinished, isSettled) = trackers.values.withUnsafeBufferPointer { values -> (Bool, Bool) in
      let entries = UnsafeBufferPointer(rebasing: values[(place.start + 1)..<(place.start + place.count)])
      return (finished(wasTrue, search, added: added, entries), surplusDecides(search, entries))
    }
    if isSettled || (isFinished && !search.hasWithout) {
      trackers.replace(slot, with: CollectionOfOne(isTrue | isDecided))
      return
    }
    trackers.values[place.start] = isFinished ? isTrue : 0
    let surplus = place.count - 1 - occurrencesMax
    guard surplus > 0 else { return }
    trackers.values.removeSubrange((place.start + 1)..<(place.start + 1 + surplus))
    trackers.rows[place.row].count -= UInt32(surplus)
  }

  private static func finished(
    _ wasTrue: Bool, _ search: SequenceSearch, added: (time: Int64, mask: Int64)?, _ entries: UnsafeBufferPointer<Int64>
  ) -> Bool {
    guard let added else { return search.isFound(in: entries, earliest: .min, latest: .max) }
    if wasTrue {
      let isHarmless = added.mask & SequenceSearch.withoutBit == 0
      return isHarmless || search.isFound(in: entries, earliest: .min, latest: .max)
    }
    guard added.mask & SequenceSearch.stepBits != 0, search.mayEnd(in: entries, notBefore: added.time) else {
      return false
    }
    // A sequence finished by this occurrence holds it, so it began at most a window earlier.
    let (earliest, overflow) = added.time.subtractingReportingOverflow(search.window)
    return search.isFound(in: entries, earliest: overflow ? .min : earliest, latest: added.time)
  }

  private static func surplusDecides(_ search: SequenceSearch, _ entries: UnsafeBufferPointer<Int64>) -> Bool {
    guard entries.count > occurrencesMax else { return false }
    let lastForgotten = entries[entries.count - occurrencesMax - 1]
    return search.isFound(in: entries, earliest: .min, latest: SequenceSearch.time(lastForgotten))
  }

  /// Takes the occurrences of the same slot of another person.
  static func merge(
    _ other: ArraySlice<Int64>, into slot: UInt32, _ search: SequenceSearch, in trackers: inout Trackers
  ) {
    let mine = trackers.values[trackers.range(of: slot)]
    if (mine.first ?? 0) & isDecided != 0 { return }
    if (other.first ?? 0) & isDecided != 0 || mine.isEmpty {
      trackers.replace(slot, with: other)
      return
    }
    let entries = (Array(mine.dropFirst()) + other.dropFirst()).sorted()
    trackers.replace(slot, with: [0] + entries)
    settle(slot, search, added: nil, in: &trackers)
  }
}
