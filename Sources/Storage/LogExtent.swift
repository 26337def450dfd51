/// The durable part of a file log at one moment: what readers see.
struct LogExtent: Sendable {
  /// Where a group begins: the way into the last segment without a walk from its start.
  struct Mark: Sendable {
    var position: LogPosition
    var offset: Int
  }

  private(set) var segments: [Segment]
  /// Behind the last record.
  private(set) var end: LogPosition
  /// Where the last segment's durable part ends.
  private(set) var endOffset: Int
  /// The last segment, open: should a rewrite replace it under its name, this extent still means the old contents.
  private(set) var lastFile: DiskFile
  /// Of the last segment, ascending, one in `bytesBetweenMarks`.
  private(set) var marks: [Mark] = []

  private static let bytesBetweenMarks = 256 << 10

  init(segments: [Segment], lastFile: DiskFile, end: LogPosition, endOffset: Int, marks: [Mark] = []) {
    self.segments = segments
    self.lastFile = lastFile
    self.end = end
    self.endOffset = endOffset
    self.marks = marks
  }

  /// A group became durable.
  mutating func grow(to end: LogPosition, offset: Int) {
    Self.mark(end, offset, in: &marks)
    self.end = end
    endOffset = offset
  }

  /// The log goes on in a new segment.
  mutating func start(_ segment: Segment, _ file: DiskFile, offset: Int) {
    segments.append(segment)
    lastFile = file
    endOffset = offset
    marks = []
  }

  static func mark(_ position: LogPosition, _ offset: Int, in marks: inout [Mark]) {
    if offset - (marks.last?.offset ?? 0) >= bytesBetweenMarks {
      marks.append(Mark(position: position, offset: offset))
    }
  }

  /// The last mark not behind `position`.
  func mark(before position: LogPosition) -> Mark? {
    let index = marks.partitioningIndex { $0.position > position }
    return index > 0 ? marks[index - 1] : nil
  }

  /// Where the records of a segment end: the next file says so, and a shorter file is a damaged one.
  func end(ofSegment index: Int) -> LogPosition { index + 1 < segments.count ? segments[index + 1].first : end }
}
