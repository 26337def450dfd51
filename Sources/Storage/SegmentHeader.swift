/// What stands at the beginning of a segment file: where in the log it begins and what every bucket's last sequence was
/// there, so that opening a log of any size reads its last segment only.
///
/// Little endian: magic 8 bytes, version UInt32, header length UInt32, first position UInt64, first position of the
/// segment before it UInt64 (a missing file shows), salt UInt32, number of buckets UInt32, last sequences UInt64 each,
/// CRC-32C of all this UInt32.
struct SegmentHeader: Equatable, Sendable {
  static let magic = Array("ROOSTLOG".utf8)
  static let version = 1
  static let fixedBytes = 40
  static let bytesMax = fixedBytes + 8 * 65_536 + 4

  var first: LogPosition
  var previousFirst: LogPosition
  /// Random. Frames are checksummed from it, so that bytes in a payload that look like a frame are none.
  var salt: UInt32
  var sequences: BucketSequences

  var byteCount: Int { Self.fixedBytes + 8 * sequences.last.count + 4 }

  func encoded() -> [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(byteCount)
    appendLittleEndian(UInt32(Self.version), to: &bytes)
    appendLittleEndian(UInt32(byteCount), to: &bytes)
    appendLittleEndian(first.rawValue, to: &bytes)
    appendLittleEndian(previousFirst.rawValue, to: &bytes)
    appendLittleEndian(salt, to: &bytes)
    appendLittleEndian(UInt32(sequences.last.count), to: &bytes)
    for sequence in sequences.last { appendLittleEndian(sequence, to: &bytes) }
    appendLittleEndian(bytes.withUnsafeBytes { crc32c($0) }, to: &bytes)
    return bytes
  }

  /// Reads and checks the header of `file`.
  init(reading file: DiskFile) throws(StorageError) {
    var bytes = try file.bytes(at: 0, count: Self.fixedBytes)
    guard bytes.count == Self.fixedBytes, bytes.starts(with: Self.magic) else {
      throw .damaged(file: file.path, offset: 0, position: .start, "it does not begin as a log file of Roost")
    }
    let version = Int(Self.load(bytes, 8, UInt32.self))
    guard version == Self.version else { throw .unknownFormat(file: file.path, version: version) }
    let length = Int(Self.load(bytes, 12, UInt32.self))
    let buckets = Int(Self.load(bytes, 36, UInt32.self))
    let damage = StorageError.damaged(
      file: file.path, offset: 0, position: .start, "the file header does not match its checksum")
    guard buckets <= 65_536, length == Self.fixedBytes + 8 * buckets + 4 else { throw damage }
    bytes = try file.bytes(at: 0, count: length)
    guard bytes.count == length else { throw damage }
    let checksum = bytes.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0[..<(length - 4)])) }
    guard checksum == Self.load(bytes, length - 4, UInt32.self) else { throw damage }
    first = LogPosition(rawValue: Self.load(bytes, 16, UInt64.self))
    previousFirst = LogPosition(rawValue: Self.load(bytes, 24, UInt64.self))
    salt = Self.load(bytes, 32, UInt32.self)
    sequences = BucketSequences((0..<buckets).map { Self.load(bytes, Self.fixedBytes + 8 * $0, UInt64.self) })
  }

  init(first: LogPosition, previousFirst: LogPosition, salt: UInt32, sequences: BucketSequences) {
    self.first = first
    self.previousFirst = previousFirst
    self.salt = salt
    self.sequences = sequences
  }

  private static func load<T: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, _: T.Type) -> T {
    T(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) })
  }
}

func appendLittleEndian<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
  withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
}

extension DiskFile {
  /// Up to `count` bytes from `offset`; fewer where the file ends.
  func bytes(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
    var failure: StorageError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(StorageError) {
        filled = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
