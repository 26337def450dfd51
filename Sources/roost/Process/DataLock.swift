import Glibc

/// The lock that a server holds on its data directory.
enum DataLock {
  /// Whether a server runs on the directory. `false` too where there is none yet.
  static func isHeld(_ data: String) throws(Failure) -> Bool {
    let path = data + "/log/lock"
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return false }
      throw .system("read", path, errno, remedy: "run as the user that runs the server")
    }
    defer { close(descriptor) }
    // Taken only to ask; closing gives it back.
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }
}
