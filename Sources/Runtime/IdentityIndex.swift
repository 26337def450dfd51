import Profiles
import RoostCore

/// Which person an identifier belongs to: 128-bit keys in one flat table of 24 bytes an entry.
///
/// It is made anew at start from the people's own identifiers, so it needs no storage of its own.
/// Owned by the committer's thread.
struct IdentityIndex {
  private struct Entry {
    var high: UInt64 = 0
    var low: UInt64 = 0
    /// Slot number + 1; 0 where free.
    var slot: UInt64 = 0
  }
  private var entries: [Entry] = Array(repeating: Entry(), count: 1 << 10)
  private(set) var count = 0

  private func place(of key: IdentifierKey) -> Int {
    var place = Int(truncatingIfNeeded: key.low) & (entries.count &- 1)
    while entries[place].slot != 0, entries[place].high != key.high || entries[place].low != key.low {
      place = (place &+ 1) & (entries.count &- 1)
    }
    return place
  }

  /// The slot of the owner in the table of people.
  subscript(key: IdentifierKey) -> Int? {
    let slot = entries[place(of: key)].slot
    return slot == 0 ? nil : Int(truncatingIfNeeded: slot) &- 1
  }

  /// Sets or changes the owner.
  mutating func set(_ key: IdentifierKey, _ slot: Int) {
    if (count &+ 1) &* 3 > entries.count &* 2 { grow() }
    let place = place(of: key)
    if entries[place].slot == 0 { count &+= 1 }
    entries[place] = Entry(high: key.high, low: key.low, slot: UInt64(slot) + 1)
  }

  private mutating func grow() {
    let old = entries
    entries = Array(repeating: Entry(), count: old.count * 2)
    for entry in old where entry.slot != 0 {
      entries[place(of: IdentifierKey(high: entry.high, low: entry.low))] = entry
    }
  }

  /// Frees an identifier, closing the gap that its entry leaves in the probe sequence.
  mutating func remove(_ key: IdentifierKey) {
    var hole = place(of: key)
    guard entries[hole].slot != 0 else { return }
    count &-= 1
    let mask = entries.count &- 1
    var next = (hole &+ 1) & mask
    while entries[next].slot != 0 {
      let home = Int(truncatingIfNeeded: entries[next].low) & mask
      if (next &- home) & mask >= (next &- hole) & mask {
        entries[hole] = entries[next]
        hole = next
      }
      next = (next &+ 1) & mask
    }
    entries[hole] = Entry()
  }
}
