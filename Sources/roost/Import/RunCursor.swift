/// Reads one sorted run block by block.
struct RunCursor {
  struct Record {
    var time: Int64
    var line: Int
    /// In `bytes`.
    var range: Range<Int>
  }

  private static let headerBytes = 24
  private let spill: SpillFile
  private var next: Int
  private let end: Int
  private let blockBytes: Int
  private(set) var bytes: [UInt8] = []
  private(set) var current: Record?
  private var offset = 0

  init(_ spill: SpillFile, _ run: Range<Int>, blockBytes: Int) throws(Failure) {
    self.spill = spill
    self.blockBytes = blockBytes
    next = run.lowerBound
    end = run.upperBound
    try step()
  }

  /// Goes to the next record.
  mutating func step() throws(Failure) {
    guard try ensure(Self.headerBytes) else { return current = nil }
    let (time, line, count) = bytes.withUnsafeBytes { bytes in
      func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8 * index, as: UInt64.self))
      }
      return (Int64(bitPattern: word(0)), Int(word(1)), Int(word(2)))
    }
    guard try ensure(Self.headerBytes + count) else { return current = nil }
    let start = offset + Self.headerBytes
    current = Record(time: time, line: line, range: start..<(start + count))
    offset = start + count
  }

  /// Whether `count` bytes are there behind `offset`, read if need be.
  private mutating func ensure(_ count: Int) throws(Failure) -> Bool {
    guard bytes.count - offset < count else { return true }
    guard next < end else { return false }
    let part = try spill.read(at: next, count: min(max(blockBytes, count), end - next))
    next += part.count
    bytes.removeFirst(offset)
    bytes += part
    offset = 0
    return bytes.count >= count
  }
}
