import RoostCore

/// Writes packed words through a bare pointer into memory whose size the caller has bounded.
///
/// Words go in pairs: a control byte with both lengths in bytes (0…8, the first in the low half), then the bytes that are
/// not zero. No branch depends on the data, which a LEB128 cannot say, and small numbers still take a byte.
struct PackedWriter {
  var cursor: UnsafeMutableRawPointer

  /// What a pair may touch at most; the second store spills up to eight bytes beyond what it keeps.
  static let pairBytesMax = 17
  /// What a varint length takes at most.
  static let lengthBytesMax = 10

  init(_ start: UnsafeMutableRawPointer) { cursor = start }

  mutating func byte(_ value: UInt8) {
    cursor.storeBytes(of: value, as: UInt8.self)
    cursor += 1
  }

  mutating func word<Word: FixedWidthInteger>(_ value: Word) {
    cursor.storeBytes(of: value.littleEndian, as: Word.self)
    cursor += MemoryLayout<Word>.size
  }

  mutating func pair(_ first: UInt64, _ second: UInt64) {
    let firstBytes = (71 &- first.leadingZeroBitCount) &>> 3
    let secondBytes = (71 &- second.leadingZeroBitCount) &>> 3
    cursor.storeBytes(of: UInt8(truncatingIfNeeded: firstBytes | (secondBytes &<< 4)), as: UInt8.self)
    (cursor + 1).storeBytes(of: first.littleEndian, as: UInt64.self)
    (cursor + (1 &+ firstBytes)).storeBytes(of: second.littleEndian, as: UInt64.self)
    cursor += 1 &+ firstBytes &+ secondBytes
  }

  /// A length that is below 128 nearly always.
  @inline(__always)
  mutating func shortLength(_ count: Int) {
    if count < 0x80 { byte(UInt8(truncatingIfNeeded: count)) } else { length(count) }
  }

  mutating func length(_ count: Int) {
    var rest = UInt64(count)
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  /// The bytes alone.
  mutating func raw(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress { cursor.copyMemory(from: start, byteCount: bytes.count) }
    cursor += bytes.count
  }

  /// A length, then the bytes.
  mutating func counted(_ bytes: UnsafeRawBufferPointer) {
    length(bytes.count)
    raw(bytes)
  }

  mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { counted(UnsafeRawBufferPointer($0)) }
  }

}

/// Numbers near zero on either side as small unsigned ones.
@inline(__always)
func zigzag(_ number: Int64) -> UInt64 { UInt64(bitPattern: (number &<< 1) ^ (number &>> 63)) }

/// The inverse of `zigzag(_:)`.
@inline(__always)
func unzigzag(_ word: UInt64) -> Int64 { Int64(bitPattern: word &>> 1) ^ -Int64(bitPattern: word & 1) }

extension Instant {
  /// How far it lies from `base`, as a small word; wraps, so that every instant has one.
  @inline(__always)
  func packed(after base: Instant) -> UInt64 { zigzag(milliseconds &- base.milliseconds) }

  @inline(__always)
  init(packed word: UInt64, after base: Instant) {
    self.init(milliseconds: base.milliseconds &+ unzigzag(word))
  }
}
