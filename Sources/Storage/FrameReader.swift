import Glibc

/// Reads the frames of one segment file through a window of memory.
///
/// A window instead of a mapping: a disk that fails gives an error here, and would kill the process there.
final class FrameReader {
  enum Outcome {
    /// A whole frame with the right checksum. The body is valid until the next call.
    case frame(LogFrame, body: UnsafeRawBufferPointer)
    /// Nothing, or the zeros of space that is reserved and not yet written.
    case blank
    /// Anything else; says what is wrong.
    case broken(String)
  }

  let file: DiskFile
  let salt: UInt32
  /// Where the readable part of the file ends.
  let limit: Int
  private var window: UnsafeMutableRawBufferPointer
  private var start = 0
  private var filled = 0
  private static let windowBytes = 1 << 20

  init(_ file: DiskFile, salt: UInt32, limit: Int) {
    self.file = file
    self.salt = salt
    self.limit = limit
    window = .allocate(byteCount: min(Self.windowBytes, max(limit, LogFrame.headerBytes)), alignment: 16)
  }

  deinit { window.deallocate() }

  /// The frame at `offset`, its checksum verified.
  func frame(at offset: Int) throws(StorageError) -> Outcome {
    guard let header = try bytes(at: offset, count: LogFrame.headerBytes) else {
      return try isBlank(from: offset) ? .blank : .broken("the file ends inside a group's header")
    }
    let frame = LogFrame(parsing: header)
    guard frame.isPlausible else {
      return try isBlank(from: offset) ? .blank : .broken("no group of records begins here")
    }
    guard let whole = try bytes(at: offset, count: frame.totalBytes) else {
      return .broken("the file ends inside a group")
    }
    let body = UnsafeRawBufferPointer(rebasing: whole[LogFrame.headerBytes...])
    guard LogFrame.checksum(header: whole, body: body, salt: salt) == frame.checksum else {
      return .broken("a group does not match its checksum")
    }
    return .frame(frame, body: body)
  }

  /// The header at `offset` without a look at the body: for finding a position quickly.
  func header(at offset: Int) throws(StorageError) -> LogFrame? {
    guard let header = try bytes(at: offset, count: LogFrame.headerBytes) else { return nil }
    let frame = LogFrame(parsing: header)
    return frame.isPlausible && frame.totalBytes <= limit - offset ? frame : nil
  }

  /// Whether there are only zeros from `offset` to the end.
  func isBlank(from offset: Int) throws(StorageError) -> Bool {
    var at = offset
    while at < limit {
      let count = min(Self.windowBytes, limit - at)
      guard let part = try bytes(at: at, count: count) else { return false }
      if part[0] != 0 || memcmp(part.baseAddress!, part.baseAddress! + 1, count - 1) != 0 { return false }
      at += count
    }
    return true
  }

  /// `count` bytes at `offset`, valid until the next call; `nil` if the file ends before.
  private func bytes(at offset: Int, count: Int) throws(StorageError) -> UnsafeRawBufferPointer? {
    guard count <= limit - offset else { return nil }
    if offset < start || offset + count > start + filled {
      if count > window.count {
        window.deallocate()
        window = .allocate(byteCount: count, alignment: 16)
      }
      start = offset
      filled = 0
      filled = try file.read(
        at: offset, into: UnsafeMutableRawBufferPointer(rebasing: window[..<min(window.count, limit - offset)]))
      guard count <= filled else { return nil }
    }
    return UnsafeRawBufferPointer(rebasing: window[(offset - start)..<(offset - start + count)])
  }
}
