import CChecksum
import RoostCore

/// The first 256 bytes of a segment: its layout and the checksum of its checksums.
struct SegmentHeader {
  static let magic: UInt64 = 0x4745_5354_534F_4F52
  static let version: UInt32 = 1

  var layout: SegmentLayout
  var checksumsChecksum: UInt32

  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(word: Self.magic)
    bytes.append(word: Self.version)
    bytes.append(word: UInt32(layout.level))
    for number in [layout.firstCut, layout.lastCut, layout.firstSequence, layout.endSequence] {
      bytes.append(word: number)
    }
    for count in [layout.people, layout.rows, layout.recordBytes] { bytes.append(word: UInt64(count)) }
    bytes.append(word: layout.earliest)
    bytes.append(word: layout.latest)
    bytes.append(word: checksumsChecksum)
    bytes.append(contentsOf: repeatElement(0, count: SegmentLayout.headerBytes - 4 - bytes.count))
    bytes.append(word: checksum(bytes))
    return bytes
  }

  /// Checks magic, version, checksum and that the file has the length that the layout asks for.
  init(decoding bytes: UnsafeRawBufferPointer, file: String) throws(HistoryError) {
    func damaged(_ offset: Int, _ what: String) -> HistoryError {
      .damaged(file: file, column: "the header", offset: offset, what)
    }
    guard bytes.count >= SegmentLayout.headerBytes else { throw damaged(bytes.count, "the file ends there") }
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<SegmentLayout.headerBytes]))
    do throws(MalformedBytes) {
      guard try reader.word(UInt64.self) == Self.magic else { throw MalformedBytes(offset: 0) }
      let version = try reader.word(UInt32.self)
      let stored = bytes.loadUnaligned(fromByteOffset: SegmentLayout.headerBytes - 4, as: UInt32.self)
      let sum = roost_crc32c(0, bytes.baseAddress, SegmentLayout.headerBytes - 4)
      guard UInt32(littleEndian: stored) == sum else { throw MalformedBytes(offset: 0) }
      guard version == Self.version else { throw MalformedBytes(offset: -Int(version)) }
      layout = SegmentLayout(
        level: Int(try reader.word(UInt32.self)), firstCut: try reader.word(), lastCut: try reader.word(),
        firstSequence: try reader.word(), endSequence: try reader.word(), people: Int(try reader.word(Int64.self)),
        rows: Int(try reader.word(Int64.self)), recordBytes: Int(try reader.word(Int64.self)),
        earliest: try reader.word(), latest: try reader.word())
      checksumsChecksum = try reader.word()
    } catch {
      if error.offset < 0 { throw .unknownFormat(file: file, version: UInt32(-error.offset)) }
      throw damaged(0, "it is no segment's header or does not match its checksum")
    }
    guard layout.fileBytes == bytes.count else {
      throw damaged(bytes.count, "the file should have \(layout.fileBytes) bytes")
    }
  }

  init(layout: SegmentLayout, checksumsChecksum: UInt32) {
    self.layout = layout
    self.checksumsChecksum = checksumsChecksum
  }
}
