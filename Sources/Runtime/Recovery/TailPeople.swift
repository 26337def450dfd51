import Engine
import RoostCore
import Storage

/// Whom the log's tail is about: what a reading of everybody finds of them is kept, for it is needed next.
///
/// A filter that also says yes of a few others (Bloom; in blocks of one word: Putze, Sanders and Singler, "Cache-, hash- and
/// space-efficient Bloom filters", 2007): three bits a person, of one word. With a million people in the tail it keeps one of
/// ten thousand for nothing, with ten million one of twenty. The ids' upper bits say which word, so that people in the order
/// of their ids go through it once from one end to the other.
struct TailPeople {
  private static let wordBits: UInt64 = 20
  private var words = [UInt64](repeating: 0, count: 1 << Int(wordBits))
  /// How many there are, those not counted whom the filter takes for others.
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// Whom the records from a position on are about.
  init(of log: any Log, from position: LogPosition) throws(Problem) {
    do {
      try log.read(from: position) { _, record in
        note(record.payload)
        return true
      }
    } catch { throw Problem(.unavailable, "the log cannot be read: \(error)") }
  }

  private mutating func note(_ payload: UnsafeRawBufferPointer) {
    var reader = ByteReader(payload)
    do throws(MalformedBytes) {
      _ = try RecordHeader(reading: &reader)
      while let entry = try RecordEntry.next(&reader) {
        if case .person(let workspace, let person) = entry { insert(workspace, person) }
      }
    } catch {
      // The replay, which comes to the same record, says which one is damaged.
    }
  }

  private func bits(_ workspace: WorkspaceID, _ person: PersonID) -> UInt64 {
    let mixed = mix64(person.number &+ UInt64(workspace.number))
    return 1 &<< (mixed & 63) | 1 &<< (mixed &>> 6 & 63) | 1 &<< (mixed &>> 12 & 63)
  }

  private func place(_ person: PersonID) -> Int { Int(truncatingIfNeeded: person.number &>> (64 - Self.wordBits)) }

  private mutating func insert(_ workspace: WorkspaceID, _ person: PersonID) {
    if !mayHold(workspace, person) { count += 1 }
    words[place(person)] |= bits(workspace, person)
  }

  func mayHold(_ workspace: WorkspaceID, _ person: PersonID) -> Bool {
    let bits = bits(workspace, person)
    return words[place(person)] & bits == bits
  }
}
