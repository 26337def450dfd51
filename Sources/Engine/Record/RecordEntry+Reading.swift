import Delivery
import Events
import RoostCore

extension RecordEntry {
  /// The next entry; `nil` at the end of the payload.
  public static func next(_ reader: inout ByteReader) throws(MalformedBytes) -> RecordEntry? {
    guard !reader.isAtEnd else { return nil }
    guard let kind = Kind(rawValue: try reader.word()) else { throw MalformedBytes(offset: reader.offset) }
    switch kind {
    case .person: return .person(WorkspaceID(try reader.word()), PersonID(try reader.word()))
    case .event: return .event(try event(&reader))
    case .due: return .due
    case .absorb: return .absorb(source: PersonID(try reader.word()), state: try reader.counted())
    case .redirect: return .redirect(to: PersonID(try reader.word()))
    case .refused: return .refused(try reader.counted())
    case .fill: return .fill(epoch: try reader.word(), trackers: try reader.counted())
    case .erasedEvent: return .erasedEvent(bytes: try reader.word())
    case .erase: return .erase(tombstones: try reader.counted())
    case .memberships: return .memberships(try reader.counted())
    case .message: return .message(try reader.counted())
    case .move: return .move(try reader.counted())
    case .messageState: return .messageState(try reader.counted())
    case .messageFate: return .messageFate(try reader.counted())
    case .symbols:
      return .symbols(WorkspaceID(try reader.word()), from: try reader.word(), names: try reader.counted())
    case .definition: return .definition(try reader.counted())
    case .historyCut: return .historyCut(WorkspaceID(try reader.word()))
    case .quarantine: return .quarantine(try reader.counted())
    case .longText: return .longText(try reader.counted())
    case .catalog: return .catalog(WorkspaceID(try reader.word()), try reader.counted())
    case .vouchersAdded: return .vouchersAdded(WorkspaceID(try reader.word()), try reader.counted())
    case .voucherGiven: return .voucherGiven(WorkspaceID(try reader.word()), try reader.counted())
    case .broadcastTurn: return .broadcastTurn(Symbol(try reader.word()))
    case .audience:
      return .audience(
        WorkspaceID(try reader.word()), Symbol(try reader.word()), list: try reader.word(),
        people: try reader.counted())
    case .tally: return .tally(try reader.counted())
    case .quarantineCleared: return .quarantineCleared(WorkspaceID(try reader.word()), number: try reader.word())
    }
  }

  /// The messages that a record's entries say were refused for missing values.
  public static func refusals(_ entries: ByteReader) throws(MalformedBytes) -> Set<IntentID> {
    var reader = entries
    var found: Set<IntentID> = []
    while let entry = try next(&reader) {
      if case .message(let bytes) = entry, let id = try MessageRecord.refusedForValues(bytes) { found.insert(id) }
    }
    return found
  }

  /// An event record says its own length.
  private static func event(_ reader: inout ByteReader) throws(MalformedBytes) -> UnsafeRawBufferPointer {
    let length = try reader.word(UInt32.self)
    reader.offset -= 4
    guard length >= UInt32(EventView.headerBytes) else { throw MalformedBytes(offset: reader.offset) }
    return try reader.slice(Int(length))
  }
}
