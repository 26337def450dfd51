import RoostCore

/// Which slot of people's `Trackers` holds what: one slot for each distinct meaning, given out in order and never used
/// for anything else. Part of a workspace's definitions; durable as JSON.
public struct TrackerRegistry: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var meaning: String
    /// How much the tracker remembers: times for `times`, milliseconds for `amounts`, else 0.
    var capacity: Int64
  }
  private(set) var entries: [Entry] = []

  public init() {}

  /// How many slots are given out. If it grows by compiling, people have to be filled from history for the new ones.
  public var count: Int { entries.count }

  /// The first slot with this meaning that remembers enough; else a new one. Since slots are only ever added at the
  /// end, the answer for a condition never changes once it was given.
  mutating func slot(_ meaning: String, capacity: Int64 = 0) -> UInt32 {
    if let index = entries.firstIndex(where: { $0.meaning == meaning && $0.capacity >= capacity }) {
      return UInt32(index)
    }
    entries.append(Entry(meaning: meaning, capacity: capacity))
    return UInt32(entries.count - 1)
  }

  func capacity(_ slot: UInt32) -> Int64 { entries[Int(slot)].capacity }

  /// Reads what `json` gives.
  public init(json: JSONValue) throws(Problem) {
    guard let items = json["trackers"]?.array, json["version"]?.int == 1 else {
      throw Problem(.internalFault, "The registry of trackers is of an unknown version")
    }
    for (index, item) in items.enumerated() {
      guard let meaning = item["meaning"]?.string, let capacity = item["capacity"]?.int else {
        throw .invalid("/trackers/\(index)", "expected `meaning` and `capacity`")
      }
      entries.append(Entry(meaning: meaning, capacity: capacity))
    }
  }

  /// The registry as a document.
  public var json: JSONValue {
    let trackers = entries.map { entry -> JSONValue in
      ["meaning": .string(entry.meaning), "capacity": .int(entry.capacity)]
    }
    return ["version": 1, "trackers": .array(trackers)]
  }
}
