/// The steps of a `FileLog`'s writes at which a test may cut the power or use up the disk.
public enum LogStep: String, CaseIterable, Sendable {
  /// Before room for the group is reserved.
  case allocate
  /// Before the group is written.
  case write
  /// The group is written and not yet durable.
  case sync
  /// The group is durable and not yet known to be.
  case synced
  /// The old segment is sealed, the next one not yet made.
  case sealed
  /// The next segment is written and not yet in its place.
  case segmentWritten
  /// A rewritten segment is durable beside the one that it replaces.
  case rewriteWritten
  /// A rewritten segment took its place.
  case rewritten
}

/// How a `FileLog` uses its disk.
public struct FileLogOptions: Sendable {
  /// A new file begins when the current one has reached this size.
  public var segmentBytes: Int
  /// Room is reserved in pieces of this size, so that few commits change the file's size.
  public var reserveBytes: Int
  /// Called at each step. Returns 0, or the `errno` that the step shall fail with. For crash and fault tests only.
  public var atStep: (@Sendable (LogStep) -> Int32)?

  public init(
    segmentBytes: Int = 64 << 20, reserveBytes: Int = 8 << 20, atStep: (@Sendable (LogStep) -> Int32)? = nil
  ) {
    self.segmentBytes = segmentBytes
    self.reserveBytes = reserveBytes
    self.atStep = atStep
  }

  func reach(_ step: LogStep, _ path: String) throws(StorageError) {
    guard let atStep else { return }
    let code = atStep(step)
    if code != 0 { throw .system(step.rawValue, path, code) }
  }
}
