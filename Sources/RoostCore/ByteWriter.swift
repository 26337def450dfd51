/// Appends little-endian values to bytes: the one way in which records, states and columns are written.
extension [UInt8] {
  @inlinable
  public mutating func append<Word: FixedWidthInteger>(word: Word) {
    Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
  }

  /// LEB128: seven bits a byte, least significant first.
  @inlinable
  public mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// A varint length, then the bytes.
  @inlinable
  public mutating func append(counted bytes: UnsafeRawBufferPointer) {
    append(varint: UInt64(bytes.count))
    append(contentsOf: bytes)
  }

  /// A varint length, then the UTF-8.
  @inlinable
  public mutating func append(counted text: String) {
    var text = text
    text.withUTF8 { append(counted: UnsafeRawBufferPointer($0)) }
  }

  /// Overwrites a word written before.
  @inlinable
  public mutating func patch<Word: FixedWidthInteger>(at offset: Int, word: Word) {
    precondition(offset >= 0 && offset + MemoryLayout<Word>.size <= count)
    withUnsafeMutableBytes { $0.storeBytes(of: word.littleEndian, toByteOffset: offset, as: Word.self) }
  }
}
