/// A place in one log: records are read from a position in the order in which they were appended.
///
/// Opaque: compare positions of the same log, store them, do no arithmetic with them.
@frozen public struct LogPosition: Comparable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt64

  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first record.
  public static let start = LogPosition(rawValue: 0)

  /// The first position after the record at this one; reading from it goes on behind that record.
  @inlinable public var next: LogPosition { LogPosition(rawValue: rawValue + 1) }

  @inlinable public static func < (a: LogPosition, b: LogPosition) -> Bool { a.rawValue < b.rawValue }
  public var description: String { String(rawValue) }
}

/// One record with bytes of its own.
public struct LogRecord: Equatable, Sendable {
  public var bucket: UInt16
  /// Consecutive within the bucket, from 1.
  public var sequence: UInt64
  public var payload: [UInt8]

  public init(bucket: UInt16, sequence: UInt64, payload: [UInt8]) {
    self.bucket = bucket
    self.sequence = sequence
    self.payload = payload
  }
}

/// One record as it lies in a read buffer. Valid only inside the call that receives it.
@frozen public struct LogRecordView {
  public let bucket: UInt16
  public let sequence: UInt64
  public let payload: UnsafeRawBufferPointer

  @inlinable public init(bucket: UInt16, sequence: UInt64, payload: UnsafeRawBufferPointer) {
    self.bucket = bucket
    self.sequence = sequence
    self.payload = payload
  }

  /// A copy that may be kept.
  public var record: LogRecord { LogRecord(bucket: bucket, sequence: sequence, payload: Array(payload)) }
}

/// What a rewrite did.
public struct RewriteSummary: Equatable, Sendable {
  public var recordsReplaced = 0
  public var filesRewritten = 0

  public init(recordsReplaced: Int = 0, filesRewritten: Int = 0) {
    self.recordsReplaced = recordsReplaced
    self.filesRewritten = filesRewritten
  }
}

/// The append-only log that is the truth of a Roost installation.
///
/// One committer thread appends; any thread may read meanwhile and sees whole, durable groups only.
/// Every call blocks; none belongs on a cooperative thread.
public protocol Log: AnyObject, Sendable {
  /// Makes all records of `group` durable with one write, or none of them.
  ///
  /// Returns the new `end`. Throws `.conflict` if a record's sequence is not its bucket's last one plus one (this is
  /// the fence against a second owner) and `.noSpace` if there is no room; after both the log is as it was and stays
  /// usable.
  @discardableResult
  func append(_ group: RecordGroup) throws(StorageError) -> LogPosition

  /// Calls `body` with each record from `position` on, in order, until it returns `false` or the end is reached.
  ///
  /// Returns the position to go on from. Throws `.damaged` at the first damaged byte it meets and whatever `body`
  /// throws.
  @discardableResult
  func read(from position: LogPosition, _ body: (LogPosition, LogRecordView) throws -> Bool) throws -> LogPosition

  /// Behind the last durable record; what the next record's position will be at least.
  var end: LogPosition { get }

  /// The sequence of the bucket's last record; 0 if it has none.
  func lastSequence(_ bucket: UInt16) -> UInt64

  /// Replaces payloads of records that were appended before the call; positions and sequences stay.
  ///
  /// `transform` appends the new payload to the array it gets (empty at the call) and returns `true`, or returns
  /// `false` to keep the record. It is called once per record. When the call returns, no file of the log holds a
  /// replaced payload; if it throws or the process dies, some are replaced and calling again completes the work.
  /// It reads the whole log: gather many erasures into one call.
  @discardableResult
  func rewrite(_ transform: (LogPosition, LogRecordView, inout [UInt8]) throws -> Bool) throws -> RewriteSummary

  /// Ends writing cleanly. Reading stays possible; a second call does nothing.
  func close() throws(StorageError)
}
