import Glibc

extension FileLog {
  /// See `Log.rewrite`. Each segment that changes is written anew beside the old one, made durable, and renamed over
  /// it; readers that have the old file open finish with the old payloads. Appending goes on meanwhile.
  @discardableResult
  public func rewrite(
    _ transform: (LogPosition, LogRecordView, inout [UInt8]) throws -> Bool
  ) throws -> RewriteSummary {
    try rewriting.withLock { _ in
      try sealActiveSegment()
      let chain = SegmentChain(directory, extent.withLock { $0 })
      var summary = RewriteSummary()
      for index in chain.extent.segments.indices.dropLast() {
        var rewrite = SegmentRewrite(directory: directory, options: options)
        let replaced = try rewrite.run(chain, index, transform)
        if replaced > 0 {
          summary.recordsReplaced += replaced
          summary.filesRewritten += 1
        }
      }
      return summary
    }
  }

  /// Afterwards every record lies in a file that is never written to again.
  private func sealActiveSegment() throws(StorageError) {
    try writer.withLock { writer throws(StorageError) in
      if let failure = writer.failure { throw failure }
      guard !writer.isClosed else {
        throw StorageError(
          .unusable, "The log in \(directory.path) is closed", remedy: "Open it again before rewriting.")
      }
      if writer.active.end > writer.active.segment.first { try startSegment(&writer) }
    }
  }
}

/// The rewriting of one sealed segment. A file is made only when the first record changes.
private struct SegmentRewrite {
  let directory: DiskDirectory
  let options: FileLogOptions
  private var output: DiskFile?
  private var offset = 0
  private var group = RecordGroup()
  private var replacement: [UInt8] = []

  init(directory: DiskDirectory, options: FileLogOptions) {
    self.directory = directory
    self.options = options
  }

  /// Returns the number of records replaced.
  mutating func run(
    _ chain: SegmentChain, _ index: Int,
    _ transform: (LogPosition, LogRecordView, inout [UInt8]) throws -> Bool
  ) throws -> Int {
    let name = chain.extent.segments[index].name
    let temporary = name + Segment.newSuffix
    var input = try SegmentCursor(chain, index)
    var replaced = 0
    do {
      var start = input.offset
      while let (frame, body) = try input.next() {
        let changes = try rebuild(frame, body, transform)
        replaced += changes
        if changes > 0 && output == nil { try begin(temporary, copying: input.file, upTo: start) }
        if output != nil { try write(frame, salt: input.header.salt) }
        start = input.offset
      }
      guard let output else { return 0 }
      try output.sync()
      try options.reach(.rewriteWritten, output.path)
      try directory.rename(temporary, to: name)
      try options.reach(.rewritten, output.path)
    } catch {
      if output != nil { try directory.remove(temporary) }
      throw error
    }
    return replaced
  }

  /// Fills `group` with the frame's records, replaced where `transform` says so.
  private mutating func rebuild(
    _ frame: LogFrame, _ body: UnsafeRawBufferPointer,
    _ transform: (LogPosition, LogRecordView, inout [UInt8]) throws -> Bool
  ) throws -> Int {
    group.removeAll()
    var records = RecordCursor(body)
    var position = frame.first
    var replaced = 0
    while let record = records.next() {
      replacement.removeAll(keepingCapacity: true)
      if try transform(position, record, &replacement) {
        group.append(bucket: record.bucket, sequence: record.sequence, payload: replacement)
        replaced += 1
      } else {
        group.append(bucket: record.bucket, sequence: record.sequence, payload: record.payload)
      }
      position = position.next
    }
    return replaced
  }

  private mutating func begin(_ name: String, copying input: DiskFile, upTo end: Int) throws(StorageError) {
    let output = try DiskFile(directory.file(name), O_RDWR | O_CREAT | O_TRUNC)
    self.output = output
    offset = 0
    while offset < end {
      let bytes = try input.bytes(at: offset, count: min(1 << 20, end - offset))
      guard !bytes.isEmpty else { throw .system("read", input.path, EIO) }
      try bytes.withRawBytes { bytes throws(StorageError) in try output.write(at: offset, bytes) }
      offset += bytes.count
    }
  }

  private mutating func write(_ frame: LogFrame, salt: UInt32) throws(StorageError) {
    guard let output else { return }
    let frame = LogFrame(bodyBytes: group.bytes.count, count: frame.count, first: frame.first)
    var header = [UInt8](repeating: 0, count: LogFrame.headerBytes)
    try group.bytes.withRawBytes { body throws(StorageError) in
      header.withUnsafeMutableBytes { frame.encode(into: $0, body: body, salt: salt) }
      try header.withRawBytes { header throws(StorageError) in try output.write(at: offset, header, body) }
    }
    offset += frame.totalBytes
  }
}
