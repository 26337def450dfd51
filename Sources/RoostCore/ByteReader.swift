/// Bytes that are not what their writer wrote: damaged, truncated or of a newer format.
public struct MalformedBytes: Error, Hashable, Sendable {
  public var offset: Int
  public init(offset: Int) { self.offset = offset }
}

/// Reads what `ByteWriter` wrote, checking every bound. Valid only while the bytes are.
@frozen
public struct ByteReader {
  public let bytes: UnsafeRawBufferPointer
  public var offset: Int

  @inlinable
  public init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    offset = 0
  }

  @inlinable
  public var remaining: Int { bytes.count &- offset }
  @inlinable
  public var isAtEnd: Bool { offset >= bytes.count }

  @inlinable
  public mutating func word<Word: FixedWidthInteger>(_: Word.Type = Word.self) throws(MalformedBytes) -> Word {
    guard remaining >= MemoryLayout<Word>.size else { throw MalformedBytes(offset: offset) }
    let value = Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
    offset &+= MemoryLayout<Word>.size
    return value
  }

  @inlinable
  public mutating func varint() throws(MalformedBytes) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < bytes.count, shift < 64 {
      let byte = bytes[offset]
      offset &+= 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
    throw MalformedBytes(offset: offset)
  }

  /// A varint that counts things in memory: at most what remains, so that damage cannot ask for gigabytes.
  @inlinable
  public mutating func count(of elementBytesMin: Int = 1) throws(MalformedBytes) -> Int {
    let value = try varint()
    guard value <= UInt64(remaining / max(1, elementBytesMin)) else { throw MalformedBytes(offset: offset) }
    return Int(value)
  }

  /// The next `count` bytes, in place.
  @inlinable
  public mutating func slice(_ count: Int) throws(MalformedBytes) -> UnsafeRawBufferPointer {
    guard count >= 0, remaining >= count else { throw MalformedBytes(offset: offset) }
    let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset &+ count)])
    offset &+= count
    return slice
  }

  /// A varint length, then that many bytes, in place.
  @inlinable
  public mutating func counted() throws(MalformedBytes) -> UnsafeRawBufferPointer {
    try slice(try count())
  }

  /// Counted UTF-8 as a `String`; wrong UTF-8 is repaired.
  @inlinable
  public mutating func text() throws(MalformedBytes) -> String {
    String(decoding: try counted(), as: UTF8.self)
  }
}
