import Glibc

/// An open file. Closed when the last reference goes.
final class DiskFile: Sendable {
  let path: String
  let descriptor: Int32

  /// Opens `path` with `open(2)` flags; files that it creates are for the owner and group only, they hold personal
  /// data.
  init(_ path: String, _ flags: Int32) throws(StorageError) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw .system("open", path, errno) }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func size() throws(StorageError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("stat", path, errno) }
    return Int(status.st_size)
  }

  /// Reads until `buffer` is full or the file ends; returns the bytes read.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
    var done = 0
    while done < buffer.count {
      let n = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if n == 0 { break }
      if n < 0 {
        if errno == EINTR { continue }
        throw .system("read", path, errno)
      }
      done += n
    }
    return done
  }

  /// Writes `head` and then `tail`, with one system call as a rule.
  func write(at offset: Int, _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer) throws(StorageError) {
    let total = head.count + tail.count
    var done = 0
    while done < total {
      let n: Int
      if done < head.count {
        var parts = [part(head, from: done), part(tail, from: 0)]
        n = pwritev(descriptor, &parts, 2, off_t(offset + done))
      } else {
        let from = done - head.count
        n = pwrite(descriptor, tail.baseAddress! + from, tail.count - from, off_t(offset + done))
      }
      if n < 0 {
        if errno == EINTR { continue }
        throw .system("write", path, errno)
      }
      done += n
    }
  }

  func write(at offset: Int, _ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    try write(at: offset, bytes, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// Makes the contents durable; times of access and change may be lost.
  func sync() throws(StorageError) {
    guard fdatasync(descriptor) == 0 else { throw .system("sync", path, errno) }
  }

  func truncate(to size: Int) throws(StorageError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw .system("truncate", path, errno) }
  }

  private func part(_ bytes: UnsafeRawBufferPointer, from: Int) -> iovec {
    iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress.map { $0 + from }), iov_len: bytes.count - from)
  }
}

extension StorageError {
  /// An error of the operating system about `path`.
  static func system(_ operation: String, _ path: String, _ code: Int32) -> StorageError {
    let message = "Cannot \(operation) \(path): \(String(cString: strerror(code)))"
    switch code {
    case ENOSPC, EDQUOT, EFBIG:
      return StorageError(
        .noSpace, message, remedy: "Free disk space or raise the quota; nothing is lost and writing goes on.")
    case ENOENT:
      return StorageError(.missing, message, remedy: "Check the path of the data directory.")
    case EACCES, EPERM, EROFS:
      return StorageError(.io, message, remedy: "Give the user that runs Roost the right to read and write there.")
    case EMFILE, ENFILE:
      return StorageError(.io, message, remedy: "Raise the limit on open files (`ulimit -n`).")
    default:
      return StorageError(.io, message, remedy: "Check the disk and the system log.")
    }
  }
}
