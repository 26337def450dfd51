import Glibc

/// The contents of a small file.
func wholeFile(_ path: String) throws(Failure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw .system("read", path, errno, remedy: "check the path and its permissions")
  }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &part, part.count)
    guard count >= 0 else { throw .system("read", path, errno, remedy: "check the disk") }
    if count == 0 { return bytes }
    bytes += part[..<count]
  }
}
