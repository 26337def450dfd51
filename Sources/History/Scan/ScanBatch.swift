import Events
import RoostCore

/// One person of a batch and which of the batch's rows are theirs.
@frozen
public struct PersonRun: Sendable, BitwiseCopyable {
  public let person: PersonID
  @usableFromInline
  let start: UInt32
  @usableFromInline
  let end: UInt32

  @inlinable
  init(person: PersonID, start: UInt32, end: UInt32) {
    self.person = person
    self.start = start
    self.end = end
  }

  /// Where the person's rows lie in the batch's columns, in the order of time, arrival on equal times.
  @inlinable
  public var rows: Range<Int> { Int(start)..<Int(end) }
}

/// Some thousand rows of a scan: whole people in ascending order, with the rows that the scan looked for.
/// Valid only inside the call that receives it.
public struct ScanBatch {
  public let people: UnsafeBufferPointer<PersonRun>
  /// Milliseconds since 1970, as in `Instant`.
  public let times: UnsafeBufferPointer<Int64>
  /// The events' names, as in `Symbol`.
  public let symbols: UnsafeBufferPointer<UInt16>
  /// `EventKind`'s raw values.
  public let kinds: UnsafeBufferPointer<UInt8>
  let places: UnsafeBufferPointer<ScanPlace>
  let snapshot: ScanSnapshot

  /// A row's whole event. Reading it touches the record's page: ask only for rows that need more than name and time.
  public func event(_ row: Int) throws(HistoryError) -> EventView {
    let place = places[row]
    if place.source == ScanPlace.recent {
      return EventView(trusted: snapshot.recent[Int(place.row)].record)
    }
    return EventView(trusted: try snapshot.segments[Int(place.source)].record(Int(place.row)))
  }

  /// A row's number in the order of arrival over the whole history.
  public func arrival(_ row: Int) -> UInt64 {
    let place = places[row]
    if place.source == ScanPlace.recent { return snapshot.recent[Int(place.row)].arrival }
    return snapshot.segments[Int(place.source)].arrival(Int(place.row))
  }
}

/// Where a row of a scan comes from.
struct ScanPlace: BitwiseCopyable {
  /// The segment, or `recent`.
  var source: UInt32
  var row: UInt32

  static let recent = UInt32.max
}

/// Computes something over all people on several threads: each works on a copy of its own, then the copies are joined.
public protocol HistoryAccumulator: Sendable {
  mutating func add(_ batch: ScanBatch) throws(HistoryError)
  /// Takes over what was computed for the people that follow.
  mutating func join(_ following: Self)
}
