import Glibc

/// A temporary file without a name.
final class SpillFile {
  private let descriptor: Int32
  private let folder: String
  private(set) var end = 0

  init(_ folders: [String]) throws(Failure) {
    for folder in folders {
      var template = Array((folder + "/.roost-sort-XXXXXX").utf8CString)
      let descriptor = mkstemp(&template)
      guard descriptor >= 0 else { continue }
      unlink(template)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      self.descriptor = descriptor
      self.folder = folder
      return
    }
    throw Failure(
      .foundProblem,
      "no temporary file can be made in \(folders.joined(separator: " or ")); set TMPDIR to a folder with room")
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws(Failure) {
    guard writeAll(bytes, to: descriptor) else {
      throw .system("extended", "a temporary file in \(folder)", errno, remedy: "set TMPDIR to a folder with room")
    }
    end += bytes.count
  }

  /// Reads exactly `count` bytes.
  func read(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
    var failure: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let part = pread(descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
        if part < 0, errno == EINTR { continue }
        guard part > 0 else {
          failure = part < 0 ? errno : EIO
          return
        }
        done += part
      }
    }
    if let failure { throw .system("read", "a temporary file in \(folder)", failure, remedy: "check the disk") }
    return bytes
  }
}
