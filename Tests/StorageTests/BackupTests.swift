import Foundation
import RoostCore
import Synchronization
import Testing

@testable import Storage

@Suite struct BackupTests {
  /// Log and states of one installation, with a writer that keeps both in step as a runtime does.
  private struct Installation {
    let data: DataDirectory
    let log: FileLog
    let states: RocksStateStore

    init(_ path: String) throws {
      data = DataDirectory(path)
      log = try FileLog(directory: data.log, options: FileLogOptions(segmentBytes: 4_096, reserveBytes: 1_024))
      states = try RocksStateStore(directory: data.states)
    }

    /// Appends one record to `bucket` and stores its sequence as the bucket's state, with a checkpoint behind it.
    func step(_ bucket: UInt16) throws {
      let sequence = log.lastSequence(bucket) + 1
      let end = try log.append([LogRecord(bucket: bucket, sequence: sequence, payload: Array("event \(sequence)".utf8))]
      )
      var batch = StateBatch()
      batch.put([UInt8(bucket)], Array(String(sequence).utf8))
      batch.checkpoint = Checkpoint(position: end).encoded()
      try states.write(batch)
    }

    func close() throws {
      try states.close()
      try log.close()
    }
  }

  /// What the states must be for the records before `position`.
  private func expectedStates(_ log: FileLog, before position: LogPosition) throws -> [UInt8: String] {
    var expected: [UInt8: String] = [:]
    try log.read(from: .start) { at, record in
      if at < position { expected[UInt8(record.bucket)] = String(record.sequence) }
      return at < position
    }
    return expected
  }

  private func states(_ store: RocksStateStore) throws -> [UInt8: String] {
    try store.allStates().reduce(into: [:]) { $0[$1.key[0]] = String(decoding: $1.value, as: UTF8.self) }
  }

  @Test func backupWhileAppendingRestoresToOneMoment() throws {
    let directory = try TemporaryDirectory()
    let source = try Installation(directory.path("data"))
    for index in 0..<300 { try source.step(UInt16(index % 7)) }
    let done = Mutex(false)
    let failure = Mutex<String?>(nil)
    let made = Mutex<[Backup.Summary]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { worker in
      do {
        if worker == 0 {
          var index = 0
          while !done.withLock({ $0 }) {
            try source.step(UInt16(index % 7))
            index += 1
          }
        } else {
          defer { done.withLock { $0 = true } }
          for number in 0..<3 {
            let summary = try Backup.create(at: directory.path("backup-\(number)"), of: source.log, source.states)
            made.withLock { $0.append(summary) }
          }
        }
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
    }
    #expect(failure.withLock { $0 } == nil)
    let summaries = made.withLock { $0 }
    let records = try source.log.allRecords()
    try source.close()
    try #require(summaries.count == 3)
    for (number, summary) in summaries.enumerated() {
      #expect(try Backup.verify(directory.path("backup-\(number)")) == summary)
      let target = directory.path("restored-\(number)")
      #expect(try Backup.restore(from: directory.path("backup-\(number)"), to: target) == summary)
      let restored = try Installation(target)
      #expect(restored.log.end == summary.end)
      let read = try restored.log.allRecords()
      #expect(read == Array(records[..<read.count]))
      #expect(read.count >= 300)
      let checkpoint = try restored.states.recoveryStart(in: restored.log)
      #expect(try states(restored.states) == expectedStates(restored.log, before: checkpoint.position))
      // Recovery brings the states to the log's end, and the restored installation goes on.
      var recovered = try states(restored.states)
      let end = try recover(restored.states, from: restored.log) { _ in
      } replay: { _, record in
        recovered[UInt8(record.bucket)] = String(record.sequence)
      }
      #expect(end == restored.log.end)
      #expect(try recovered == expectedStates(restored.log, before: end))
      try restored.step(3)
      try restored.close()
      #expect(try Backup.verify(directory.path("backup-\(number)")) == summary, "restoring changed the backup")
    }
  }

  @Test func refusesTargetsThatHoldSomething() throws {
    let directory = try TemporaryDirectory()
    let source = try Installation(directory.path("data"))
    try source.step(1)
    _ = try Backup.create(at: directory.path("backup"), of: source.log, source.states)
    let again = #expect(throws: StorageError.self) {
      try Backup.create(at: directory.path("backup"), of: source.log, source.states)
    }
    #expect(again?.code == .notEmpty)
    let over = #expect(throws: StorageError.self) {
      try Backup.restore(from: directory.path("backup"), to: directory.path("data"))
    }
    #expect(over?.code == .notEmpty)
    try FileManager.default.createDirectory(atPath: directory.path("empty"), withIntermediateDirectories: true)
    _ = try Backup.restore(from: directory.path("backup"), to: directory.path("empty"))
    #expect(try directory.names(in: "empty") == ["log", "states"])
    try source.close()
  }

  @Test func damagedBackupsAreRefused() throws {
    let directory = try TemporaryDirectory()
    let source = try Installation(directory.path("data"))
    for index in 0..<200 { try source.step(UInt16(index % 5)) }
    _ = try Backup.create(at: directory.path("backup"), of: source.log, source.states)
    try source.close()
    var random = SeededRandom(seed: 61)
    let tables = try directory.names(in: "backup/states").filter { $0 != "LOG" }.map { "states/" + $0 }
    let logs = try directory.names(in: "backup/log").map { "log/" + $0 }
    #expect(!tables.isEmpty && logs.count > 1)
    for name in tables + logs + [BackupManifest.name] {
      let bytes = try directory.bytes("backup/" + name)
      var damaged = bytes
      damaged[random.below(bytes.count)] ^= 0x04
      for wrong in [damaged, Array(bytes.dropLast()), Array(bytes.dropLast(bytes.count / 2))] {
        try directory.write(wrong, to: "backup/" + name)
        let error = #expect(throws: StorageError.self, "\(name) with \(wrong.count) of \(bytes.count) bytes") {
          try Backup.restore(from: directory.path("backup"), to: directory.path("target"))
        }
        #expect(error?.remedy.isEmpty == false)
        #expect(!FileManager.default.fileExists(atPath: directory.path("target")))
      }
      try FileManager.default.removeItem(atPath: directory.path("backup/" + name))
      #expect(throws: StorageError.self) { try Backup.verify(directory.path("backup")) }
      try directory.write(bytes, to: "backup/" + name)
    }
    _ = try Backup.verify(directory.path("backup"))
  }

  /// An erasure after the backup must not reach into it, nor the backup keep the erasure from the live log.
  @Test func rewritingTheLogLeavesTheBackupAsItIs() throws {
    let directory = try TemporaryDirectory()
    let source = try Installation(directory.path("data"))
    for index in 0..<200 { try source.step(UInt16(index % 5)) }
    let records = try source.log.allRecords()
    let summary = try Backup.create(at: directory.path("backup"), of: source.log, source.states)
    try source.log.rewrite { _, record, _ in record.bucket == 2 }
    #expect(try Backup.verify(directory.path("backup")) == summary)
    _ = try Backup.restore(from: directory.path("backup"), to: directory.path("restored"))
    try source.close()
    let restored = try FileLog(directory: DataDirectory(directory.path("restored")).log)
    #expect(try restored.allRecords() == records)
  }
}
