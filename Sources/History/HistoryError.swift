import Glibc

/// Why the history could not be read or written, and what to do about it.
///
/// The history is derived from the log: whatever happens to its files, nothing is lost that a rebuild does not bring back.
public struct HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Hashable, Sendable {
    /// Stored bytes do not match their checksum or break the format.
    case damaged
    /// Written by a newer version of Roost.
    case unknownFormat = "unknown_format"
    /// The disk or the quota is used up. The recent part stays readable; writing is tried again at the next cut.
    case noSpace = "no_space"
    /// The operating system refused an operation.
    case io
  }

  public let code: Code
  /// What happened and where: file, column, offset, the system's own words.
  public let message: String
  /// What an operator does next.
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(message). \(remedy)" }
}

extension HistoryError {
  static func damaged(file: String, column: String, offset: Int, _ what: String) -> HistoryError {
    HistoryError(
      .damaged, "\(file) is damaged in \(column) at byte \(offset): \(what)",
      remedy: "Stop the server and delete the history directory: it is rebuilt from the log.")
  }

  static func unknownFormat(file: String, version: UInt32) -> HistoryError {
    HistoryError(
      .unknownFormat, "\(file) has format version \(version), which this version of Roost does not know",
      remedy: "Start the version that wrote it, or delete the history directory: it is rebuilt from the log.")
  }

  /// The system call's own error, as `errno` says it now.
  static func system(_ operation: String, _ path: String) -> HistoryError {
    let number = errno
    let words = String(cString: strerror(number))
    if number == ENOSPC || number == EDQUOT {
      return HistoryError(
        .noSpace, "\(operation) \(path): \(words)", remedy: "Free disk space; writing goes on by itself.")
    }
    return HistoryError(
      .io, "\(operation) \(path): \(words)", remedy: "Check the disk and the directory's permissions.")
  }
}
