import Glibc

/// A directory: its entries, and making them durable.
struct DiskDirectory: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  func file(_ name: String) -> String { path + "/" + name }

  /// Creates the directory and those above it where they are missing, durably.
  func create() throws(StorageError) {
    if exists { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      let parent = DiskDirectory(String(path[..<slash]))
      try parent.create()
    }
    guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw .system("create", path, errno) }
    try parent.sync()
  }

  var exists: Bool {
    var status = stat()
    return stat(path, &status) == 0 && (status.st_mode & S_IFMT) == S_IFDIR
  }

  var parent: DiskDirectory {
    guard let slash = path.lastIndex(of: "/") else { return DiskDirectory(".") }
    return DiskDirectory(slash == path.startIndex ? "/" : String(path[..<slash]))
  }

  /// Names of the entries in ascending order, without `.` and `..`.
  func names() throws(StorageError) -> [String] {
    guard let stream = opendir(path) else { throw .system("list", path, errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes creations, renames and removals in the directory durable.
  func sync() throws(StorageError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", path, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system("sync", path, errno) }
  }

  func rename(_ old: String, to new: String) throws(StorageError) {
    guard Glibc.rename(file(old), file(new)) == 0 else { throw .system("rename", file(old), errno) }
    try sync()
  }

  func remove(_ name: String) throws(StorageError) {
    guard unlink(file(name)) == 0 || errno == ENOENT else { throw .system("remove", file(name), errno) }
  }

  /// Takes the directory for this process: the returned file holds the lock until it is closed, and a crash releases
  /// it.
  func lock() throws(StorageError) -> DiskFile {
    let file = try DiskFile(file("lock"), O_RDWR | O_CREAT)
    guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw StorageError(
        .locked, "\(path) is in use by another process",
        remedy: "Stop the other `roost` that runs on this data directory, or choose another directory.")
    }
    return file
  }
}
