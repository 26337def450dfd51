import Glibc

/// The segment that is being written. Only the log's writer touches it.
struct ActiveSegment: Sendable {
  let segment: Segment
  let file: DiskFile
  let salt: UInt32
  /// Where the next group goes.
  private(set) var offset: Int
  /// Behind the last record.
  private(set) var end: LogPosition
  /// The file's size: written and reserved.
  private var reserved: Int

  /// Goes on in a segment whose contents end at `offset`; the file is cut there.
  init(continuing segment: Segment, _ file: DiskFile, salt: UInt32, offset: Int, end: LogPosition) throws(StorageError)
  {
    self.segment = segment
    self.file = file
    self.salt = salt
    self.offset = offset
    self.end = end
    reserved = offset
    if try file.size() != offset {
      try file.truncate(to: offset)
      try file.sync()
    }
  }

  /// Makes a new segment file durable under its name.
  init(creating header: SegmentHeader, in directory: DiskDirectory, _ options: FileLogOptions) throws(StorageError) {
    segment = Segment(first: header.first)
    let temporary = segment.name + Segment.newSuffix
    let bytes = header.encoded()
    do throws(StorageError) {
      let file = try DiskFile(directory.file(temporary), O_RDWR | O_CREAT | O_TRUNC)
      try bytes.withRawBytes { bytes throws(StorageError) in try file.write(at: 0, bytes) }
      try file.sync()
      try options.reach(.segmentWritten, file.path)
      try directory.rename(temporary, to: segment.name)
      self.file = try DiskFile(directory.file(segment.name), O_RDWR)
    } catch {
      try directory.remove(temporary)
      throw error
    }
    salt = header.salt
    offset = bytes.count
    reserved = bytes.count
    end = header.first
  }

  /// Whether a group of this size belongs into the next segment.
  func isFull(for group: RecordGroup, _ options: FileLogOptions) -> Bool {
    end > segment.first && offset + LogFrame.headerBytes + group.bytes.count > options.segmentBytes
  }

  /// How a failed write left the segment.
  enum WriteFailure: Error {
    /// As it was before.
    case undone(StorageError)
    /// Unknown: the system may hold or have lost any part of the group.
    case unknown(StorageError)
  }

  /// Writes a group (without records: the mark of a clean end) and makes it durable.
  mutating func write(_ group: RecordGroup, _ options: FileLogOptions) throws(WriteFailure) {
    let frame = LogFrame(bodyBytes: group.bytes.count, count: group.count, first: end)
    do throws(StorageError) {
      try reserve(frame.totalBytes, options)
    } catch {
      throw .undone(error)
    }
    do throws(StorageError) {
      try options.reach(.write, file.path)
      try group.bytes.withRawBytes { body throws(StorageError) in
        try withFrameHeader { header throws(StorageError) in
          frame.encode(into: header, body: body, salt: salt)
          try file.write(at: offset, UnsafeRawBufferPointer(header), body)
        }
      }
    } catch {
      guard (try? file.truncate(to: offset)) != nil else { throw .unknown(error) }
      reserved = offset
      throw .undone(error)
    }
    do throws(StorageError) {
      try options.reach(.sync, file.path)
      try file.sync()
      try options.reach(.synced, file.path)
    } catch {
      throw .unknown(error)
    }
    offset += frame.totalBytes
    end = frame.end
  }

  /// Cuts what is reserved and not written: the file is final, or rests until it is opened again.
  mutating func seal(_ options: FileLogOptions) throws(StorageError) {
    if reserved == offset { return }
    try file.truncate(to: offset)
    try file.sync()
    reserved = offset
  }

  private mutating func reserve(_ bytes: Int, _ options: FileLogOptions) throws(StorageError) {
    guard offset + bytes > reserved else { return }
    try options.reach(.allocate, file.path)
    for target in [max(offset + bytes, offset + options.reserveBytes), offset + bytes] {
      let code = allocate(from: reserved, to: target)
      if code == 0 {
        reserved = target
        return
      }
      try file.truncate(to: reserved)
      if target == offset + bytes { throw .system("reserve room in", file.path, code) }
    }
  }

  private func allocate(from: Int, to: Int) -> Int32 {
    while true {
      let code = posix_fallocate(file.descriptor, off_t(from), off_t(to - from))
      if code != EINTR { return code }
    }
  }
}

private func withFrameHeader(
  _ body: (UnsafeMutableRawBufferPointer) throws(StorageError) -> Void
) throws(StorageError) {
  var header: (UInt64, UInt64, UInt64) = (0, 0, 0)
  let result = withUnsafeMutableBytes(of: &header) { bytes -> StorageError? in
    do throws(StorageError) {
      try body(bytes)
      return nil
    } catch {
      return error
    }
  }
  if let result { throw result }
}
