import Glibc

/// Small files and directories.
enum File {
  /// A whole file; empty if it cannot be read, as with figures of a process that has just ended.
  static func bytes(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &part, part.count)
      guard count > 0 else { return bytes }
      bytes += part[..<count]
    }
  }

  static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// This program's own file.
  static func ownProgram() throws(Failure) -> String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &path, path.count)
    guard count > 0 else { throw .system("readlink /proc/self/exe") }
    return String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// A new directory below `parent`, removed with all that is in it when the last reference goes.
final class TemporaryDirectory {
  let path: String

  init(in parent: String) throws(Failure) {
    var template = Array((parent + "/roost-bench-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("mkdtemp in \(parent)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    Leftovers.shared.add(directory: path)
  }

  deinit { Leftovers.shared.remove(directory: path) }
}
