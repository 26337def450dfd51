import Profiles
import RoostCore

/// Whose an identifier is.
struct IdentifierClaim {
  var key: IdentifierKey
  var slot: Int
  /// An alias's `previous`.
  var isPrevious: Bool
}

/// Which person an identifier belongs to: 96 bits of its key and the person's slot, in one flat table of 16 bytes an entry.
/// Two identifiers of ten million share 96 bits with a probability below 10⁻¹⁵.
///
/// It is made anew at start from the people's own identifiers, so it needs no storage of its own.
/// Owned by the committer's thread.
struct IdentityIndex {
  private struct Entry {
    var high: UInt64 = 0
    /// The half of the key's `low` that also says where the entry's place is.
    var low: UInt32 = 0
    /// Slot number + 1; 0 where free.
    var slot: UInt32 = 0
  }
  private var entries: [Entry] = Array(repeating: Entry(), count: 1 << 10)
  private(set) var count = 0
  /// What `enter` read ahead, so that it is read at all.
  private var touched: UInt32 = 0

  private func place(of high: UInt64, _ low: UInt32) -> Int {
    let mask = entries.count &- 1
    var place = Int(truncatingIfNeeded: low) & mask
    while entries[place].slot != 0, entries[place].high != high || entries[place].low != low {
      place = (place &+ 1) & mask
    }
    return place
  }

  /// The slot of the owner in the table of people.
  subscript(key: IdentifierKey) -> Int? {
    let slot = entries[place(of: key.high, UInt32(truncatingIfNeeded: key.low))].slot
    return slot == 0 ? nil : Int(truncatingIfNeeded: slot) &- 1
  }

  /// Something of where an owner stands: so that the places of many identifiers come into the cache side by side.
  func touch(_ key: IdentifierKey) -> UInt32 {
    entries[Int(truncatingIfNeeded: UInt32(truncatingIfNeeded: key.low)) & (entries.count &- 1)].slot
  }

  /// Sets or changes the owner.
  mutating func set(_ key: IdentifierKey, _ slot: Int) {
    if (count &+ 1) &* 3 > entries.count &* 2 { grow(to: entries.count * 2) }
    let low = UInt32(truncatingIfNeeded: key.low)
    let place = place(of: key.high, low)
    if entries[place].slot == 0 { count &+= 1 }
    entries[place] = Entry(high: key.high, low: low, slot: UInt32(slot) + 1)
  }

  /// Enters many identifiers, those of one person after another. What an alias named as previous may be somebody else's
  /// under one of its two kinds: who is called so comes first.
  mutating func enter(_ claims: [IdentifierClaim]) {
    reserve(count + claims.count)
    var begin = 0
    while begin < claims.count {
      let end = min(begin + 64, claims.count)
      // Waiting for one place in memory overlaps with waiting for the others.
      var sum: UInt32 = 0
      for place in begin..<end { sum |= touch(claims[place].key) }
      touched |= sum
      for place in begin..<end where !claims[place].isPrevious || self[claims[place].key] == nil {
        set(claims[place].key, claims[place].slot)
      }
      begin = end
    }
  }

  /// Calls `body` with the 96 bits of each identifier and its owner's slot, in the order of their places.
  func forEach(_ body: (UInt64, UInt32, Int) -> Void) {
    for entry in entries where entry.slot != 0 { body(entry.high, entry.low, Int(entry.slot) - 1) }
  }

  /// Makes room for so many identifiers at once.
  mutating func reserve(_ count: Int) {
    var places = entries.count
    while count &* 3 > places &* 2 { places *= 2 }
    if places > entries.count { grow(to: places) }
  }

  private mutating func grow(to places: Int) {
    let old = entries
    entries = Array(repeating: Entry(), count: places)
    for entry in old where entry.slot != 0 { entries[place(of: entry.high, entry.low)] = entry }
  }

  /// Frees an identifier, closing the gap that its entry leaves in the probe sequence.
  mutating func remove(_ key: IdentifierKey) {
    var hole = place(of: key.high, UInt32(truncatingIfNeeded: key.low))
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
