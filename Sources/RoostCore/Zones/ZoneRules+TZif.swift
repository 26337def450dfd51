extension ZoneRules {
  /// More changes than any zone has; a file with more is not read.
  static let changesMax = 8_192

  /// Reads a compiled time zone (TZif, RFC 9636) of version 1 to 4.
  ///
  /// Leap seconds are passed over: `Instant`, like POSIX time, has none.
  /// - Throws: `MalformedBytes` with the place of whatever breaks the format.
  public convenience init(name: String, tzif file: [UInt8]) throws(MalformedBytes) {
    let (changes, offsets, footer) = try file.withUnsafeBytes { bytes in
      Result { () throws(MalformedBytes) in try Self.read(bytes) }
    }.get()
    self.init(name: name, changes: changes, offsets: offsets, footer: footer)
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer
  ) throws(MalformedBytes) -> (changes: [Int64], offsets: [Int32], footer: ZoneFooter?) {
    var reader = TZifReader(bytes: bytes)
    var header = try reader.header()
    var timeBytes = 4
    if header.version >= UInt8(ascii: "2") {
      // The second block says the same in 64 bits.
      try reader.skip(header.blockBytes(timeBytes: 4))
      header = try reader.header()
      timeBytes = 8
    }
    let (changes, offsets) = try reader.changes(header, timeBytes: timeBytes)
    return (changes, offsets, timeBytes == 8 ? try reader.footer() : nil)
  }
}

private struct TZifReader {
  let bytes: UnsafeRawBufferPointer
  var place = 0

  struct Header {
    var version: UInt8
    var isUTCCount: Int
    var isStandardCount: Int
    var leapCount: Int
    var timeCount: Int
    var typeCount: Int
    var nameBytes: Int

    /// What the data block after the header takes. Each count is below 2³², so the sum is exact.
    func blockBytes(timeBytes: Int) -> Int {
      timeCount * (timeBytes + 1) + typeCount * 6 + nameBytes + leapCount * (timeBytes + 4) + isStandardCount
        + isUTCCount
    }
  }

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func require(_ condition: Bool) throws(MalformedBytes) {
    if !condition { throw MalformedBytes(offset: place) }
  }

  mutating func skip(_ count: Int) throws(MalformedBytes) {
    try require(count <= bytes.count - place)
    place += count
  }

  mutating func word<Word: FixedWidthInteger>(_: Word.Type = Word.self) throws(MalformedBytes) -> Word {
    let start = place
    try skip(MemoryLayout<Word>.size)
    return Word(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: Word.self))
  }

  mutating func header() throws(MalformedBytes) -> Header {
    // "TZif"
    try require(try word(UInt32.self) == 0x545A_6966)
    let version = try word(UInt8.self)
    try require(version == 0 || (UInt8(ascii: "2")...UInt8(ascii: "4")).contains(version))
    try skip(15)
    var counts: [Int] = []
    for _ in 0..<6 { counts.append(Int(try word(UInt32.self))) }
    return Header(
      version: version, isUTCCount: counts[0], isStandardCount: counts[1], leapCount: counts[2], timeCount: counts[3],
      typeCount: counts[4], nameBytes: counts[5])
  }

  /// When offsets change, and all offsets, beginning with the one before the first change.
  mutating func changes(
    _ header: Header, timeBytes: Int
  ) throws(MalformedBytes) -> (changes: [Int64], offsets: [Int32]) {
    try require((1...256).contains(header.typeCount) && header.timeCount <= ZoneRules.changesMax)
    try require(header.blockBytes(timeBytes: timeBytes) <= bytes.count - place)
    let end = place + header.blockBytes(timeBytes: timeBytes)
    var changes: [Int64] = []
    for _ in 0..<header.timeCount {
      let at = timeBytes == 8 ? try word(Int64.self) : Int64(try word(Int32.self))
      try require(changes.last.map { $0 < at } ?? true)
      changes.append(at)
    }
    var types: [Int] = []
    for _ in 0..<header.timeCount {
      types.append(Int(try word(UInt8.self)))
      try require(types[types.count - 1] < header.typeCount)
    }
    var typeOffsets: [Int32] = []
    for _ in 0..<header.typeCount {
      let offset = try word(Int32.self)
      try require(abs(Int(offset)) < ZoneRules.offsetSecondsMax)
      typeOffsets.append(offset)
      try skip(2)
    }
    place = end
    // Before the first change the first type holds (RFC 9636, 3.2).
    return (changes, [typeOffsets[0]] + types.map { typeOffsets[$0] })
  }

  /// `\n…\n`; an empty one says nothing about what comes.
  mutating func footer() throws(MalformedBytes) -> ZoneFooter? {
    try require(try word(UInt8.self) == 10)
    let start = place
    while try word(UInt8.self) != 10 {}
    guard place - 1 > start else { return nil }
    let footer = ZoneFooter(UnsafeRawBufferPointer(rebasing: bytes[start..<(place - 1)]))
    try require(footer != nil)
    return footer
  }
}
