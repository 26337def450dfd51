import Events
import RoostCore

/// Whose data is to vanish from records up to a commit; what comes later is of somebody who came back.
public struct ErasedPeople: Sendable {
  public var workspace: WorkspaceID
  public var people: Set<PersonID>
  public var through: UInt64
  /// Refused events, and text messages of which parts have come, that name them.
  public var quarantined: Set<UInt64>
  public init(workspace: WorkspaceID, people: Set<PersonID>, through: UInt64, quarantined: Set<UInt64> = []) {
    self.workspace = workspace
    self.people = people
    self.through = through
    self.quarantined = quarantined
  }
}

extension RecordEntry {
  /// What is nobody's yet and goes by a number: a refused event, a text message in parts.
  fileprivate var numbered: UnsafeRawBufferPointer? {
    switch self {
    case .quarantine(let item), .longText(let item): item
    default: nil
    }
  }
}

/// Blanks what erased people's records say. Event records keep their length, so that histories made anew from the log
/// are cut at the same places.
public enum RecordErasure {
  /// Appends the payload without the given people's data; `false` if there is none in it.
  public static func rewrite(
    _ payload: UnsafeRawBufferPointer, erasing people: [ErasedPeople], into rewritten: inout [UInt8]
  ) throws(MalformedBytes) -> Bool {
    var reader = ByteReader(payload)
    let header = try RecordHeader(reading: &reader)
    var copied = 0
    var isErased = false
    var isChanged = false
    while true {
      let start = reader.offset
      guard let entry = try RecordEntry.next(&reader) else { break }
      if case .person(let workspace, let person) = entry {
        isErased = people.contains {
          $0.workspace == workspace && header.commit <= $0.through && $0.people.contains(person)
        }
      }
      if let item = entry.numbered, try names(item, people) {
        rewritten.append(contentsOf: payload[copied..<start])
        isChanged = true
        copied = reader.offset
        continue
      }
      if case .voucherGiven(let workspace, let bytes) = entry,
        let giving = try unlinked(bytes, workspace, header.commit, people)
      {
        rewritten.append(contentsOf: payload[copied..<start])
        rewritten.appendVoucher(workspace, giving)
        isChanged = true
        copied = reader.offset
        continue
      }
      guard isErased else { continue }
      rewritten.append(contentsOf: payload[copied..<start])
      isChanged = write(entry, payload[start..<reader.offset], into: &rewritten) || isChanged
      copied = reader.offset
    }
    guard isChanged else {
      rewritten.removeAll()
      return false
    }
    rewritten.append(contentsOf: payload[copied...])
    return true
  }

  /// What has a number begins with its format, its number and its workspace.
  private static func names(
    _ item: UnsafeRawBufferPointer, _ people: [ErasedPeople]
  ) throws(MalformedBytes) -> Bool {
    var reader = ByteReader(item)
    _ = try reader.word(UInt8.self)
    let number = try reader.word(UInt64.self)
    let workspace = WorkspaceID(try reader.word())
    return people.contains { $0.workspace == workspace && $0.quarantined.contains(number) }
  }

  /// A code that an erased person's message was given stays used, and nothing says any more whose it was; `nil` if it was
  /// somebody else's.
  private static func unlinked(
    _ bytes: UnsafeRawBufferPointer, _ workspace: WorkspaceID, _ commit: UInt64, _ people: [ErasedPeople]
  ) throws(MalformedBytes) -> VoucherGiving? {
    var giving = try VoucherGiving(decoding: bytes)
    let isErased = people.contains { erased in
      erased.workspace == workspace && commit <= erased.through
        && giving.link.map { erased.people.contains($0.person) } ?? false
    }
    giving.link = nil
    return isErased ? giving : nil
  }

  /// Whether the entry had to be changed.
  private static func write(
    _ entry: RecordEntry, _ bytes: Slice<UnsafeRawBufferPointer>, into rewritten: inout [UInt8]
  ) -> Bool {
    switch entry {
    case .event(let record):
      rewritten.appendErasedEvent(bytes: record.count)
      return true
    case .absorb(let source, _):
      // That somebody was merged stays, so that histories are cut at the same places.
      rewritten.appendAbsorb(source: source, state: UnsafeRawBufferPointer(start: nil, count: 0))
      return true
    case .message, .messageState, .messageFate, .fill, .refused, .memberships, .move: return true
    default:
      rewritten.append(contentsOf: bytes)
      return false
    }
  }
}
