import Events
import Profiles
import RoostCore
import Storage

/// What a start else finds out by reading everybody: who there is, whose identifiers are whose, who is due, how many are
/// where. Written at the end of service beside the checkpoint of the same commit, and deleted by the next start, before any
/// state is changed. The store keeps its changes in order: as long as a crash brings this back, it brings back the states
/// that it was written with.
///
/// Chunks: a byte that says of what, then rows, little-endian.
/// ```
/// 0: 0 · u8 format · u64 commit · u32 chunks · u32 people · u32 identifiers
/// people, by key: u64 person · u32 workspace · u32 bytes of the state · u64 position · i64 due
/// identifiers: u64 and u32 of the key · u32 place among the people
/// counts: JSON, one workspace each
/// ```
struct PeopleIndex: ~Copyable {
  static let format: UInt8 = 1
  static let chunkBytes = 1 << 20

  enum Kind: UInt8 { case head, people, identifiers, counts }

  static func key(_ number: UInt32) -> [UInt8] {
    var key = [StoreKeys.peopleIndex]
    key.append(bigEndian: number)
    return key
  }

  struct Head {
    var commit: UInt64
    var chunks: UInt32
    var people: UInt32
    var identifiers: UInt32

    init(commit: UInt64, chunks: UInt32, people: UInt32, identifiers: UInt32) {
      self.commit = commit
      self.chunks = chunks
      self.people = people
      self.identifiers = identifiers
    }

    init(decoding reader: inout ByteReader) throws(MalformedBytes) {
      guard try reader.word(UInt8.self) == PeopleIndex.format else { throw MalformedBytes(offset: reader.offset) }
      commit = try reader.word()
      chunks = try reader.word()
      people = try reader.word()
      identifiers = try reader.word()
    }

    var bytes: [UInt8] {
      var bytes = [Kind.head.rawValue, PeopleIndex.format]
      bytes.append(word: commit)
      bytes.append(word: chunks)
      bytes.append(word: people)
      bytes.append(word: identifiers)
      return bytes
    }
  }

  /// What was read, complete once `isComplete`.
  var table = PersonTable()
  var index = IdentityIndex()
  var counts: [WorkspaceID: WorkspaceCounts.Present] = [:]
  private var head: Head?
  private var chunks: UInt32 = 0

  /// Takes the next chunk; `false` if this is the index of another commit.
  mutating func take(_ chunk: UnsafeRawBufferPointer, of commit: UInt64) throws(MalformedBytes) -> Bool {
    var reader = ByteReader(chunk)
    guard let kind = Kind(rawValue: try reader.word()) else { throw MalformedBytes(offset: 0) }
    chunks += 1
    guard kind != .head else {
      let head = try Head(decoding: &reader)
      self.head = head
      guard head.commit == commit else { return false }
      table.reserve(Int(head.people) + Int(head.people) / 8)
      index.reserve(Int(head.identifiers))
      return true
    }
    guard head != nil else { throw MalformedBytes(offset: 0) }
    switch kind {
    case .head: break
    case .people: while !reader.isAtEnd { try takePerson(&reader) }
    case .identifiers: while !reader.isAtEnd { try takeIdentifier(&reader) }
    case .counts: try takeCounts(UnsafeRawBufferPointer(rebasing: chunk[1...]))
    }
    return true
  }

  var isComplete: Bool {
    guard let head else { return false }
    return chunks == head.chunks && table.count == Int(head.people) && index.count == Int(head.identifiers)
  }

  private mutating func takePerson(_ reader: inout ByteReader) throws(MalformedBytes) {
    let person = PersonID(try reader.word())
    let workspace = WorkspaceID(try reader.word())
    let byteCount: UInt32 = try reader.word()
    let position: UInt64 = try reader.word()
    let dueAt = Instant(milliseconds: try reader.word())
    let slot = table.insert(workspace, person)
    table.note(slot, byteCount: Int(byteCount), position: position)
    table.reschedule(slot, at: dueAt)
  }

  private mutating func takeIdentifier(_ reader: inout ByteReader) throws(MalformedBytes) {
    let high: UInt64 = try reader.word()
    let low: UInt32 = try reader.word()
    let slot: UInt32 = try reader.word()
    guard slot < table.count else { throw MalformedBytes(offset: reader.offset) }
    index.set(IdentifierKey(high: high, low: UInt64(low)), Int(slot))
  }

  private mutating func takeCounts(_ text: UnsafeRawBufferPointer) throws(MalformedBytes) {
    let json: JSONValue?
    do throws(JSONError) { json = try JSONValue(parsing: Array(text)) } catch { json = nil }
    guard let json, let number = json["workspace"]?.int.flatMap({ UInt32(exactly: $0) }),
      let present = WorkspaceCounts.Present(json: json)
    else { throw MalformedBytes(offset: 0) }
    counts[WorkspaceID(number)] = present
  }
}
