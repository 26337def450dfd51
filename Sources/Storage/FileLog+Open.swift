import Glibc

extension FileLog {
  struct Opened {
    var report: OpenReport
    var extent: LogExtent
    var writer: Writer
  }

  /// Checks the chain of segments, reads the last one, and cuts what a crash left unfinished behind its last group.
  static func open(_ directory: DiskDirectory, _ options: FileLogOptions) throws(StorageError) -> Opened {
    var report = OpenReport()
    for name in try directory.names() where name.hasSuffix(Segment.newSuffix) {
      try directory.remove(name)
      report.leftoverFilesRemoved += 1
    }
    let segments = try Segment.all(in: directory)
    guard let last = segments.last else { return try start(directory, options, report) }
    try checkChain(segments, directory)

    let file = try DiskFile(directory.file(last.name), O_RDWR)
    let header = try SegmentHeader(reading: file)
    let tail = try SegmentTail(file, header, size: try file.size())
    report.tornBytesCut = tail.tornBytes
    let active = try ActiveSegment(continuing: last, file, salt: header.salt, offset: tail.offset, end: tail.end)
    return Opened(
      report: report,
      extent: LogExtent(
        segments: segments, lastFile: file, end: tail.end, endOffset: tail.offset, marks: tail.marks),
      writer: Writer(active: active, sequences: tail.sequences))
  }

  private static func start(
    _ directory: DiskDirectory, _ options: FileLogOptions, _ report: OpenReport
  ) throws(StorageError) -> Opened {
    let header = SegmentHeader(
      first: .start, previousFirst: .start, salt: UInt32.random(in: .min ... .max), sequences: BucketSequences())
    let active = try ActiveSegment(creating: header, in: directory, options)
    return Opened(
      report: report,
      extent: LogExtent(segments: [active.segment], lastFile: active.file, end: .start, endOffset: active.offset),
      writer: Writer(active: active, sequences: BucketSequences()))
  }

  /// Each file names the one before it: a missing or foreign file shows without reading the log.
  static func checkChain(_ segments: [Segment], _ directory: DiskDirectory) throws(StorageError) {
    var previous: Segment?
    for segment in segments {
      let path = directory.file(segment.name)
      let header = try SegmentHeader(reading: DiskFile(path, O_RDONLY))
      guard header.first == segment.first else {
        throw .damaged(file: path, offset: 0, position: segment.first, "it was renamed: it begins at \(header.first)")
      }
      guard header.previousFirst == previous?.first ?? .start, previous != nil || segment.first == .start else {
        let missing = Segment(first: header.previousFirst).name
        throw .damaged(file: path, offset: 0, position: segment.first, "the file \(missing) before it is missing")
      }
      previous = segment
    }
  }
}

/// What lies in the last segment, and where its last whole group ends.
struct SegmentTail {
  private(set) var offset: Int
  private(set) var end: LogPosition
  private(set) var sequences: BucketSequences
  private(set) var marks: [LogExtent.Mark] = []
  /// Bytes behind the last group that are no group: a write that a crash cut short.
  private(set) var tornBytes = 0

  init(_ file: DiskFile, _ header: SegmentHeader, size: Int) throws(StorageError) {
    offset = header.byteCount
    end = header.first
    sequences = header.sequences
    let reader = FrameReader(file, salt: header.salt, limit: size)
    while true {
      switch try reader.frame(at: offset) {
      case .blank: return
      case .broken(let what):
        try findTorn(reader, what)
        return
      case .frame(let frame, let body):
        try take(frame, body, file)
      }
    }
  }

  private mutating func take(_ frame: LogFrame, _ body: UnsafeRawBufferPointer, _ file: DiskFile) throws(StorageError) {
    guard frame.first == end else {
      throw .damaged(file: file.path, offset: offset, position: end, "a group of position \(frame.first) stands here")
    }
    guard sequences.follow(body, count: frame.count) else {
      throw .damaged(
        file: file.path, offset: offset, position: end, "the records of a group do not follow those before")
    }
    offset += frame.totalBytes
    end = frame.end
    LogExtent.mark(end, offset, in: &marks)
  }

  /// Only the last group can have been cut short: each one was durable before the next was written. So a whole group
  /// behind a broken one proves damage.
  private mutating func findTorn(_ reader: FrameReader, _ what: String) throws(StorageError) {
    if try reader.hasFrame(after: offset, first: end) {
      throw .damaged(file: reader.file.path, offset: offset, position: end, what)
    }
    tornBytes = try reader.lastNonZero(from: offset) - offset
  }
}

extension BucketSequences {
  /// Advances over the records of a stored group; `false` if they are not `count` whole records in sequence.
  mutating func follow(_ body: UnsafeRawBufferPointer, count: Int) -> Bool {
    var cursor = RecordCursor(body)
    for _ in 0..<count {
      guard let record = cursor.next(), record.sequence == self[record.bucket] + 1 else { return false }
      set(record.bucket, to: record.sequence)
    }
    return cursor.offset == body.count
  }
}

extension FrameReader {
  /// Whether a whole frame with a position not below `first` stands anywhere behind `offset`.
  func hasFrame(after offset: Int, first: LogPosition) throws(StorageError) -> Bool {
    let end = try lastNonZero(from: offset)
    guard end - offset > LogFrame.headerBytes else { return false }
    let bytes = try file.bytes(at: offset, count: limit - offset)
    return bytes.withUnsafeBytes { bytes in
      for at in 1..<(end - offset) where bytes.count - at >= LogFrame.headerBytes {
        let frame = LogFrame(parsing: UnsafeRawBufferPointer(rebasing: bytes[at...]))
        guard frame.isPlausible, frame.first >= first, frame.totalBytes <= bytes.count - at else { continue }
        let whole = UnsafeRawBufferPointer(rebasing: bytes[at..<(at + frame.totalBytes)])
        let body = UnsafeRawBufferPointer(rebasing: whole[LogFrame.headerBytes...])
        if LogFrame.checksum(header: whole, body: body, salt: salt) == frame.checksum { return true }
      }
      return false
    }
  }

  /// Behind the last byte from `offset` on that is not zero; `offset` if there is none.
  func lastNonZero(from offset: Int) throws(StorageError) -> Int {
    var low = offset
    var last = offset
    while low < limit {
      let count = min(1 << 16, limit - low)
      let bytes = try file.bytes(at: low, count: count)
      if let index = bytes.lastIndex(where: { $0 != 0 }) { last = low + index + 1 }
      low += count
    }
    return last
  }
}
