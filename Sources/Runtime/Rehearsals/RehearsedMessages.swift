import Rehearsal
import RoostCore

/// A finished rehearsal's messages: by person and time, and by time alone.
final class RehearsedMessages: Sendable {
  private let rows: MappedFile
  private let order: MappedFile
  let count: Int

  init(_ folder: RehearsalFolder) throws(Problem) {
    rows = try MappedFile(folder.messages)
    order = try MappedFile(folder.order)
    count = rows.bytes.count / RehearsedMessage.byteCount
    guard order.bytes.count == count * 4 else {
      throw Problem(.unavailable, "the files of this rehearsal do not fit together; rehearse again")
    }
  }

  /// By person and time.
  func row(_ place: Int) throws(Problem) -> RehearsedMessage {
    let start = place * RehearsedMessage.byteCount
    let bytes = UnsafeRawBufferPointer(rebasing: rows.bytes[start..<(start + RehearsedMessage.byteCount)])
    do throws(MalformedBytes) { return try RehearsedMessage(decoding: bytes) } catch {
      throw Problem(.unavailable, "the messages of this rehearsal are damaged; rehearse again")
    }
  }

  /// The `place`-th by time.
  func byTime(_ place: Int) throws(Problem) -> RehearsedMessage {
    try row(Int(UInt32(littleEndian: order.bytes.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self))))
  }

  private func person(_ place: Int) -> UInt64 {
    UInt64(
      littleEndian: rows.bytes.loadUnaligned(fromByteOffset: place * RehearsedMessage.byteCount, as: UInt64.self))
  }

  /// The first row of a person, or of the first one behind.
  func firstRow(of person: PersonID) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self.person(middle) < person.number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// A person's messages by time.
  func messages(of person: PersonID) throws(Problem) -> [RehearsedMessage] {
    var found: [RehearsedMessage] = []
    var place = firstRow(of: person)
    while place < count, self.person(place) == person.number {
      found.append(try row(place))
      place += 1
    }
    return found
  }

  /// Puts the rows in the order of time, and paces them; what is written stays the same however often it is done.
  static func sortByTime(_ folder: RehearsalFolder, _ pacing: inout RehearsalPacing?) throws(Problem) {
    let rows = try MappedFile(folder.messages, isWritable: true)
    let count = rows.bytes.count / RehearsedMessage.byteCount
    var keys: [(at: Int64, row: UInt32)] = []
    keys.reserveCapacity(count)
    for row in 0..<count {
      let at = rows.bytes.loadUnaligned(
        fromByteOffset: row * RehearsedMessage.byteCount + RehearsedMessage.scheduledAtOffset, as: Int64.self)
      keys.append((Int64(littleEndian: at), UInt32(row)))
    }
    keys.sort { ($0.at, $0.row) < ($1.at, $1.row) }
    var order: [UInt8] = []
    order.reserveCapacity(count * 4)
    for key in keys {
      order.append(word: key.row)
      let start = Int(key.row) * RehearsedMessage.byteCount
      let bytes = UnsafeMutableRawBufferPointer(rebasing: rows.bytes[start..<(start + RehearsedMessage.byteCount)])
      let message: RehearsedMessage
      do throws(MalformedBytes) { message = try RehearsedMessage(decoding: UnsafeRawBufferPointer(bytes)) } catch {
        throw Problem(.internalFault, "a message that was just written cannot be read")
      }
      guard message.status == .sent else { continue }
      let sentAt = pacing?.pace(journey: Int(message.journey), message.scheduledAt) ?? message.scheduledAt
      bytes.storeBytes(
        of: sentAt.milliseconds.littleEndian, toByteOffset: RehearsedMessage.sentAtOffset, as: Int64.self)
    }
    try OutputFile(folder.order).write(order)
  }
}
