/// Why storage could not do what it was asked, what caused it, and what to do about it.
public struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A record's sequence is not the bucket's last one plus one: another writer owns the bucket.
    case conflict
    /// Stored bytes do not match their checksum or break the format.
    case damaged
    /// Written by a newer version of Roost.
    case unknownFormat
    /// The disk, the quota or the file-size limit is used up. The store stays usable.
    case noSpace
    /// Another process holds the directory.
    case locked
    /// The operating system refused an operation.
    case io
    /// A write reached an unknown state; the store takes no more writes until it is opened again.
    case unusable
    /// A group, key or value exceeds what the format can hold.
    case tooLarge
    /// The target of a restore or a backup already holds something.
    case notEmpty
    /// The directory or file is not there.
    case missing
  }

  public let code: Code
  /// What happened and where: file, position, the system's own words.
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

extension StorageError {
  static func conflict(bucket: UInt16, expected: UInt64, found: UInt64) -> StorageError {
    StorageError(
      .conflict, "Bucket \(bucket) expects sequence \(expected), the record has \(found)",
      remedy: "Another process owns this bucket or this one is out of date: read the log again before writing.")
  }

  static func damaged(file: String, offset: Int, position: LogPosition, _ what: String) -> StorageError {
    StorageError(
      .damaged, "\(file) is damaged at byte \(offset), log position \(position): \(what)",
      remedy:
        "Keep a copy of the directory, run `roost doctor` to see how far the damage goes, and restore from a backup.")
  }

  static func unknownFormat(file: String, version: Int) -> StorageError {
    StorageError(
      .unknownFormat, "\(file) has format version \(version), which this version of Roost does not know",
      remedy: "Start the version of Roost that wrote it, or a newer one.")
  }
}
