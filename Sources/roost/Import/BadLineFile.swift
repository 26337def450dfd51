import Glibc
import RoostCore

/// The file of lines that could not be taken, one JSON object each. It is made when the first one comes.
final class BadLineFile {
  let path: String
  private var descriptor: Int32 = -1
  private(set) var bytes = 0

  /// Keeps the first `keeping` bytes of an earlier run's file.
  init(_ path: String, keeping: Int) throws(Failure) {
    self.path = path
    if keeping == 0 {
      guard unlink(path) == 0 || errno == ENOENT else { throw failure() }
    } else {
      try openFile()
      var status = stat()
      guard fstat(descriptor, &status) == 0, ftruncate(descriptor, min(status.st_size, off_t(keeping))) == 0 else {
        throw failure()
      }
      bytes = min(Int(status.st_size), keeping)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func append(_ lines: [BadLine]) throws(Failure) {
    guard !lines.isEmpty else { return }
    if descriptor < 0 { try openFile() }
    var text: [UInt8] = []
    for line in lines {
      line.json.write(into: &text)
      text.append(UInt8(ascii: "\n"))
    }
    guard writeAll(text, to: descriptor) else { throw failure() }
    bytes += text.count
  }

  private func openFile() throws(Failure) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
  }

  private func failure() -> Failure {
    .system("written", path, errno, remedy: "name another file for bad lines with --errors")
  }
}
