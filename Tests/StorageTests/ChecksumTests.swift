import RoostCore
import Testing

@testable import Storage

@Suite struct ChecksumTests {
  /// RFC 3720, appendix B.4 (CRC examples), and the check value of the CRC catalogue for "123456789".
  @Test func knownValues() {
    #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(crc(Array(0...31)) == 0x46DD_794E)
    #expect(crc((0...31).reversed()) == 0x113F_DB5C)
    #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
    #expect(crc([]) == 0)
  }

  @Test func instructionAgreesWithTable() {
    var random = SeededRandom(seed: 21)
    for length in Array(0..<70) + [1_000, 4_097] {
      let bytes = (0..<length).map { _ in UInt8(random.below(256)) }
      let start = UInt32(truncatingIfNeeded: random.next())
      bytes.withUnsafeBytes { #expect(crc32c($0, continuing: start) == crc32cByTable($0, continuing: start)) }
    }
  }

  @Test func continues() {
    let bytes = Array("a checksum may be taken in parts".utf8)
    for cut in bytes.indices {
      let parts = (Array(bytes[..<cut]), Array(bytes[cut...]))
      let first = crc(parts.0)
      #expect(parts.1.withUnsafeBytes { crc32c($0, continuing: first) } == crc(bytes))
    }
  }

  private func crc(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { crc32c($0) } }
}
