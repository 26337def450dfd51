import Storage
import Testing

@Suite struct CheckpointTests {
  @Test func keepsPositionAndDetails() throws {
    let checkpoint = Checkpoint(position: LogPosition(rawValue: 0x0102_0304_0506_0708), details: [9, 10])
    #expect(checkpoint.encoded() == [1, 8, 7, 6, 5, 4, 3, 2, 1, 9, 10])
    #expect(try Checkpoint(decoding: checkpoint.encoded()) == checkpoint)
  }

  @Test func refusesWhatItDoesNotKnow() {
    #expect(throws: StorageError.self) { try Checkpoint(decoding: []) }
    #expect(throws: StorageError.self) { try Checkpoint(decoding: [1, 2, 3]) }
    let newer = #expect(throws: StorageError.self) { try Checkpoint(decoding: [2] + [UInt8](repeating: 0, count: 8)) }
    #expect(newer?.code == .unknownFormat)
  }

  /// After a power cut the states are back at the last durable checkpoint; recovery replays exactly what follows.
  @Test func recoveryReplaysWhatIsMissing() throws {
    let log = MemoryLog()
    let states = MemoryStateStore()
    for number in UInt64(1)...30 {
      let end = try log.append([LogRecord(bucket: 0, sequence: number, payload: [UInt8(number)])])
      var batch = StateBatch()
      batch.put([1], [UInt8(number)])
      batch.checkpoint = Checkpoint(position: end).encoded()
      try states.write(batch)
      if number == 20 { try states.sync() }
    }
    states.losePower()
    #expect(try states.get([1]) == [20])
    var replayed: [UInt8] = []
    var begun: Checkpoint?
    let end = try recover(states, from: log) {
      begun = $0
    } replay: {
      replayed.append($1.payload[0])
    }
    #expect(begun?.position == LogPosition(rawValue: 20))
    #expect(replayed == Array(21...30))
    #expect(end == log.end)
  }

  @Test func recoveryWithoutACheckpointBeginsAtTheStart() throws {
    let log = MemoryLog()
    try log.append([LogRecord(bucket: 0, sequence: 1, payload: [1])])
    var replayed = 0
    _ = try recover(MemoryStateStore(), from: log) {
      #expect($0.position == .start)
    } replay: { _, _ in
      replayed += 1
    }
    #expect(replayed == 1)
  }

  @Test func statesAheadOfTheLogAreRefused() throws {
    let states = MemoryStateStore()
    var batch = StateBatch()
    batch.checkpoint = Checkpoint(position: LogPosition(rawValue: 5)).encoded()
    try states.write(batch)
    let error = #expect(throws: StorageError.self) {
      try recover(states, from: MemoryLog()) { _ in
      } replay: { _, _ in
      }
    }
    #expect(error?.code == .damaged)
    #expect(error?.remedy.contains("backup") == true)
  }
}
