import Glibc
import RoostCore
import Storage

/// Backup and restore of a whole installation: log, states, and the small files without which they cannot be used.
public enum InstallationBackup {
  /// What a backup holds.
  public struct Summary: Sendable {
    /// Behind the last record.
    public var logEnd: UInt64
    public var files: Int
    public var bytes: Int

    public var json: JSONValue {
      ["logEnd": .string(String(logEnd)), "files": .int(Int64(files)), "bytes": .int(Int64(bytes))]
    }
  }

  /// Secrets, and the mark of a sandbox, which an installation may have or not.
  private static let secretNames = ["operator.token", "installation.secret"]
  private static let sandboxName = "sandbox"

  /// Backs up a data directory that no server uses. Throws a `Problem` if one does.
  public static func create(of data: String, at path: String) throws(Problem) -> Summary {
    try checkInstallation(data)
    do throws(StorageError) {
      let log = try FileLog(directory: data + "/log")
      let states = try RocksStateStore(directory: data + "/states")
      let summary = try create(of: data, at: path, log, states)
      try states.close()
      try log.close()
      return summary
    } catch { throw Problem(.unavailable, error.description) }
  }

  /// Backs up what is open. Blocks until all is copied; appending goes on meanwhile.
  static func create(
    of data: String, at path: String, _ log: FileLog, _ states: RocksStateStore
  ) throws(StorageError) -> Summary {
    let summary = try Backup.create(at: path, of: log, states)
    for name in secretNames { try copySecret(data + "/" + name, to: path + "/" + name) }
    if access(data + "/" + sandboxName, F_OK) == 0 {
      try copySecret(data + "/" + sandboxName, to: path + "/" + sandboxName)
    }
    return Summary(logEnd: summary.end.rawValue, files: summary.files, bytes: summary.bytes)
  }

  /// Checks every byte of a backup and makes the data directory `target`, which must be empty or new, from it.
  public static func restore(from path: String, to target: String) throws(Problem) -> Summary {
    do throws(StorageError) {
      for name in secretNames where access(path + "/" + name, R_OK) != 0 {
        throw StorageError(
          .missing, "\(path)/\(name) cannot be read: \(String(cString: strerror(errno)))",
          remedy: "Choose a folder that `roost backup` finished, and read it as the user who made it.")
      }
      let summary = try Backup.restore(from: path, to: target)
      chmod(target, 0o700)
      for name in secretNames { try copySecret(path + "/" + name, to: target + "/" + name) }
      if access(path + "/" + sandboxName, F_OK) == 0 {
        try copySecret(path + "/" + sandboxName, to: target + "/" + sandboxName)
      }
      return Summary(logEnd: summary.end.rawValue, files: summary.files, bytes: summary.bytes)
    } catch {
      throw Problem(error.code == .notEmpty || error.code == .missing ? .conflict : .invalid, error.description)
    }
  }

  private static func checkInstallation(_ data: String) throws(Problem) {
    for name in secretNames where access(data + "/" + name, R_OK) != 0 {
      throw Problem(
        .notFound,
        "\(data)/\(name) cannot be read (\(String(cString: strerror(errno)))); name the data directory of an installation with --data"
      )
    }
  }

  /// Copies a small file, readable by its owner alone, durably.
  private static func copySecret(_ source: String, to target: String) throws(StorageError) {
    func failure(_ action: String, _ file: String) -> StorageError {
      StorageError(
        .io, "\(file) cannot be \(action): \(String(cString: strerror(errno)))",
        remedy: "Check the disk and permissions.")
    }
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw failure("read", source) }
    defer { close(input) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = read(input, &bytes, bytes.count)
    guard count >= 0 else { throw failure("read", source) }
    let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw failure("made", target) }
    defer { close(output) }
    guard write(output, bytes, count) == count, fsync(output) == 0 else { throw failure("written", target) }
  }
}
