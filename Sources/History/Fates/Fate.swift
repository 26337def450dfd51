import CChecksum
import RoostCore

/// What happened to all that a person had done until then: it went to another person, or it was erased.
struct Fate: Equatable, Sendable {
  /// The item's number in the history: it concerns what arrived before.
  var sequence: UInt64
  var person: UInt64
  /// `nil`: erased.
  var target: UInt64?
}

/// The fates of one cut as a file.
///
/// Layout, little-endian: magic, u32 version, u32 count, per fate u64 sequence · u64 person · u8 erased · u64 target,
/// u32 CRC-32C of all before.
enum FateFile {
  static let magic: UInt64 = 0x3154_4146_5453_4F52
  static let version: UInt32 = 1
  private static let headerBytes = 16
  private static let fateBytes = 25

  static func name(cut: UInt64) -> String { "\(decimal(cut)).fates" }

  static func encode(_ fates: some Collection<Fate>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerBytes + fates.count * fateBytes + 4)
    bytes.append(word: magic)
    bytes.append(word: version)
    bytes.append(word: UInt32(fates.count))
    for fate in fates {
      bytes.append(word: fate.sequence)
      bytes.append(word: fate.person)
      bytes.append(fate.target == nil ? 1 : 0)
      bytes.append(word: fate.target ?? 0)
    }
    bytes.append(word: checksum(bytes))
    return bytes
  }

  static func decode(_ bytes: [UInt8], file: String) throws(HistoryError) -> [Fate] {
    let malformed = HistoryError.damaged(file: file, column: "fates", offset: 0, "its checksum does not match")
    guard bytes.count >= headerBytes + 4 else { throw malformed }
    let body = bytes.dropLast(4)
    let result: Result<[Fate], HistoryError> = bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        let stored = raw.loadUnaligned(fromByteOffset: raw.count - 4, as: UInt32.self)
        guard UInt32(littleEndian: stored) == checksum(Array(body)), try reader.word(UInt64.self) == magic else {
          return .failure(malformed)
        }
        let found = try reader.word(UInt32.self)
        guard found == version else { return .failure(.unknownFormat(file: file, version: found)) }
        let count = Int(try reader.word(UInt32.self))
        guard body.count == headerBytes + count * fateBytes else { return .failure(malformed) }
        var fates: [Fate] = []
        for _ in 0..<count {
          let sequence = try reader.word(UInt64.self)
          let person = try reader.word(UInt64.self)
          let erased = try reader.word(UInt8.self) == 1
          let target = try reader.word(UInt64.self)
          fates.append(Fate(sequence: sequence, person: person, target: erased ? nil : target))
        }
        return .success(fates)
      } catch { return .failure(malformed) }
    }
    return try result.get()
  }
}

/// CRC-32C of bytes.
func checksum(_ bytes: [UInt8]) -> UInt32 {
  bytes.withUnsafeBytes { roost_crc32c(0, $0.baseAddress, $0.count) }
}

/// At least eight decimal digits, so that names sort by number.
func decimal(_ number: UInt64) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}
