import RoostCore

/// What the directory holds: replaced as a whole at each change, so that a crash leaves the state before or after it.
///
/// Layout, little-endian: magic, u32 version, the limits (u64 items · u64 bytes · u32 fan-in), u64 cuts, u64 items in
/// files, u64 log position · u32 items of it, u32 segments, per segment u32 level · u64 last cut · u64 fingerprint,
/// u32 fate files, per file u64 cut, u32 CRC-32C of all before.
struct Manifest: Equatable, Sendable {
  static let magic: UInt64 = 0x4D54_5349_4853_4F52
  static let version: UInt32 = 1
  static let name = "MANIFEST"

  var limits: HistoryLimits
  var cuts: UInt64 = 0
  /// The number of the first item that is in no file.
  var endSequence: UInt64 = 0
  var resume = HistoryPosition(position: 0, items: 0)
  var segments: [SegmentName] = []
  /// Cuts whose fates some segment has not applied.
  var fateCuts: [UInt64] = []

  init(limits: HistoryLimits) { self.limits = limits }

  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(word: Self.magic)
    bytes.append(word: Self.version)
    bytes.append(word: UInt64(limits.recentItemsMax))
    bytes.append(word: UInt64(limits.recentBytesMax))
    bytes.append(word: UInt32(limits.fanIn))
    bytes.append(word: cuts)
    bytes.append(word: endSequence)
    bytes.append(word: resume.position)
    bytes.append(word: resume.items)
    bytes.append(word: UInt32(segments.count))
    for segment in segments {
      bytes.append(word: UInt32(segment.level))
      bytes.append(word: segment.lastCut)
      bytes.append(word: segment.fingerprint)
    }
    bytes.append(word: UInt32(fateCuts.count))
    for cut in fateCuts { bytes.append(word: cut) }
    bytes.append(word: checksum(bytes))
    return bytes
  }

  init(decoding bytes: [UInt8], file: String) throws(HistoryError) {
    let result: Result<Manifest, HistoryError> = bytes.withUnsafeBytes { raw in
      do throws(MalformedBytes) {
        return .success(try Self.decode(raw))
      } catch {
        if error.offset < 0 { return .failure(.unknownFormat(file: file, version: UInt32(-error.offset))) }
        return .failure(
          .damaged(file: file, column: "the manifest", offset: error.offset, "it does not match its checksum"))
      }
    }
    self = try result.get()
  }

  private static func decode(_ raw: UnsafeRawBufferPointer) throws(MalformedBytes) -> Manifest {
    guard raw.count > 16 else { throw MalformedBytes(offset: raw.count) }
    var reader = ByteReader(raw)
    guard try reader.word(UInt64.self) == magic else { throw MalformedBytes(offset: 0) }
    let body = Array(raw.dropLast(4))
    let stored = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: raw.count - 4, as: UInt32.self))
    guard checksum(body) == stored else { throw MalformedBytes(offset: 0) }
    let version = try reader.word(UInt32.self)
    guard version == Self.version else { throw MalformedBytes(offset: -Int(version)) }
    let limits = HistoryLimits(
      recentItemsMax: Int(try reader.word(UInt64.self)), recentBytesMax: Int(try reader.word(UInt64.self)),
      fanIn: Int(try reader.word(UInt32.self)))
    var manifest = Manifest(limits: limits)
    manifest.cuts = try reader.word()
    manifest.endSequence = try reader.word()
    manifest.resume = HistoryPosition(position: try reader.word(), items: try reader.word())
    for _ in 0..<(try reader.word(UInt32.self)) {
      manifest.segments.append(
        SegmentName(
          level: Int(try reader.word(UInt32.self)), lastCut: try reader.word(), fingerprint: try reader.word()))
    }
    for _ in 0..<(try reader.word(UInt32.self)) { manifest.fateCuts.append(try reader.word()) }
    return manifest
  }
}
