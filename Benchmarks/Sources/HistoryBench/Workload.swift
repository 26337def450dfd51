import Events
import Glibc
import History
import RoostCore

/// Events of twenty names, the first ones the most frequent, at random times of a year, in order of arrival.
struct Workload {
  static let names: Range<UInt32> = 1..<21
  let people: Int
  private let templates: [[UInt8]]

  init(people: Int) {
    self.people = people
    templates = Self.names.map { Self.record(Symbol($0)) }
  }

  var recordBytes: Int { templates[0].count }

  private static func record(_ name: Symbol) -> [UInt8] {
    var writer = EventWriter()
    "3f2b8c1e-6f0d-4c52-9a55-8f1d3f6f0a77".withBytes {
      writer.begin(
        .track, name: name, timestamp: Instant(milliseconds: 0), receivedAt: Instant(milliseconds: 0),
        isHistorical: false, messageID: $0)
    }
    "customer-0123456".withBytes { writer.identifier(.user, $0) }
    writer.beginFields()
    writer.number(.property, .total, 1_299.90)
    "order-123456789".withBytes { writer.string(.property, .orderID, $0) }
    "EUR".withBytes { writer.string(.property, .currency, $0) }
    writer.end()
    return writer.bytes
  }

  func person(_ number: Int) -> PersonID { PersonID(mix64(UInt64(number))) }

  /// Appends events; the nanoseconds of each thousand of them.
  func append(_ count: Int, to store: HistoryStore) throws(HistoryError) -> Durations {
    var random = SeededRandom(seed: 1)
    var records = templates
    var durations = Durations()
    var before = Stopwatch.now
    for number in 0..<count {
      // The smaller of two draws: the first name is in about a tenth of the events, the last in one of 400.
      let name = min(random.below(records.count), random.below(records.count))
      let time = Int64(number) * 31_536_000_000 / Int64(count) - Int64(random.below(3_600_000))
      let person = person(random.below(people))
      records[name].patch(at: 12, word: time)
      var failure: HistoryError?
      records[name].withUnsafeBytes { record in
        do throws(HistoryError) {
          try store.append(person: person, record: record, position: UInt64(number))
        } catch { failure = error }
      }
      if let failure { throw failure }
      if number % 1_000 == 999 {
        let now = Stopwatch.now
        durations.add(Int(now - before))
        before = now
      }
    }
    return durations
  }

  /// The same bytes, appended to a file by a bare loop, one flush per 32 MiB.
  func appendBare(_ count: Int, to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer {
      close(file)
      unlink(path)
    }
    var buffer: [UInt8] = []
    for number in 0..<count {
      buffer += templates[number % templates.count]
      guard buffer.count >= 32 << 20 || number == count - 1 else { continue }
      guard buffer.withUnsafeBytes({ write(file, $0.baseAddress!, $0.count) }) == buffer.count, fdatasync(file) == 0
      else { fatalError("bare append: errno \(errno)") }
      buffer.removeAll(keepingCapacity: true)
    }
  }
}

extension String {
  func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
    var text = self
    text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }
}
