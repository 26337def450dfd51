import Glibc

/// What nobody can be faster than: a loop that appends the same bytes in groups of the same size and makes each durable
/// before the next.
enum BareAppend {
  /// Seconds for `bytes` in `groups` calls of `write` and `fdatasync`.
  static func seconds(bytes: Double, groups: Double, in directory: String) throws(Failure) -> Double {
    let path = directory + "/bare"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("open \(path)") }
    defer {
      close(descriptor)
      unlink(path)
    }
    let group = [UInt8](repeating: 0x5A, count: max(1, Int(bytes / max(1, groups))))
    let watch = Stopwatch()
    for _ in 0..<Int(groups) {
      guard writeAll(group, to: descriptor), fdatasync(descriptor) == 0 else { throw .system("write to \(path)") }
    }
    return watch.seconds
  }
}
