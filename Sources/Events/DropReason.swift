/// Why an event was not taken: `reason` in answers and in the quarantine, and a metric's label. The list only grows.
public enum DropReason: String, Hashable, Sendable, CaseIterable {
  /// An element of `batch` is no object.
  case notAnObject = "not_an_object"
  /// `type` is missing or none of identify, track, page, screen, group, alias.
  case unknownType = "unknown_type"
  /// A member has another kind of value than the specification says.
  case invalidMember = "invalid_member"
  /// Nobody can be told from it: no userId, anonymousId or other identifier.
  case missingIdentifier = "missing_identifier"
  /// An identifier is too long or of a wrong kind.
  case invalidIdentifier = "invalid_identifier"
  /// More `externalIds` than an event may carry.
  case tooManyIdentifiers = "too_many_identifiers"
  /// `track` without `event`.
  case missingEventName = "missing_event_name"
  /// An event's, property's, trait's or purpose's name is empty or longer than 256 bytes.
  case invalidName = "invalid_name"
  /// The workspace has used all the names it may have.
  case tooManyNames = "too_many_names"
  /// More properties, traits and context members than an event may carry.
  case tooManyFields = "too_many_fields"
  /// `messageId` is too long or no string.
  case invalidMessageID = "invalid_message_id"
  /// A time that cannot be read, or lies before 1970.
  case invalidTimestamp = "invalid_timestamp"
  /// More than a day ahead.
  case timestampInFuture = "timestamp_in_future"
  /// More than 32 KiB.
  case eventTooLarge = "event_too_large"
}

/// An event of a call that was not taken.
public struct Rejection: Hashable, Sendable {
  /// Its place in `batch`, from 0.
  public var index: Int
  /// What is wrong, as a JSON pointer into the event.
  public var pointer: String
  public var reason: DropReason
  /// What is wrong and what would be right, for people.
  public var detail: String
  /// Where the event lies in the body.
  public var raw: Range<Int>

  public init(index: Int, pointer: String, reason: DropReason, detail: String, raw: Range<Int>) {
    self.index = index
    self.pointer = pointer
    self.reason = reason
    self.detail = detail
    self.raw = raw
  }
}

/// Ends the reading of one event.
struct Drop: Error {
  var reason: DropReason
  var pointer: String
  var detail: String

  init(_ reason: DropReason, _ pointer: String, _ detail: String) {
    self.reason = reason
    self.pointer = pointer
    self.detail = detail
  }
}
