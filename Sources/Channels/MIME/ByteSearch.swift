import Glibc

/// Searches that look at many bytes at a time.
extension [UInt8] {
  /// Where a byte stands first within a range.
  func place(of byte: UInt8, in range: Range<Int>) -> Int? {
    withUnsafeBufferPointer { $0.place(of: byte, in: range) }
  }

  /// Whether a byte is above 127.
  var hasEightBit: Bool {
    withUnsafeBytes { bytes in
      var place = 0
      while place + 8 <= bytes.count {
        if bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return true }
        place += 8
      }
      return bytes[place...].contains { $0 >= 0x80 }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where a byte stands first within a range.
  func place(of byte: UInt8, in range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    guard !range.isEmpty, let base = baseAddress.map({ UnsafeRawPointer($0) }) else { return nil }
    return memchr(base + range.lowerBound, Int32(byte), range.count).map { base.distance(to: UnsafeRawPointer($0)) }
  }
}
