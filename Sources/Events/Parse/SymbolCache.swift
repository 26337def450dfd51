import RoostCore

/// A parser's own copy of the names it has met: found by their bytes, without a lock and without making a `String`.
///
/// Open addressing, at most half full. A name that is not found within sixteen places goes to the table, so that names
/// made to collide cost a sender's own calls a lock each and nothing more.
struct SymbolCache: Sendable {
  private struct Slot {
    var hash: UInt64
    var offset: UInt32
    var count: UInt32
    /// 0: empty.
    var symbol: UInt32
  }

  private static let probesMax = 16
  private let table: SymbolTable
  private var slots: [Slot]
  private var mask: Int
  private var used = 0
  private var names: [UInt8] = []

  init(_ table: SymbolTable) {
    self.table = table
    slots = Array(repeating: Slot(hash: 0, offset: 0, count: 0, symbol: 0), count: 256)
    mask = 255
  }

  /// The symbol of a name, given out now if it is new; `nil` if it is empty or too long or the table is full.
  @inline(__always)
  mutating func symbol(_ name: UnsafeRawBufferPointer) -> Symbol? {
    let hash = Self.hash(name)
    var place = Int(truncatingIfNeeded: hash) & mask
    for _ in 0..<Self.probesMax {
      let slot = slots[place]
      if slot.symbol == 0 { break }
      if slot.hash == hash, slot.count == UInt32(truncatingIfNeeded: name.count), holds(slot, name) {
        return Symbol(slot.symbol)
      }
      place = (place &+ 1) & mask
    }
    return ask(name, hash)
  }

  @inline(__always)
  private func holds(_ slot: Slot, _ name: UnsafeRawBufferPointer) -> Bool {
    names.withUnsafeBytes { names in
      let start = Int(slot.offset)
      return UnsafeRawBufferPointer(rebasing: names[start..<(start &+ Int(slot.count))]).equals(name)
    }
  }

  @inline(never)
  private mutating func ask(_ name: UnsafeRawBufferPointer, _ hash: UInt64) -> Symbol? {
    guard name.count <= SymbolTable.nameBytesMax else { return nil }
    guard let symbol = table.intern(String(decoding: name, as: UTF8.self)) else { return nil }
    if (used + 1) * 2 > slots.count { grow() }
    let slot = Slot(
      hash: hash, offset: UInt32(names.count), count: UInt32(name.count), symbol: symbol.number)
    if insert(slot) { names.append(contentsOf: name) }
    return symbol
  }

  private mutating func insert(_ slot: Slot) -> Bool {
    var place = Int(truncatingIfNeeded: slot.hash) & mask
    for _ in 0..<Self.probesMax {
      if slots[place].symbol == 0 {
        slots[place] = slot
        used += 1
        return true
      }
      place = (place + 1) & mask
    }
    return false
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(hash: 0, offset: 0, count: 0, symbol: 0), count: old.count * 2)
    mask = slots.count - 1
    used = 0
    for slot in old where slot.symbol != 0 { _ = insert(slot) }
  }

  /// Words, the last one overlapping, each through one 128-bit multiplication. Only this cache's affair.
  @inline(__always)
  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
    let count = name.count
    var state = UInt64(truncatingIfNeeded: count) ^ 0x9E37_79B9_7F4A_7C15
    func stir(_ word: UInt64) {
      let product = (state ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      state = product.high ^ product.low
    }
    if count >= 8 {
      var offset = 0
      while offset &+ 8 < count {
        stir(name.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset &+= 8
      }
      stir(name.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
    } else if count >= 4 {
      let low = UInt64(name.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
      stir(low | UInt64(name.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)) &<< 32)
    } else if count > 0 {
      stir(UInt64(name[0]) | UInt64(name[count &>> 1]) &<< 8 | UInt64(name[count &- 1]) &<< 16)
    }
    return state ^ state &>> 32
  }
}
