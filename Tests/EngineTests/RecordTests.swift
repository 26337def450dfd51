import Delivery
import Engine
import Events
import Journeys
import Profiles
import RoostCore
import Testing

/// What the log's records say can be read back, and what is erased from them is not in them any more.
@Suite struct RecordTests {
  private func record(_ name: String) throws -> [UInt8] {
    var writer = EventWriter()
    writer.begin(
      .track, name: Symbol(1), timestamp: Instant(milliseconds: 5), receivedAt: Instant(milliseconds: 6),
      isHistorical: false, messageID: UnsafeRawBufferPointer(start: nil, count: 0))
    Array(name.utf8).withUnsafeBytes { writer.identifier(.user, $0) }
    writer.beginFields()
    writer.end()
    return writer.bytes
  }

  private func payload() throws -> [UInt8] {
    var bytes: [UInt8] = []
    RecordHeader(commit: 9, now: Instant(milliseconds: 7), seed: 8, definitions: 3).write(into: &bytes)
    for (number, name) in ["ann", "bob"].enumerated() {
      bytes.appendPerson(WorkspaceID(1), PersonID(UInt64(number + 1)))
      bytes.appendRefused([2])
      try record(name).withUnsafeBytes { bytes.appendEvent($0) }
      Array("state of \(name)".utf8).withUnsafeBytes { bytes.appendAbsorb(source: PersonID(77), state: $0) }
      bytes.appendRedirect(to: PersonID(5))
      bytes.appendMessageState(Array("a letter to \(name)".utf8))
      bytes.appendMessageFate(Array("what became of \(name)'s".utf8))
    }
    return bytes
  }

  private func kinds(_ bytes: [UInt8]) throws -> [String] {
    try bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      #expect(try RecordHeader(reading: &reader).commit == 9)
      var kinds: [String] = []
      while let entry = try RecordEntry.next(&reader) {
        switch entry {
        case .person(_, let person): kinds.append("person \(person.number)")
        case .event(let record): kinds.append("event \(record.count)")
        case .erasedEvent(let bytes): kinds.append("erased \(bytes)")
        case .redirect(let person): kinds.append("redirect \(person.number)")
        case .absorb(let source, _): kinds.append("absorb \(source.number)")
        case .refused(let places): kinds.append("refused \(Array(places))")
        case .messageState: kinds.append("message")
        case .messageFate: kinds.append("fate")
        default: kinds.append("?")
        }
      }
      return kinds
    }
  }

  @Test func entriesAreReadBack() throws {
    let bytes = try record("ann").count
    #expect(
      try kinds(payload()) == [
        "person 1", "refused [2]", "event \(bytes)", "absorb 77", "redirect 5", "message", "fate",
        "person 2", "refused [2]", "event \(bytes)", "absorb 77", "redirect 5", "message", "fate",
      ])
  }

  @Test func anErasureTakesOnePersonsDataOnly() throws {
    let bytes = try record("ann").count
    var rewritten: [UInt8] = []
    let erased = ErasedPeople(workspace: WorkspaceID(1), people: [PersonID(1)], through: 9)
    let isChanged = try payload().withUnsafeBytes { try RecordErasure.rewrite($0, erasing: [erased], into: &rewritten) }
    #expect(isChanged)
    #expect(
      try kinds(rewritten) == [
        "person 1", "erased \(bytes)", "absorb 77", "redirect 5", "person 2", "refused [2]", "event \(bytes)",
        "absorb 77", "redirect 5", "message", "fate",
      ])
    let text = String(decoding: rewritten, as: UTF8.self)
    #expect(!text.contains("ann") && text.contains("bob"))
  }

  /// Later commits are of somebody who came back, and other workspaces have people of their own.
  @Test(arguments: [(UInt32(1), UInt64(8)), (2, 9)])
  func anErasureLeavesOthersAlone(workspace: UInt32, through: UInt64) throws {
    var rewritten: [UInt8] = []
    let erased = ErasedPeople(workspace: WorkspaceID(workspace), people: [PersonID(1)], through: through)
    #expect(try !payload().withUnsafeBytes { try RecordErasure.rewrite($0, erasing: [erased], into: &rewritten) })
    #expect(rewritten.isEmpty)
  }

  /// Cut anywhere, a record is refused, never misread beyond its end.
  @Test func aCutRecordIsRefusedOrShorter() throws {
    let whole = try payload()
    let all = try kinds(whole)
    for length in 0..<whole.count {
      do {
        let found = try kinds(Array(whole[..<length]))
        #expect(found == Array(all.prefix(found.count)) && found.count < all.count)
      } catch is MalformedBytes { continue }
    }
  }

  @Test func aMoveIsReadBack() throws {
    let move = JourneyMove(
      journey: Symbol(20), version: 3, entry: 2, from: nil, to: 0, phase: .running, reason: nil)
    var effects = PersonEffects()
    effects.moves = [move, move]
    effects.moves[1].from = 300
    effects.moves[1].to = nil
    effects.moves[1].phase = .exited
    var bytes: [UInt8] = []
    effects.write(into: &bytes)
    let read = try bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      var moves: [JourneyMove] = []
      while case .move(let encoded)? = try RecordEntry.next(&reader) {
        moves.append(try JourneyMove(decoding: encoded))
      }
      return moves
    }
    #expect(read == effects.moves)
  }
}
