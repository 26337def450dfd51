import Glibc
import RoostCore

/// What an installation keeps to itself, made at its first start: files of mode 0600 in the data directory.
struct Secrets {
  var operatorToken: String
  var indexSeed: UInt64
  var salt: [UInt8]
  /// Seals the credentials of channels.
  var box: SecretBox

  /// The name of the key's file in the data directory, unless it lies elsewhere.
  static let keyName = "secret.key"

  /// Reads the secrets of `directory`, or makes them.
  ///
  /// - Parameter keyFile: where the key for channels' credentials lies; `nil`: in `directory`.
  init(directory: String, keyFile: String? = nil) throws(Problem) {
    box = SecretBox(path: keyFile ?? "\(directory)/\(Self.keyName)")
    operatorToken = try Self.file("\(directory)/operator.token") { randomToken(prefix: "op_") }
    let secret = try Self.file("\(directory)/installation.secret") { hexadecimal(randomBytes(32)) }
    guard let bytes = bytes(hexadecimal: secret), bytes.count == 32 else {
      throw Problem(.unavailable, "\(directory)/installation.secret is damaged; restore it from a backup")
    }
    salt = Array(bytes[8...])
    indexSeed = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
  }

  /// The first line of a file, which is made if it is not there.
  static func file(_ path: String, make: () -> String) throws(Problem) -> String {
    if let text = try read(path) { return text }
    try write(path, make())
    guard let text = try read(path) else {
      throw Problem(.unavailable, "\(path) cannot be read back; check the directory's permissions")
    }
    return text
  }

  /// The first line of a file; `nil` if there is no file.
  static func read(_ path: String) throws(Problem) -> String? { try lines(path).map { $0.first ?? "" } }

  /// The lines of a small file; `nil` if there is none.
  static func lines(_ path: String) throws(Problem) -> [String]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Problem(.unavailable, "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else {
      throw Problem(.unavailable, "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    return bytes[..<count].split(separator: 10, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Writes a file that only the owner may read, durably, whole or not at all.
  private static func write(_ path: String, _ text: String) throws(Problem) {
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Problem(
        .unavailable,
        "\(path) cannot be written: \(String(cString: strerror(errno))); check the directory's permissions")
    }
    let line = Array((text + "\n").utf8)
    let isWritten = Glibc.write(descriptor, line, line.count) == line.count && fsync(descriptor) == 0
    close(descriptor)
    guard isWritten, rename(draft, path) == 0 else {
      throw Problem(.unavailable, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}

/// The text of a file of at most 64 KiB; `nil` if there is none.
func smallFile(_ path: String) throws(Problem) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    if errno == ENOENT { return nil }
    throw Problem(.unavailable, "\(path) cannot be read: \(String(cString: strerror(errno)))")
  }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 65_536)
  let count = read(descriptor, &bytes, bytes.count)
  guard count >= 0 else {
    throw Problem(.unavailable, "\(path) cannot be read: \(String(cString: strerror(errno)))")
  }
  return String(decoding: bytes[..<count], as: UTF8.self)
}

/// A key of 160 random bits.
public func randomToken(prefix: String) -> String { prefix + hexadecimal(randomBytes(20)) }

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  var text = ""
  for byte in bytes {
    if byte < 16 { text += "0" }
    text += String(byte, radix: 16)
  }
  return text
}

func bytes(hexadecimal text: String) -> [UInt8]? {
  let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
  guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0]! << 4 | digits[$0 + 1]!) }
}

/// The machine's monotonic clock, for measuring only.
func monotonicMicroseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
}
