import Glibc
import RoostCore

/// The files of one rehearsal.
///
/// | file | holds |
/// |---|---|
/// | `material.json` | request, definitions and names: enough to rehearse a person again |
/// | `summary.json` | the result; the last file to be written, so a folder without it is of a rehearsal that did not end |
/// | `messages` | `RehearsedMessage`s by person and time |
/// | `order` | their numbers by time, 32 bits each |
struct RehearsalFolder: Sendable {
  let path: String

  var messages: String { path + "/messages" }
  var order: String { path + "/order" }
  private var material: String { path + "/material.json" }
  private var summary: String { path + "/summary.json" }

  func make() throws(Problem) {
    var parent = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      parent += "/" + part
      guard mkdir(parent, 0o700) == 0 || errno == EEXIST else { throw Self.failure("made", parent) }
    }
  }

  func remove() {
    for file in [summary, material, messages, order] { unlink(file) }
    rmdir(path)
  }

  func writeMaterial(_ json: JSONValue) throws(Problem) { try write(json, to: material) }
  func writeSummary(_ json: JSONValue) throws(Problem) { try write(json, to: summary) }

  func readMaterial() -> JSONValue? { read(material) }
  func readSummary() -> JSONValue? { read(summary) }

  private func write(_ json: JSONValue, to file: String) throws(Problem) {
    var bytes: [UInt8] = []
    json.write(into: &bytes)
    let draft = file + ".draft"
    let output = try OutputFile(draft)
    try output.write(bytes)
    guard rename(draft, file) == 0 else { throw Self.failure("written", file) }
  }

  private func read(_ file: String) -> JSONValue? {
    guard let bytes = wholeFile(file) else { return nil }
    do throws(JSONError) { return try JSONValue(parsing: bytes) } catch { return nil }
  }

  static func failure(_ what: String, _ file: String) -> Problem {
    Problem(.unavailable, "\(file) cannot be \(what): \(String(cString: strerror(errno)))")
  }
}

/// A file that is written from front to back.
final class OutputFile {
  private let descriptor: Int32
  private let path: String

  init(_ path: String) throws(Problem) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw RehearsalFolder.failure("written", path) }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws(Problem) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
      if count < 0 {
        if errno == EINTR { continue }
        throw RehearsalFolder.failure("written", path)
      }
      done += count
    }
  }
}

/// A file's bytes; `nil` if it cannot be read.
private func wholeFile(_ path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { return nil }
  var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
  var done = 0
  while done < bytes.count {
    let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + done, $0.count - done) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return nil }
    done += count
  }
  return bytes
}

/// A file in memory as long as the value lives.
final class MappedFile: @unchecked Sendable {
  // Safe to share: nobody writes into a mapping that others read.
  let bytes: UnsafeMutableRawBufferPointer

  init(_ path: String, isWritable: Bool = false) throws(Problem) {
    let descriptor = open(path, (isWritable ? O_RDWR : O_RDONLY) | O_CLOEXEC)
    guard descriptor >= 0 else { throw RehearsalFolder.failure("read", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw RehearsalFolder.failure("read", path) }
    guard status.st_size > 0 else {
      bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      return
    }
    let protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
    guard let base = mmap(nil, Int(status.st_size), protection, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
      throw RehearsalFolder.failure("read", path)
    }
    bytes = UnsafeMutableRawBufferPointer(start: base, count: Int(status.st_size))
  }

  deinit { if let base = bytes.baseAddress { munmap(base, bytes.count) } }
}
