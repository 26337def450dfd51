import RoostCore

/// A state's sections as they were read, back to back: what nobody asked for is neither decoded nor encoded again.
@usableFromInline
struct PackedSections: Sendable {
  /// Readers load eight bytes at once: so much may be touched behind the last section.
  static let slack = 24

  /// The sections, and room behind them.
  private(set) var memory = PackedMemory.empty
  typealias Ends = InlineArray<16, UInt32>
  /// Where each section ends; it begins where the one before ends.
  private(set) var ends = Ends(repeating: 0)
  /// Those that are here and nowhere else. Others' bytes are out of date.
  @usableFromInline var parts: Parts = []
  /// Bytes were found that nobody wrote so.
  var isDamaged = false

  @inlinable
  @inline(__always)
  func has(_ section: Section) -> Bool { parts.rawValue & Parts.of(section).rawValue != 0 }

  @inline(__always)
  func start(_ section: Section) -> Int { section.rawValue == 0 ? 0 : Int(ends[section.rawValue &- 1]) }

  @inline(__always)
  func end(_ section: Section) -> Int { Int(ends[section.rawValue]) }

  /// How many bytes all sections take.
  var count: Int { Int(ends[Section.allCases.count - 1]) }

  /// What a section holds, whether or not it is out of date. Valid until something is changed.
  @inline(__always)
  func bytes(_ section: Section) -> UnsafeRawBufferPointer {
    let start = start(section)
    return UnsafeRawBufferPointer(start: memory.start + start, count: end(section) &- start)
  }

  @inline(__always)
  func reader(_ section: Section) -> PackedReader { PackedReader(bytes(section), slack: Self.slack) }

  /// Copies `content`, in which the sections end so.
  mutating func fill(_ content: UnsafeRawBufferPointer, _ ends: Ends, _ parts: Parts) {
    if content.count &+ Self.slack > memory.capacity || !isKnownUniquelyReferenced(&memory) {
      memory = PackedMemory(capacity: 2 &* content.count &+ 512)
    }
    if let start = content.baseAddress { memory.start.copyMemory(from: start, byteCount: content.count) }
    self.ends = ends
    self.parts = parts
  }

  mutating func removeAll() {
    parts = []
    isDamaged = false
  }

  /// For somebody of whom nothing was ever written.
  mutating func forget() {
    removeAll()
    for index in 0..<Section.allCases.count { ends[index] = 0 }
  }

  /// Makes room for `count` bytes in place of `range` of the section, whose offsets are the section's own; where they are
  /// to be written.
  @inline(__always)
  mutating func splice(_ section: Section, _ range: Range<Int>, count: Int) -> UnsafeMutableRawPointer {
    let growth = count &- range.count
    let whole = self.count
    if whole &+ growth &+ Self.slack > memory.capacity || !isKnownUniquelyReferenced(&memory) {
      let larger = PackedMemory(capacity: 2 &* (whole &+ growth) &+ 512)
      larger.start.copyMemory(from: memory.start, byteCount: whole)
      memory = larger
    }
    let start = start(section) &+ range.lowerBound
    if growth != 0 {
      let tail = memory.start + (start &+ range.count)
      (tail + growth).copyMemory(from: tail, byteCount: whole &- start &- range.count)
      for index in section.rawValue..<Section.allCases.count {
        ends[index] = UInt32(truncatingIfNeeded: Int(ends[index]) &+ growth)
      }
    }
    return memory.start + start
  }
}

extension PackedReader {
  /// Appends a section's rows, each read by `row`; whether they were what was written.
  @inline(__always)
  mutating func section<Row>(
    into rows: inout [Row], bytesMin: Int, _ row: (inout PackedReader) -> Row
  ) -> Bool {
    let count = count(of: bytesMin)
    rows.reserveCapacity(count)
    for _ in 0..<count { rows.append(row(&self)) }
    return isFinished
  }
}
