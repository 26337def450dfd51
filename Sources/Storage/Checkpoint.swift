/// Up to where in the log the states are stored, with what else its owner needs to go on from there.
public struct Checkpoint: Equatable, Sendable {
  /// The first record whose effects may be missing in the states.
  public var position: LogPosition
  /// The owner's own.
  public var details: [UInt8]

  private static let version: UInt8 = 1

  public init(position: LogPosition, details: [UInt8] = []) {
    self.position = position
    self.details = details
  }

  /// As a `StateBatch` carries it.
  public func encoded() -> [UInt8] {
    var bytes = [Self.version]
    appendLittleEndian(position.rawValue, to: &bytes)
    bytes.append(contentsOf: details)
    return bytes
  }

  public init(decoding bytes: [UInt8]) throws(StorageError) {
    guard let version = bytes.first, bytes.count >= 9 else {
      throw StorageError(
        .damaged, "The checkpoint of the state store is cut short",
        remedy: "Move the states away and start: they are built again from the log.")
    }
    guard version == Self.version else {
      throw .unknownFormat(file: "the checkpoint of the state store", version: Int(version))
    }
    position = LogPosition(rawValue: (0..<8).reduce(0) { $0 | UInt64(bytes[1 + $1]) << (8 * UInt64($1)) })
    details = Array(bytes[9...])
  }
}

extension StateStore {
  /// Where recovery begins: the stored checkpoint, or the start of the log if there is none yet.
  ///
  /// Throws `.damaged` if the states are ahead of `log`: then one of the two was replaced or cut.
  public func recoveryStart(in log: some Log) throws(StorageError) -> Checkpoint {
    guard let bytes = try checkpoint() else { return Checkpoint(position: .start) }
    let checkpoint = try Checkpoint(decoding: bytes)
    guard checkpoint.position <= log.end else {
      throw StorageError(
        .damaged, "The states are at log position \(checkpoint.position), the log ends at \(log.end)",
        remedy: "The log was cut or replaced: restore log and states from one backup, or, if this log is the right "
          + "one, move the states away and start: they are built again from it.")
    }
    return checkpoint
  }
}

/// Brings states up to date after a start: reads the checkpoint and replays the log from there.
///
/// Calls `begin` once with the checkpoint, then `replay` with each record behind it. Returns the log's end, where the
/// work goes on.
public func recover<L: Log, S: StateStore>(
  _ states: S, from log: L, begin: (Checkpoint) throws -> Void,
  replay: (LogPosition, LogRecordView) throws -> Void
) throws -> LogPosition {
  let checkpoint = try states.recoveryStart(in: log)
  try begin(checkpoint)
  return try log.read(from: checkpoint.position) { position, record in
    try replay(position, record)
    return true
  }
}
