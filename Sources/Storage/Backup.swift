import Glibc

/// A consistent copy of log and states, made while they are in use.
///
/// States are copied first and the log second, so that the log covers the checkpoint. Finished files, which never
/// change, are hard links where the backup lies on the same file system, so a copy to another disk or machine has to
/// follow. The backup keeps what a later `rewrite` of the log erases: delete backups when people may ask for erasure.
public enum Backup {
  /// What a backup holds.
  public struct Summary: Equatable, Sendable {
    /// Behind the last record.
    public var end: LogPosition
    public var files: Int
    public var bytes: Int
  }

  /// Makes a backup in `path`, which must not exist or be empty.
  public static func create(at path: String, of log: FileLog, _ states: RocksStateStore) throws(StorageError) -> Summary
  {
    let target = DiskDirectory(path)
    try requireEmpty(target, "backup")
    try target.create()
    try states.copy(to: target.file(DataDirectory.statesName))
    let end = try log.copy(to: target.file(DataDirectory.logName))
    let manifest = BackupManifest(end: end, files: try files(in: target))
    try writeManifest(manifest, in: target)
    return summary(manifest)
  }

  /// Reads the whole backup against all checksums.
  public static func verify(_ path: String) throws(StorageError) -> Summary {
    let directory = DiskDirectory(path)
    let manifest = try BackupManifest(readingFrom: directory)
    for file in manifest.files {
      let found = try describe(file.name, in: directory)
      guard found == file else {
        throw StorageError(
          .damaged, "\(directory.file(file.name)) is not as the backup was made: \(found.bytes) bytes of \(file.bytes)",
          remedy: "Use another backup.")
      }
    }
    let data = DataDirectory(path)
    let log = try FileLog.verify(directory: data.log)
    guard log.end == manifest.end, log.tornBytes == 0 else {
      throw StorageError(
        .damaged, "The log in \(data.log) ends at position \(log.end) instead of \(manifest.end)",
        remedy: "Use another backup.")
    }
    _ = try RocksStateStore.verify(directory: data.states)
    return summary(manifest)
  }

  /// Verifies the backup in `source` and copies it to `target`, which must not exist or be empty. Until everything is
  /// there and durable, nothing stands under the names that a start looks for.
  public static func restore(from source: String, to target: String) throws(StorageError) -> Summary {
    let directory = DiskDirectory(target)
    try requireEmpty(directory, "restore")
    _ = try verify(source)
    let manifest = try BackupManifest(readingFrom: DiskDirectory(source))
    try directory.create()
    let unfinished = DiskDirectory(directory.file("restoring"))
    for folder in [DataDirectory.statesName, DataDirectory.logName] {
      try DiskDirectory(unfinished.file(folder)).create()
    }
    for file in manifest.files {
      try copyFile(source + "/" + file.name, to: unfinished.file(file.name), bytes: file.bytes)
    }
    _ = try FileLog.verify(directory: unfinished.file(DataDirectory.logName))
    for folder in [DataDirectory.statesName, DataDirectory.logName] {
      try DiskDirectory(unfinished.file(folder)).sync()
      try directory.rename("restoring/" + folder, to: folder)
    }
    guard rmdir(unfinished.path) == 0 else { throw .system("remove", unfinished.path, errno) }
    return summary(manifest)
  }

  private static func requireEmpty(_ directory: DiskDirectory, _ purpose: String) throws(StorageError) {
    guard directory.exists, let found = try directory.names().first else { return }
    throw StorageError(
      .notEmpty, "\(directory.path) is not empty: it holds \(found)",
      remedy: "Give an empty or new folder to \(purpose) into; nothing was changed.")
  }

  private static func files(in target: DiskDirectory) throws(StorageError) -> [BackupManifest.File] {
    var files: [BackupManifest.File] = []
    for folder in [DataDirectory.logName, DataDirectory.statesName] {
      for name in try DiskDirectory(target.file(folder)).names() {
        files.append(try describe(folder + "/" + name, in: target))
      }
    }
    return files
  }

  private static func describe(_ name: String, in directory: DiskDirectory) throws(StorageError) -> BackupManifest.File
  {
    let file = try DiskFile(directory.file(name), O_RDONLY)
    let size = try file.size()
    guard !name.hasPrefix(DataDirectory.logName + "/") else { return BackupManifest.File(name: name, bytes: size) }
    var checksum: UInt32 = 0
    for offset in stride(from: 0, to: size, by: 1 << 20) {
      let part = try file.bytes(at: offset, count: min(1 << 20, size - offset))
      checksum = part.withUnsafeBytes { crc32c($0, continuing: checksum) }
    }
    return BackupManifest.File(name: name, bytes: size, checksum: checksum)
  }

  private static func writeManifest(_ manifest: BackupManifest, in target: DiskDirectory) throws(StorageError) {
    let temporary = BackupManifest.name + Segment.newSuffix
    let file = try DiskFile(target.file(temporary), O_RDWR | O_CREAT | O_TRUNC)
    try manifest.encoded().withRawBytes { bytes throws(StorageError) in try file.write(at: 0, bytes) }
    try file.sync()
    try target.rename(temporary, to: BackupManifest.name)
  }

  private static func summary(_ manifest: BackupManifest) -> Summary {
    Summary(end: manifest.end, files: manifest.files.count, bytes: manifest.files.reduce(0) { $0 + $1.bytes })
  }
}

extension FileLog {
  /// Copies the durable part of the log to `path`, which is created; returns its end. Appending goes on meanwhile.
  public func copy(to path: String) throws(StorageError) -> LogPosition {
    let target = DiskDirectory(path)
    try target.create()
    return try rewriting.withLock { _ throws(StorageError) in
      let extent = extent.withLock { $0 }
      for segment in extent.segments.dropLast() {
        let (source, copy) = (directory.file(segment.name), target.file(segment.name))
        if link(source, copy) == 0 { continue }
        try copyFile(source, to: copy, bytes: try DiskFile(source, O_RDONLY).size())
      }
      if let last = extent.segments.last {
        try copyFile(directory.file(last.name), to: target.file(last.name), bytes: extent.endOffset)
      }
      try target.sync()
      return extent.end
    }
  }
}

/// Copies the first `bytes` of a file and makes the copy durable.
private func copyFile(_ source: String, to target: String, bytes: Int) throws(StorageError) {
  let input = try DiskFile(source, O_RDONLY)
  let output = try DiskFile(target, O_RDWR | O_CREAT | O_EXCL)
  var offset = 0
  while offset < bytes {
    let part = try input.bytes(at: offset, count: min(1 << 20, bytes - offset))
    guard !part.isEmpty else {
      throw StorageError(
        .damaged, "\(source) is shorter than \(bytes) bytes", remedy: "Check the disk, then try again.")
    }
    try part.withRawBytes { part throws(StorageError) in try output.write(at: offset, part) }
    offset += part.count
  }
  try output.sync()
}
