import RoostCore

/// Message ids by day: `u16 day · u16 how many · 48 bits of hash each`, the days one after another. Of fixed width, so that
/// one more is found and put in place without decoding the others.
enum PackedMessages {
  static let headBytes = 4
  static let hashBytes = 6

  static func encode(_ words: [UInt64], into writer: inout PackedWriter) {
    var index = 0
    while index < words.count {
      let day = words[index] &>> 48
      var end = index &+ 1
      while end < words.count, words[end] &>> 48 == day, end &- index < 0xFFFF { end &+= 1 }
      writer.word(UInt16(truncatingIfNeeded: day))
      writer.word(UInt16(truncatingIfNeeded: end &- index))
      while index < end {
        // The upper two bytes are written over by what follows.
        writer.cursor.storeBytes(of: words[index].littleEndian, as: UInt64.self)
        writer.cursor += hashBytes
        index &+= 1
      }
    }
  }

  static func bytesMax(_ count: Int) -> Int { (headBytes + hashBytes) &* count &+ 8 }
}

extension PackedReader {
  /// Appends what `PackedMessages` wrote; whether it was that.
  mutating func seenMessages(into words: inout [UInt64]) -> Bool {
    while remaining > 0, !hasFailed {
      let day = UInt64(word(UInt16.self)) &<< 48
      let hashes = slice(Int(word(UInt16.self)) &* PackedMessages.hashBytes)
      for offset in stride(from: 0, to: hashes.count, by: PackedMessages.hashBytes) {
        let low = UInt64(UInt32(littleEndian: hashes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        let high = UInt64(UInt16(littleEndian: hashes.loadUnaligned(fromByteOffset: offset &+ 4, as: UInt16.self)))
        words.append(day | high &<< 32 | low)
      }
    }
    return isFinished
  }
}
