/// Writes the fields of a unit: big-endian numbers and texts that end with NUL.
struct SMPPWriter {
  var bytes: [UInt8]

  mutating func word(_ word: UInt32) {
    for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
  }

  mutating func short(_ short: UInt16) { bytes += [UInt8(short >> 8), UInt8(truncatingIfNeeded: short)] }

  /// A C-octet string of at most `most` octets before its NUL; what is longer, or holds a NUL itself, is cut.
  mutating func text(_ text: String, most: Int) {
    bytes += text.utf8.prefix { $0 != 0 }.prefix(most)
    bytes.append(0)
  }
}

/// Reads them.
struct SMPPReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func octet() throws(SMPPMistake) -> UInt8 {
    guard let octet = bytes.popFirst() else { throw SMPPMistake("it ends within a field") }
    return octet
  }

  mutating func short() throws(SMPPMistake) -> UInt16 {
    let high = try octet()
    return UInt16(high) << 8 | UInt16(try octet())
  }

  mutating func word() throws(SMPPMistake) -> UInt32 {
    let high = try short()
    return UInt32(high) << 16 | UInt32(try short())
  }

  mutating func octets(_ count: Int) throws(SMPPMistake) -> [UInt8] {
    guard count <= bytes.count else { throw SMPPMistake("a field is longer than the unit") }
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  /// A C-octet string; what is no UTF-8 is replaced.
  mutating func text() throws(SMPPMistake) -> String {
    guard let end = bytes.firstIndex(of: 0) else { throw SMPPMistake("a text has no end") }
    defer { bytes = bytes[(end + 1)...] }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  mutating func rest() -> [UInt8] {
    defer { bytes = [] }
    return Array(bytes)
  }
}

/// Cuts what a connection brings into units.
struct SMPPFrames {
  private var bytes: [UInt8] = []
  private var start = 0

  /// The longest text that a parameter can carry, with everything else a unit may have.
  static let octetsMax = 70_000

  /// Takes bytes in.
  mutating func append(_ more: some Collection<UInt8>) {
    if start > 0 {
      bytes.removeSubrange(..<start)
      start = 0
    }
    bytes += more
  }

  /// The next whole unit; `nil` until more has come.
  ///
  /// - Throws: if there is none and never will be: after a wrong length nobody knows where the next one begins.
  mutating func next() throws(SMPPMistake) -> ArraySlice<UInt8>? {
    guard bytes.count - start >= 4 else { return nil }
    let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
    guard (SMPPPDU.headerOctets...Self.octetsMax).contains(length) else {
      throw SMPPMistake("a unit of \(length) octets: something else than SMPP may be spoken there")
    }
    guard bytes.count - start >= length else { return nil }
    defer { start += length }
    return bytes[start..<(start + length)]
  }
}
