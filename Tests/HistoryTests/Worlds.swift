import Events
import Foundation
import RoostCore

@testable import History

/// A directory of its own for each test, gone with it.
final class TemporaryDirectory {
  let path: String
  init() {
    path = NSTemporaryDirectory() + "roost-history-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Every file's name and bytes.
  static func contents(_ path: String) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      contents[name] = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
    }
    return contents
  }
}

func record(
  _ name: Symbol, at milliseconds: Int64, message: String, kind: EventKind = .track
) -> [UInt8] {
  var writer = EventWriter()
  var message = message
  message.withUTF8 {
    writer.begin(
      kind, name: name, timestamp: Instant(milliseconds: milliseconds), receivedAt: Instant(milliseconds: milliseconds),
      isHistorical: false, messageID: UnsafeRawBufferPointer($0))
  }
  writer.beginFields()
  writer.end()
  return writer.bytes
}

/// The names of files that only one directory has or that differ; empty if both hold the same bytes.
func differences(_ a: String, _ b: String) throws -> [String] {
  let (first, second) = (try TemporaryDirectory.contents(a), try TemporaryDirectory.contents(b))
  return Set(first.keys).union(second.keys).filter { first[$0] != second[$0] }.sorted()
}

/// The history as a list: what the store must agree with.
struct NaiveHistory {
  struct Row: Equatable {
    var owner: UInt64
    var time: Int64
    var arrival: UInt64
    var symbol: UInt32
    var record: [UInt8]
  }
  var rows: [Row] = []
  var items: UInt64 = 0
  /// Arrivals of events that an erasure took.
  var erased: Set<UInt64> = []

  mutating func apply(_ item: HistoryItem) {
    switch item {
    case .event(let person, let record, _):
      let (time, symbol) = record.withUnsafeBytes {
        let event = EventView(trusted: $0)
        return (event.timestamp.milliseconds, event.name.number)
      }
      rows.append(Row(owner: person.number, time: time, arrival: items, symbol: symbol, record: record))
    case .redirect(let from, let to, _):
      for index in rows.indices where rows[index].owner == from.number { rows[index].owner = to.number }
    case .erase(let person, _):
      for row in rows where row.owner == person.number { erased.insert(row.arrival) }
      rows.removeAll { $0.owner == person.number }
    case .erasedEvent, .cut: break
    }
    items += 1
  }

  func events(of person: PersonID) -> [Row] {
    rows.filter { $0.owner == person.number }.sorted { ($0.time, $0.arrival) < ($1.time, $1.arrival) }
  }
}

/// Random items: few people, times that repeat and go back, redirects in chains and circles, erasures, people who return.
struct World {
  var items: [HistoryItem] = []
  let people: [PersonID]

  init(seed: UInt64, count: Int, fateEvery: Int = 12) {
    var random = SeededRandom(seed: seed)
    people = (0..<12).map { number in
      // Neighbours and the ends of the range beside evenly spread ids.
      number < 4 ? PersonID([0, 1, .max, .max - 1][number]) : PersonID(mix64(UInt64(number)))
    }
    var position: UInt64 = 1
    for number in 0..<count {
      position += UInt64(random.below(3))
      let person = people[random.below(people.count)]
      switch random.below(fateEvery) {
      case 0: items.append(.redirect(from: person, to: people[random.below(people.count)], position: position))
      case 1 where random.below(3) == 0: items.append(.erase(person: person, position: position))
      default:
        let symbol = Symbol(UInt32(random.below(6)))
        let message = String(repeating: "m", count: random.below(60)) + String(number)
        let bytes = record(
          symbol, at: Int64(random.below(20)) * 1_000, message: message, kind: symbol == .none ? .identify : .track)
        items.append(.event(person: person, record: bytes, position: position))
      }
    }
  }

  /// The items as a log tells them from which the erased people's records were taken.
  func rewritten() -> [HistoryItem] {
    var naive = NaiveHistory()
    for item in items { naive.apply(item) }
    return items.enumerated().map { number, item in
      guard case .event(_, let record, let position) = item, naive.erased.contains(UInt64(number)) else { return item }
      return .erasedEvent(bytes: record.count, position: position)
    }
  }
}

extension HistoryStore {
  func rows(of person: PersonID) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    try events(of: person) { found.append(Array($0.bytes)) }
    return found
  }

  /// Waits for what is under way, as the process's end would find it; the recent part is lost.
  func settleBackground() {
    sealing.sync {}
    merging.sync {}
  }
}

func small(_ random: inout SeededRandom) -> HistoryLimits {
  HistoryLimits(
    recentItemsMax: 5 + random.below(20), recentBytesMax: 1_000 + random.below(2_000), fanIn: 2 + random.below(3))
}
