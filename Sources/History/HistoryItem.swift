import RoostCore

/// One step of the history as the log tells it, for rebuilding.
public enum HistoryItem: Sendable {
  /// An event record (`Events.EventView`) of a person.
  case event(person: PersonID, record: [UInt8], position: UInt64)
  /// What `from` did so far belongs to `to`.
  case redirect(from: PersonID, to: PersonID, position: UInt64)
  /// What the person did so far is gone.
  case erase(person: PersonID, position: UInt64)
  /// An event whose record was erased from the log; its length remains there, so that the cuts stay where they were.
  case erasedEvent(bytes: Int, position: UInt64)
  /// The recent part becomes a segment here, full or not.
  case cut(position: UInt64)
}

/// Up to which item of the log the files reach.
public struct HistoryPosition: Hashable, Comparable, Sendable {
  /// The log position of the record to read on from.
  public var position: UInt64
  /// How many items of that record the files hold already; the store skips them by itself when they come again.
  public var items: UInt32

  public init(position: UInt64, items: UInt32) {
    self.position = position
    self.items = items
  }

  public static func < (a: HistoryPosition, b: HistoryPosition) -> Bool {
    (a.position, a.items) < (b.position, b.items)
  }
}
