/// What a segment holds, and with it where each column lies in its file.
///
/// Little-endian. A header of 256 bytes, then the columns, each at a multiple of 64, zeroes between them:
/// ```
/// people      u64 × people      ascending
/// firstRows   u32 × people + 1  a person's rows are firstRows[i] ..< firstRows[i + 1]
/// times       i64 × rows        ascending within a person
/// arrivals    u32 × rows        item number − firstSequence; ascending on equal times
/// symbols     u16 × rows        the event's name
/// kinds       u8  × rows        EventKind
/// blocks      u64 × ⌈rows/256⌉  where the records of each 256 rows begin
/// offsets     u32 × rows        where the row's record begins, counted from its block
/// records                       the event records, as they are in the log
/// checksums   u32 × pages       CRC-32C of each 64 KiB of the file up to here, the header left out
/// ```
struct SegmentLayout: Equatable, Sendable {
  var level: Int
  var firstCut: UInt64
  var lastCut: UInt64
  /// The items `firstSequence ..< endSequence` are in the segment, with all fates before `endSequence` applied.
  var firstSequence: UInt64
  var endSequence: UInt64
  var people: Int
  var rows: Int
  var recordBytes: Int
  var earliest: Int64 = 0
  var latest: Int64 = 0

  static let headerBytes = 256
  static let pageBytes = 1 << 16
  static let blockRows = 256

  enum Column: Int, CaseIterable {
    case people, firstRows, times, arrivals, symbols, kinds, blocks, offsets, records, checksums
  }

  /// Where a column lies in the file.
  func range(_ column: Column) -> Range<Int> {
    var offset = Self.headerBytes
    for earlier in Column.allCases {
      offset = (offset + 63) & ~63
      let bytes = bytes(of: earlier, at: offset)
      if earlier == column { return offset..<(offset + bytes) }
      offset += bytes
    }
    preconditionFailure("a column without a place")
  }

  private func bytes(of column: Column, at offset: Int) -> Int {
    switch column {
    case .people: people * 8
    case .firstRows: (people + 1) * 4
    case .times: rows * 8
    case .arrivals, .offsets: rows * 4
    case .symbols: rows * 2
    case .kinds: rows
    case .blocks: (rows + Self.blockRows - 1) / Self.blockRows * 8
    case .records: recordBytes
    case .checksums: (offset + Self.pageBytes - 1) / Self.pageBytes * 4
    }
  }

  var fileBytes: Int { range(.checksums).upperBound }

  /// The column at an offset of the file, for naming damage.
  func column(at offset: Int) -> String {
    Column.allCases.last { range($0).lowerBound <= offset }.map { "the column \($0)" } ?? "the header"
  }
}
