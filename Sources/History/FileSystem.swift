import Glibc

/// The few file operations that the history needs, with errors that name the path.
enum FileSystem {
  static func makeDirectory(_ path: String) throws(HistoryError) {
    var partial = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      partial += "/" + part
      if mkdir(partial, 0o700) != 0, errno != EEXIST { throw .system("mkdir", partial) }
    }
  }

  /// The names in a directory, sorted.
  static func names(in directory: String) throws(HistoryError) -> [String] {
    guard let stream = opendir(directory) else { throw .system("opendir", directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The bytes of a small file; `nil` if there is none.
  static func read(_ path: String) throws(HistoryError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw .system("open", path)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .system("fstat", path) }
    let size = Int(status.st_size)
    var done = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while done < size {
        let got = Glibc.read(file, buffer.baseAddress! + done, size - done)
        if got <= 0 { break }
        done += got
      }
      count = done
    }
    guard done == size else { throw .system("read", path) }
    return bytes
  }

  /// Puts a whole file in place durably: a crash leaves the old one or the new one.
  static func replace(_ name: String, in directory: String, with bytes: [UInt8]) throws(HistoryError) {
    let temporary = "\(directory)/\(name).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system("open", temporary) }
    defer { close(file) }
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { write(file, $0.baseAddress! + done, bytes.count - done) }
      guard written > 0 else { throw .system("write", temporary) }
      done += written
    }
    guard fsync(file) == 0 else { throw .system("fsync", temporary) }
    try rename(temporary, to: name, in: directory)
  }

  /// Renames and makes the name durable.
  static func rename(_ temporary: String, to name: String, in directory: String) throws(HistoryError) {
    guard Glibc.rename(temporary, "\(directory)/\(name)") == 0 else { throw .system("rename", temporary) }
    let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { throw .system("open", directory) }
    defer { close(handle) }
    guard fsync(handle) == 0 else { throw .system("fsync", directory) }
  }

  /// Removes a file; one that is gone already is fine.
  static func remove(_ path: String) throws(HistoryError) {
    if unlink(path) != 0, errno != ENOENT { throw .system("unlink", path) }
  }
}
