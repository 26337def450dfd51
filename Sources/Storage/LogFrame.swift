/// The frame around one group commit in a segment file.
///
/// Little endian: CRC-32C UInt32 (of the rest of the header and the body, starting from the segment's salt), body
/// length UInt32, version UInt16, flags UInt16, record count UInt32, position of the first record UInt64; then the
/// body, which is a `RecordGroup`'s bytes. The position tells a frame of this place from one that landed here by
/// mistake. A frame without records marks a clean end.
struct LogFrame: Equatable, Sendable {
  static let headerBytes = 24
  static let version: UInt16 = 1
  /// A group's largest size; the length field could say more, memory should not have to hold it.
  static let bodyBytesMax = 1 << 30

  var checksum: UInt32 = 0
  var bodyBytes: Int
  var version = Self.version
  var flags: UInt16 = 0
  var count: Int
  var first: LogPosition

  init(bodyBytes: Int, count: Int, first: LogPosition) {
    self.bodyBytes = bodyBytes
    self.count = count
    self.first = first
  }

  /// Reads a header; whether it is one, `isPlausible` and the checksum say.
  init(parsing bytes: UnsafeRawBufferPointer) {
    checksum = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
    bodyBytes = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
    version = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
    flags = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 10, as: UInt16.self))
    count = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
    first = LogPosition(rawValue: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
  }

  /// Behind the last record.
  var end: LogPosition { LogPosition(rawValue: first.rawValue &+ UInt64(count)) }
  var totalBytes: Int { Self.headerBytes + bodyBytes }

  /// Cheap tests that spare most checksums when frames are searched for among other bytes.
  var isPlausible: Bool {
    version == Self.version && flags == 0 && bodyBytes <= Self.bodyBytesMax
      && bodyBytes >= count * RecordGroup.recordHeaderBytes && (count > 0 || bodyBytes == 0)
  }

  /// Writes the header with the checksum over `body` into `header`, which has `headerBytes`.
  func encode(into header: UnsafeMutableRawBufferPointer, body: UnsafeRawBufferPointer, salt: UInt32) {
    header.storeBytes(of: UInt32(bodyBytes).littleEndian, toByteOffset: 4, as: UInt32.self)
    header.storeBytes(of: version.littleEndian, toByteOffset: 8, as: UInt16.self)
    header.storeBytes(of: flags.littleEndian, toByteOffset: 10, as: UInt16.self)
    header.storeBytes(of: UInt32(count).littleEndian, toByteOffset: 12, as: UInt32.self)
    header.storeBytes(of: first.rawValue.littleEndian, toByteOffset: 16, as: UInt64.self)
    let checksum = Self.checksum(header: UnsafeRawBufferPointer(header), body: body, salt: salt)
    header.storeBytes(of: checksum.littleEndian, as: UInt32.self)
  }

  static func checksum(header: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer, salt: UInt32) -> UInt32 {
    crc32c(body, continuing: crc32c(UnsafeRawBufferPointer(rebasing: header[4..<headerBytes]), continuing: salt))
  }
}
