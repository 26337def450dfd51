import RoostCore
import Storage
import Testing

/// What every `StateStore` must do; used like `LogProperty`.
enum StateStoreProperty: CaseIterable, Sendable {
  case startsEmpty, keepsAndDeletes, laterChangeWins, keepsCheckpoint, checkpointIsNoState, writesBehind
  case readsMany, scansInOrder, scansPrefixes, scanSeesOneMoment, takesAnyValue, refusesWrongKeys
  case agreesWithADictionary, closes

  func check<S: StateStore>(_ make: () throws -> S) throws {
    let store = try make()
    switch self {
    case .startsEmpty:
      #expect(try store.get([1]) == nil)
      #expect(try store.checkpoint() == nil)
      #expect(try store.allStates().isEmpty)
    case .keepsAndDeletes: try keepsAndDeletes(store)
    case .laterChangeWins: try laterChangeWins(store)
    case .keepsCheckpoint: try keepsCheckpoint(store)
    case .checkpointIsNoState: try checkpointIsNoState(store)
    case .writesBehind: try writesBehind(store)
    case .readsMany: try readsMany(store)
    case .scansInOrder: try scansInOrder(store)
    case .scansPrefixes: try scansPrefixes(store)
    case .scanSeesOneMoment: try scanSeesOneMoment(store)
    case .takesAnyValue: try takesAnyValue(store)
    case .refusesWrongKeys: try refusesWrongKeys(store)
    case .agreesWithADictionary: try agreesWithADictionary(store)
    case .closes: try closes(store)
    }
    try store.close()
  }

  private func keepsAndDeletes(_ store: some StateStore) throws {
    try store.put([([1], [10]), ([2], [20]), ([1, 0], [])])
    #expect(try store.get([1]) == [10])
    #expect(try store.get([1, 0]) == [])
    var batch = StateBatch()
    batch.delete([1])
    batch.delete([99])
    try store.write(batch)
    #expect(try store.get([1]) == nil)
    #expect(try store.get([2]) == [20])
  }

  private func laterChangeWins(_ store: some StateStore) throws {
    var batch = StateBatch()
    batch.put([1], [1])
    batch.delete([1])
    batch.put([2], [1])
    batch.delete([2])
    batch.put([2], [2])
    try store.write(batch)
    #expect(try store.get([1]) == nil)
    #expect(try store.get([2]) == [2])
  }

  private func keepsCheckpoint(_ store: some StateStore) throws {
    var batch = StateBatch()
    batch.put([1], [1])
    batch.checkpoint = [7, 7]
    try store.write(batch)
    #expect(try store.checkpoint() == [7, 7])
    batch.removeAll()
    batch.put([2], [2])
    try store.write(batch)
    #expect(try store.checkpoint() == [7, 7])
    batch.removeAll()
    batch.checkpoint = []
    try store.write(batch)
    #expect(try store.checkpoint() == [])
  }

  private func checkpointIsNoState(_ store: some StateStore) throws {
    var batch = StateBatch()
    batch.put([0], [1])
    batch.checkpoint = [9]
    try store.write(batch)
    #expect(try store.allStates().map(\.key) == [[0]])
  }

  /// Large batches, so that one is still on its way when the store is used next.
  private func writesBehind(_ store: some StateStore) throws {
    let keys = (0..<2_000).map(Self.key)
    for round in UInt8(1)...20 {
      var batch = StateBatch()
      batch.reserve(keys.count, bytes: keys.count * 400)
      for key in keys {
        key.withUnsafeBytes { key in
          [round].withUnsafeBytes { head in
            [UInt8](repeating: round, count: 299).withUnsafeBytes { batch.put(key, head, $0) }
          }
        }
      }
      batch.checkpoint = [round]
      try store.writeBehind(batch)
      switch round % 4 {
      case 0: #expect(try store.get(keys[1_999]) == [UInt8](repeating: round, count: 300))
      case 1:
        var found = 0
        try store.get([keys[0], keys[1_999]]) { _, value in found += value?.first == round ? 1 : 0 }
        #expect(found == 2)
      case 2:
        try store.put([(keys[1_999], [0])])
        #expect(try store.get(keys[1_999]) == [0])
      default: #expect(try store.checkpoint() == [round])
      }
    }
    #expect(try store.allStates().count == 2_000)
    try store.writeBehind(StateBatch())
  }

  private func readsMany(_ store: some StateStore) throws {
    try store.put((0..<200).map { (Self.key($0 * 2), [UInt8($0)]) })
    for keys in [Array(0..<400), Array((0..<400).reversed()), [], [5], [4, 4, 4]] {
      var seen: [Int] = []
      try store.get(keys.map(Self.key)) { index, value in
        seen.append(index)
        let key = keys[index]
        #expect(value.map(Array.init) == (key % 2 == 0 ? [UInt8(key / 2)] : nil))
      }
      #expect(seen == Array(keys.indices))
    }
  }

  private func scansInOrder(_ store: some StateStore) throws {
    var random = SeededRandom(seed: 11)
    let order = (0..<10_000).shuffled(using: &random)
    for start in stride(from: 0, to: order.count, by: 1_000) {
      try store.put(order[start..<(start + 1_000)].map { (Self.key($0), Self.key($0 + 1)) })
    }
    let states = try store.allStates()
    #expect(states.map(\.key) == (0..<10_000).map(Self.key))
    #expect(states.map(\.value) == (1...10_000).map(Self.key))
    #expect(try store.allStates(KeyRange(from: Self.key(9_990))).count == 10)
    #expect(try store.allStates(KeyRange(from: Self.key(5), to: Self.key(8))).map(\.key) == [5, 6, 7].map(Self.key))
    var first: [[UInt8]] = []
    try store.scan(.all) { key, _ in
      first.append(Array(key))
      return first.count < 3
    }
    #expect(first == [0, 1, 2].map(Self.key))
  }

  private func scansPrefixes(_ store: some StateStore) throws {
    let keys: [[UInt8]] = [[1], [1, 0], [1, 255], [1, 255, 255], [2], [255], [255, 255], [255, 255, 1]]
    try store.put(keys.map { ($0, []) })
    #expect(try store.allStates(.prefix([1])).map(\.key) == Array(keys[0..<4]))
    #expect(try store.allStates(.prefix([1, 255])).map(\.key) == Array(keys[2..<4]))
    #expect(try store.allStates(.prefix([255, 255])).map(\.key) == Array(keys[6...]))
    #expect(try store.allStates(.prefix([])).map(\.key) == keys)
    #expect(try store.allStates(.prefix([1], from: [1, 1])).map(\.key) == Array(keys[2..<4]))
    #expect(try store.allStates(.prefix([1], from: [0])).map(\.key) == Array(keys[0..<4]))
    #expect(try store.allStates(.prefix([3])).isEmpty)
  }

  private func scanSeesOneMoment(_ store: some StateStore) throws {
    try store.put((0..<100).map { (Self.key($0), [0]) })
    var seen = 0
    try store.scan(.all) { key, value in
      if seen == 0 { try store.put((0..<200).map { (Self.key($0), [1]) }) }
      seen += 1
      #expect(value.first == 0)
      return true
    }
    #expect(seen == 100)
  }

  private func takesAnyValue(_ store: some StateStore) throws {
    let long = [UInt8](repeating: 0xAB, count: 1_024)
    let value = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try store.put([(long, value), ([0], [0]), ([0, 0], [])])
    #expect(try store.get(long) == value)
    #expect(try store.get([0, 0]) == [])
    #expect(try store.allStates().map(\.key) == [[0], [0, 0], long])
  }

  private func refusesWrongKeys(_ store: some StateStore) throws {
    for key in [[], [UInt8](repeating: 1, count: 1_025)] {
      var batch = StateBatch()
      batch.put([5], [5])
      batch.put(key, [1])
      let error = #expect(throws: StorageError.self) { try store.write(batch) }
      #expect(error?.code == .tooLarge)
    }
    #expect(try store.get([5]) == nil)
  }

  private func agreesWithADictionary(_ store: some StateStore) throws {
    var random = SeededRandom(seed: 12)
    var expected: [[UInt8]: [UInt8]] = [:]
    for round in 0..<200 {
      var batch = StateBatch()
      for _ in 0..<random.below(30) {
        let key = Self.key(random.below(300))
        if random.below(3) == 0 {
          batch.delete(key)
          expected[key] = nil
        } else {
          let value = (0..<random.below(20)).map { _ in UInt8(random.below(256)) }
          batch.put(key, value)
          expected[key] = value
        }
      }
      try store.write(batch)
      if round % 20 == 0 { try store.sync() }
      let probe = Self.key(random.below(300))
      #expect(try store.get(probe) == expected[probe])
    }
    let states = try store.allStates()
    #expect(states.map(\.key) == expected.keys.sorted { $0.lexicographicallyPrecedes($1) })
    #expect(states.allSatisfy { expected[$0.key] == $0.value })
  }

  private func closes(_ store: some StateStore) throws {
    try store.put([([1], [1])])
    try store.close()
    try store.close()
    let error = #expect(throws: StorageError.self) { try store.put([([1], [1])]) }
    #expect(error?.code == .unusable)
    #expect(throws: StorageError.self) { try store.get([1]) }
  }

  static func key(_ number: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) } }
}

extension StateStore {
  func put(_ states: [(key: [UInt8], value: [UInt8])]) throws {
    var batch = StateBatch()
    for state in states { batch.put(state.key, state.value) }
    try write(batch)
  }

  func allStates(_ range: KeyRange = .all) throws -> [(key: [UInt8], value: [UInt8])] {
    var states: [(key: [UInt8], value: [UInt8])] = []
    try scan(range) { key, value in
      states.append((Array(key), Array(value)))
      return true
    }
    return states
  }
}
