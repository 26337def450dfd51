import RoostCore

/// One event of a person's history. Valid only as long as the bytes are.
public struct RecordedEvent {
  /// As `Events.EventView` reads it.
  public var record: UnsafeRawBufferPointer
  /// Its number in the order of arrival: the order in which people's events were handled.
  public var arrival: UInt64

  public init(record: UnsafeRawBufferPointer, arrival: UInt64) {
    self.record = record
    self.arrival = arrival
  }
}

/// What became of a journey at a time, from the workspace's records.
public struct JourneyChange: Sendable, Equatable {
  public var at: Instant
  public var key: String
  public var status: Status
  /// The version that people enter from then on.
  public var version: UInt32

  public enum Status: String, Sendable {
    case published, paused, archived
  }

  public init(at: Instant, key: String, status: Status, version: UInt32) {
    self.at = at
    self.key = key
    self.status = status
    self.version = version
  }
}
