import Glibc

extension FileLog {
  @discardableResult
  public func read(
    from position: LogPosition, _ body: (LogPosition, LogRecordView) throws -> Bool
  ) throws -> LogPosition {
    try SegmentChain(directory, extent.withLock { $0 }).read(from: position, body)
  }
}

/// The durable part of a log at one moment, as files to read.
struct SegmentChain {
  let directory: DiskDirectory
  let extent: LogExtent

  init(_ directory: DiskDirectory, _ extent: LogExtent) {
    self.directory = directory
    self.extent = extent
  }

  func read(from position: LogPosition, _ body: (LogPosition, LogRecordView) throws -> Bool) throws -> LogPosition {
    let segments = extent.segments
    var index = max(0, (segments.firstIndex { $0.first > position } ?? segments.count) - 1)
    var position = position
    while position < extent.end, index < segments.count {
      let (next, goesOn) = try read(segment: index, from: position, body)
      position = next
      if !goesOn { break }
      index += 1
    }
    return position
  }

  private func read(
    segment index: Int, from position: LogPosition, _ body: (LogPosition, LogRecordView) throws -> Bool
  ) throws -> (LogPosition, goesOn: Bool) {
    var cursor = try SegmentCursor(self, index)
    if index == extent.segments.count - 1, let mark = extent.mark(before: position) { cursor.leap(to: mark) }
    try cursor.skip(to: position)
    while let (frame, bytes) = try cursor.next() {
      var records = RecordCursor(bytes)
      var at = frame.first
      while at < frame.end {
        guard let record = records.next() else { throw cursor.damage("a group ends inside a record") }
        if at >= position, try !body(at, record) { return (at.next, false) }
        at = at.next
      }
    }
    return (cursor.end, true)
  }
}

/// Walks the frames of one segment and insists on reaching its end.
struct SegmentCursor {
  let file: DiskFile
  let header: SegmentHeader
  let end: LogPosition
  let reader: FrameReader
  /// Of the frame that `next` will return.
  private(set) var offset: Int
  private(set) var position: LogPosition

  init(_ chain: SegmentChain, _ index: Int) throws(StorageError) {
    let extent = chain.extent
    let isLast = index == extent.segments.count - 1
    file = isLast ? extent.lastFile : try DiskFile(chain.directory.file(extent.segments[index].name), O_RDONLY)
    header = try SegmentHeader(reading: file)
    end = extent.end(ofSegment: index)
    reader = FrameReader(file, salt: header.salt, limit: isLast ? extent.endOffset : try file.size())
    offset = header.byteCount
    position = header.first
  }

  /// Goes on at a mark of this segment.
  mutating func leap(to mark: LogExtent.Mark) {
    offset = mark.offset
    position = mark.position
  }

  /// Leaps over the frames that end before `target`. Their bodies are not looked at.
  mutating func skip(to target: LogPosition) throws(StorageError) {
    while position < target, let frame = try reader.header(at: offset), frame.first == position, frame.end <= target,
      frame.end <= end
    {
      offset += frame.totalBytes
      position = frame.end
    }
  }

  /// The next frame, whose body is valid until the next call; `nil` at the segment's end.
  mutating func next() throws(StorageError) -> (LogFrame, body: UnsafeRawBufferPointer)? {
    while position < end {
      switch try reader.frame(at: offset) {
      case .frame(let frame, let body):
        guard frame.first == position, frame.end <= end else {
          throw damage("a group of position \(frame.first) stands here")
        }
        offset += frame.totalBytes
        position = frame.end
        if frame.count > 0 { return (frame, body) }
      case .blank: throw damage("the file ends before position \(end)")
      case .broken(let what): throw damage(what)
      }
    }
    return nil
  }

  func damage(_ what: String) -> StorageError {
    .damaged(file: file.path, offset: offset, position: position, what)
  }
}
