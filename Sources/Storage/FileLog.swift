import Synchronization

/// The log in files of one directory: the embedded default.
///
/// A group commit is one `pwritev` and one `fdatasync`. Files are cut at `segmentBytes`; only the last one is written
/// to. One process holds the directory at a time.
public final class FileLog: Log {
  /// What opening found.
  public struct OpenReport: Equatable, Sendable {
    /// Bytes of a group that a crash left unfinished behind the last durable one; they were cut.
    public var tornBytesCut = 0
    /// Files of an unfinished segment change or rewrite; they were removed.
    public var leftoverFilesRemoved = 0
  }

  struct Writer: Sendable {
    var active: ActiveSegment
    var sequences: BucketSequences
    /// Why no write is possible any more.
    var failure: StorageError?
    var isClosed = false
  }

  public let openReport: OpenReport
  let directory: DiskDirectory
  let options: FileLogOptions
  let writer: Mutex<Writer>
  let extent: Mutex<LogExtent>
  /// Held by a rewrite and by the listing of a backup: neither may see the other halfway.
  let rewriting = Mutex(())
  private let lock: Mutex<DiskFile?>

  /// Opens the log in `directory`, or starts one there.
  ///
  /// Throws `.locked` if another process has it, `.damaged` if anything but an unfinished last group is wrong,
  /// `.unknownFormat` for files of a newer version.
  public init(directory path: String, options: FileLogOptions = FileLogOptions()) throws(StorageError) {
    let directory = DiskDirectory(path)
    try directory.create()
    let lock = try directory.lock()
    let opened = try Self.open(directory, options)
    self.directory = directory
    self.options = options
    self.lock = Mutex(lock)
    openReport = opened.report
    extent = Mutex(opened.extent)
    writer = Mutex(opened.writer)
  }

  public var end: LogPosition { extent.withLock { $0.end } }

  public func lastSequence(_ bucket: UInt16) -> UInt64 { writer.withLock { $0.sequences[bucket] } }

  @discardableResult
  public func append(_ group: RecordGroup) throws(StorageError) -> LogPosition {
    try writer.withLock { writer throws(StorageError) in
      if let failure = writer.failure { throw failure }
      guard !writer.isClosed else { throw Self.closed(directory.path) }
      guard group.bytes.count <= LogFrame.bodyBytesMax else { throw Self.groupTooLarge(group.bytes.count) }
      if group.isEmpty { return writer.active.end }
      if writer.active.isFull(for: group, options) { try startSegment(&writer) }
      try writer.sequences.advance(over: group)
      do throws(StorageError) {
        try write(group, &writer)
      } catch {
        writer.sequences.retreat(over: group)
        throw error
      }
      return writer.active.end
    }
  }

  public func close() throws(StorageError) {
    try writer.withLock { writer throws(StorageError) in
      if writer.isClosed { return }
      writer.isClosed = true
      defer { lock.withLock { $0 = nil } }
      if writer.failure != nil { return }
      // The mark behind the last group tells damage to that group from a write that a crash cut short.
      try write(RecordGroup(), &writer)
      try writer.active.seal(options)
    }
  }

  private func write(_ group: RecordGroup, _ writer: inout Writer) throws(StorageError) {
    do throws(ActiveSegment.WriteFailure) {
      try writer.active.write(group, options)
    } catch {
      switch error {
      case .undone(let cause): throw cause
      case .unknown(let cause):
        // After a failed sync the system may drop the pages and report success next time: only opening anew tells.
        let failure = StorageError(
          .unusable, "The log takes no more records after a failed write: \(cause.message)",
          remedy: "Check the disk, then start Roost again; it will find out which records are durable.")
        writer.failure = failure
        throw failure
      }
    }
    publish(writer.active)
  }

  func publish(_ active: ActiveSegment) {
    extent.withLock { $0.grow(to: active.end, offset: active.offset) }
  }

  /// Seals the active segment and goes on in a new one.
  func startSegment(_ writer: inout Writer) throws(StorageError) {
    try writer.active.seal(options)
    try options.reach(.sealed, writer.active.file.path)
    let header = SegmentHeader(
      first: writer.active.end, previousFirst: writer.active.segment.first,
      salt: UInt32.random(in: .min ... .max), sequences: writer.sequences)
    writer.active = try ActiveSegment(creating: header, in: directory, options)
    let active = writer.active
    extent.withLock { $0.start(active.segment, active.file, offset: active.offset) }
  }

  private static func closed(_ path: String) -> StorageError {
    StorageError(.unusable, "The log in \(path) is closed", remedy: "Open it again before writing.")
  }

  private static func groupTooLarge(_ bytes: Int) -> StorageError {
    StorageError(
      .tooLarge, "A group of \(bytes) bytes exceeds the limit of \(LogFrame.bodyBytesMax)",
      remedy: "Commit smaller groups.")
  }
}
