import RoostCore

/// Reads what `PackedWriter` wrote and checks every bound. A failure sticks: reads after it give zeros, and whoever
/// reads asks once at the end, so that the loops carry no error paths.
struct PackedReader {
  let bytes: UnsafeRawBufferPointer
  /// How many bytes behind `bytes` may be touched, though they mean nothing.
  private let slack: Int
  private(set) var offset = 0
  private(set) var hasFailed = false

  init(_ bytes: UnsafeRawBufferPointer, slack: Int = 0) {
    self.bytes = bytes
    self.slack = slack
  }

  var remaining: Int { bytes.count &- offset }

  /// Throws unless everything was read, and nothing beyond.
  func finish() throws(MalformedBytes) {
    if !isFinished { throw MalformedBytes(offset: offset) }
  }

  /// How many bytes there are in all.
  var limit: Int { bytes.count }

  /// Whether everything was read, and nothing beyond.
  var isFinished: Bool { !hasFailed && remaining == 0 }

  mutating func fail() { hasFailed = true }

  /// Whether `count` bytes are left; a failure if not.
  @inline(__always)
  private mutating func has(_ count: Int) -> Bool {
    if !hasFailed, remaining >= count { return true }
    hasFailed = true
    return false
  }

  @inline(__always)
  mutating func byte() -> UInt8 {
    guard has(1) else { return 0 }
    let value = bytes[offset]
    offset &+= 1
    return value
  }

  mutating func word<Word: FixedWidthInteger>(_: Word.Type = Word.self) -> Word {
    guard has(MemoryLayout<Word>.size) else { return 0 }
    let value = Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
    offset &+= MemoryLayout<Word>.size
    return value
  }

  @inline(__always)
  mutating func pair() -> (UInt64, UInt64) {
    guard !hasFailed, remaining &+ slack >= PackedWriter.pairBytesMax, let base = bytes.baseAddress else {
      return lastPair()
    }
    let start = base + offset
    let control = Int(start.load(as: UInt8.self))
    let firstBytes = control & 15
    let secondBytes = control &>> 4
    guard firstBytes <= 8, secondBytes <= 8, 1 &+ firstBytes &+ secondBytes <= remaining else {
      hasFailed = true
      return (0, 0)
    }
    let first = UInt64(littleEndian: (start + 1).loadUnaligned(as: UInt64.self))
    let second = UInt64(littleEndian: (start + (1 &+ firstBytes)).loadUnaligned(as: UInt64.self))
    offset &+= 1 &+ firstBytes &+ secondBytes
    return (
      first & (UInt64.max >> UInt64(64 &- 8 &* firstBytes)), second & (UInt64.max >> UInt64(64 &- 8 &* secondBytes))
    )
  }

  /// Passes over a pair.
  @inline(__always)
  mutating func skipPair() {
    let control = Int(byte())
    let count = control & 15 &+ control &>> 4
    if remaining >= count { offset &+= count } else { hasFailed = true }
  }

  /// A pair so near the end that eight bytes may not be loaded at once.
  @inline(never)
  private mutating func lastPair() -> (UInt64, UInt64) {
    let control = Int(byte())
    let first = bytesAsWord(control & 15)
    return (first, bytesAsWord(control &>> 4))
  }

  private mutating func bytesAsWord(_ count: Int) -> UInt64 {
    guard count <= 8, has(count) else {
      hasFailed = true
      return 0
    }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[offset &+ index]) &<< UInt64(8 &* index) }
    offset &+= count
    return value
  }

  @inline(__always)
  mutating func length() -> UInt64 {
    if !hasFailed, offset < bytes.count, bytes[offset] < 0x80 {
      offset &+= 1
      return UInt64(bytes[offset &- 1])
    }
    return longLength()
  }

  @inline(never)
  private mutating func longLength() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      let next = byte()
      value |= UInt64(next & 0x7F) &<< shift
      if next < 0x80 { return value }
      shift &+= 7
    }
    hasFailed = true
    return 0
  }

  /// How many rows of at least `rowBytesMin` bytes follow; damage cannot ask for more than the bytes could hold.
  mutating func count(of rowBytesMin: Int) -> Int {
    let value = length()
    guard !hasFailed, value <= UInt64(remaining), Int(value) &* rowBytesMin <= remaining else {
      hasFailed = true
      return 0
    }
    return Int(value)
  }

  /// A length, then the bytes, in place.
  mutating func counted() -> UnsafeRawBufferPointer {
    let count = count(of: 1)
    let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset &+ count)])
    offset &+= count
    return slice
  }

  mutating func text() -> String { String(decoding: counted(), as: UTF8.self) }

  /// The next `count` bytes, in place; none if there are fewer.
  mutating func slice(_ count: Int) -> UnsafeRawBufferPointer {
    guard has(count) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset &+ count)])
    offset &+= count
    return slice
  }

  /// `count` rows, each read by `row`.
  @inline(__always)
  mutating func rows<Row>(_ count: Int, _ row: (inout PackedReader) -> Row) -> [Row] {
    var rows: [Row] = []
    rows.reserveCapacity(count)
    for _ in 0..<count { rows.append(row(&self)) }
    return rows
  }
}
