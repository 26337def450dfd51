import Glibc
import RoostCore

/// How far an import came, kept beside the file of bad lines so that a killed import goes on where it was.
struct ImportState: Equatable {
  /// What the state belongs to; with another file or aim it means nothing.
  var identity: String
  /// Behind the last batch that was answered, and everything before it.
  var place = FilePlace(offset: 0, line: 1)
  var accepted = 0
  var rejected = 0
  /// The length of the file of bad lines then.
  var errorsBytes = 0

  private static let version: Int64 = 1

  /// Reads the state of an earlier run of the same import; `nil` if there is none.
  init?(path: String, identity: String) throws(Failure) {
    guard access(path, F_OK) == 0 else { return nil }
    guard let json = try? JSONValue(parsing: try wholeFile(path)), json["version"]?.int == Self.version,
      json["identity"]?.string == identity, let offset = json["offset"]?.int, let line = json["line"]?.int,
      let accepted = json["accepted"]?.int, let rejected = json["rejected"]?.int,
      let errors = json["errorsBytes"]?.int
    else { return nil }
    self.identity = identity
    place = FilePlace(offset: Int(offset), line: Int(line))
    self.accepted = Int(accepted)
    self.rejected = Int(rejected)
    errorsBytes = Int(errors)
  }

  init(identity: String) { self.identity = identity }

  /// Replaces the file at once: a reader finds the old state or the new one.
  func write(to path: String) throws(Failure) {
    let json: JSONValue = [
      "version": .int(Self.version), "identity": .string(identity), "offset": .int(Int64(place.offset)),
      "line": .int(Int64(place.line)), "accepted": .int(Int64(accepted)), "rejected": .int(Int64(rejected)),
      "errorsBytes": .int(Int64(errorsBytes)),
    ]
    var bytes: [UInt8] = []
    json.write(into: &bytes)
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    let remedy = "name a file in a folder with room by --errors"
    guard descriptor >= 0 else { throw .system("written", draft, errno, remedy: remedy) }
    let isWritten = writeAll(bytes, to: descriptor)
    let code = errno
    close(descriptor)
    guard isWritten else { throw .system("written", draft, code, remedy: remedy) }
    guard rename(draft, path) == 0 else { throw .system("written", path, errno, remedy: remedy) }
  }

  /// Names a file as it is now, and what is to be done with it.
  static func identity(of path: String, _ parts: [String]) throws(Failure) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("read", path, errno, remedy: "check the path and its permissions") }
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    var head = [UInt8](repeating: 0, count: 65_536)
    let count = pread(descriptor, &head, head.count, 0)
    let hash = head.withUnsafeBytes { hash64(UnsafeRawBufferPointer(rebasing: $0[..<max(0, count)]), seed: 1) }
    let time = status.st_mtim
    return (parts + [String(status.st_size), "\(time.tv_sec).\(time.tv_nsec)", String(hash, radix: 16)])
      .joined(separator: " ")
  }
}
