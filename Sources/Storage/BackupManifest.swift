import Glibc

/// The list of what belongs to a backup. Written last: a folder without it is no backup.
///
/// Text: `roost backup 1`, `end <log position>`, `file <bytes> <CRC-32C or -> <name>` each, `crc32c <of all lines
/// above>`; checksums are hexadecimal.
struct BackupManifest: Equatable {
  static let name = "MANIFEST"
  static let firstLine = "roost backup 1"

  struct File: Equatable {
    var name: String
    var bytes: Int
    /// Of the contents; `nil` for files of the log, whose every byte its own checksums cover.
    var checksum: UInt32?
  }

  var end: LogPosition
  var files: [File]

  func encoded() -> [UInt8] {
    var text = "\(Self.firstLine)\nend \(end)\n"
    for file in files {
      text += "file \(file.bytes) \(file.checksum.map { String($0, radix: 16) } ?? "-") \(file.name)\n"
    }
    let body = Array(text.utf8)
    return body + Array("crc32c \(Self.checksum(body))\n".utf8)
  }

  /// Reads and checks the manifest of the backup in `directory`.
  init(readingFrom directory: DiskDirectory) throws(StorageError) {
    let path = directory.file(Self.name)
    let file: DiskFile
    do throws(StorageError) {
      file = try DiskFile(path, O_RDONLY)
    } catch {
      throw StorageError(
        .missing, "There is no complete backup in \(directory.path): \(error.message)",
        remedy: "Choose a folder that `roost backup` finished.")
    }
    let text = String(decoding: try file.bytes(at: 0, count: file.size()), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first.map({ $0 == Self.firstLine }) == true else {
      throw Self.damaged(path, "the first line is not known")
    }
    let body = Array(lines.dropLast(2).map { $0 + "\n" }.joined().utf8)
    guard lines.count >= 4, lines.last == "", lines[lines.count - 2] == "crc32c \(Self.checksum(body))" else {
      throw Self.damaged(path, "it does not match its checksum")
    }
    guard lines[1].hasPrefix("end "), let end = UInt64(lines[1].dropFirst(4)) else {
      throw Self.damaged(path, "the second line is not the end of the log")
    }
    self.end = LogPosition(rawValue: end)
    files = []
    for line in lines[2..<(lines.count - 2)] {
      let parts = line.split(separator: " ", maxSplits: 3)
      guard parts.count == 4, parts[0] == "file", let bytes = Int(parts[1]) else {
        throw Self.damaged(path, "the line “\(line)” is no file")
      }
      files.append(File(name: String(parts[3]), bytes: bytes, checksum: UInt32(parts[2], radix: 16)))
    }
  }

  init(end: LogPosition, files: [File]) {
    self.end = end
    self.files = files
  }

  private static func checksum(_ bytes: [UInt8]) -> String {
    String(bytes.withUnsafeBytes { crc32c($0) }, radix: 16)
  }

  private static func damaged(_ path: String, _ what: String) -> StorageError {
    StorageError(.damaged, "\(path) is damaged: \(what)", remedy: "Use another backup.")
  }
}
