import Events
import RoostCore

/// One thing in a record: an input, or an effect of the inputs before it.
///
/// A record's payload is a header (`RecordHeader`) and then entries back to back, each one byte of kind and its fields.
/// Kinds are never reused; a reader knows all that were ever written.
public enum RecordEntry {
  /// Everything up to the next `person` is about this one.
  case person(WorkspaceID, PersonID)
  /// An event record, in place.
  case event(UnsafeRawBufferPointer)
  /// The person's time had come.
  case due
  /// Another person's state, handed over for good; the source becomes a redirect to the person.
  case absorb(source: PersonID, state: UnsafeRawBufferPointer)
  /// This person was merged into another.
  case redirect(to: PersonID)
  /// Of the next event, the identifiers at these places stay with somebody else.
  case refused(UnsafeRawBufferPointer)
  /// Trackers computed from the history, good for definitions up to `epoch`.
  case fill(epoch: UInt32, trackers: UnsafeRawBufferPointer)
  /// Stands where an event of an erased person was, of so many bytes.
  case erasedEvent(bytes: UInt32)
  /// The person was erased; the keys (16 bytes each) keep later imports from bringing the identifiers back.
  case erase(tombstones: UnsafeRawBufferPointer)
  /// Segments entered and left.
  case memberships(UnsafeRawBufferPointer)
  /// A message intent with its state.
  case message(UnsafeRawBufferPointer)
  /// A step in a journey.
  case move(UnsafeRawBufferPointer)
  /// A hand-off was claimed (before it starts) or closed: the message's record as it is from now on.
  case messageState(UnsafeRawBufferPointer)
  /// The same where nothing else of the message changed (`MessageRecord.encodeFate`).
  case messageFate(UnsafeRawBufferPointer)
  /// New names of a workspace, from a number on.
  case symbols(WorkspaceID, from: UInt32, names: UnsafeRawBufferPointer)
  /// A change of definitions: JSON.
  case definition(UnsafeRawBufferPointer)
  /// The workspace's history begins a new segment here.
  case historyCut(WorkspaceID)
  /// A refused event.
  case quarantine(UnsafeRawBufferPointer)
  /// A quarantined event was replayed or dismissed.
  case quarantineCleared(WorkspaceID, number: UInt64)
  /// A text message of which parts have come, as it is from now on. It has a number as refused events have, and is cleared
  /// as they are.
  case longText(UnsafeRawBufferPointer)
  /// Products of a workspace that came, changed or went (`CatalogChanges`).
  case catalog(WorkspaceID, UnsafeRawBufferPointer)
  /// The person has their turn in a broadcast: the journey that it is made of.
  case broadcastTurn(Symbol)
  /// Some of a broadcast's audience: a numbered list of people's ids, 8 bytes each.
  case audience(WorkspaceID, Symbol, list: UInt32, people: UnsafeRawBufferPointer)
  /// Messages of broadcasts that came to stand elsewhere in this commit (`TallyMoves`).
  case tally(UnsafeRawBufferPointer)
  /// Codes of vouchers that came into a pool (`VoucherAddition`).
  case vouchersAdded(WorkspaceID, UnsafeRawBufferPointer)
  /// A code that a message was given in this commit (`VoucherGiving`).
  case voucherGiven(WorkspaceID, UnsafeRawBufferPointer)

  enum Kind: UInt8 {
    case person = 1, event, due, absorb, redirect, refused, fill, erase, erasedEvent
    case broadcastTurn = 14
    case memberships = 16, message, move, messageState, messageFate
    case symbols = 32, definition, quarantine, quarantineCleared, historyCut
    case longText = 40
    case audience = 44, tally
    case catalog = 48, vouchersAdded, voucherGiven
  }
}

/// What every record starts with.
public struct RecordHeader: Sendable, Equatable {
  /// The group commit that the record is part of: consecutive over the whole log.
  public var commit: UInt64
  /// The time under which the inputs were handled.
  public var now: Instant
  /// The randomness of the decisions.
  public var seed: UInt64
  /// The version of all definitions together.
  public var definitions: UInt64

  public init(commit: UInt64, now: Instant, seed: UInt64, definitions: UInt64) {
    self.commit = commit
    self.now = now
    self.seed = seed
    self.definitions = definitions
  }

  public static let format: UInt8 = 1

  public func write(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    bytes.append(word: commit)
    bytes.append(word: now.milliseconds)
    bytes.append(word: seed)
    bytes.append(word: definitions)
  }

  public init(reading reader: inout ByteReader) throws(MalformedBytes) {
    guard try reader.word(UInt8.self) == Self.format else { throw MalformedBytes(offset: 0) }
    commit = try reader.word()
    now = Instant(milliseconds: try reader.word())
    seed = try reader.word()
    definitions = try reader.word()
  }
}
