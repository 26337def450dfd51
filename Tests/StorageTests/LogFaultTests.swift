import Foundation
import RoostCore
import Synchronization
import Testing

@testable import Storage

/// Full disks, power cuts at every step, and two processes.
@Suite struct LogFaultTests {
  /// Fails or observes the steps of a log on request.
  private final class Fault: Sendable {
    private let action = Mutex<(@Sendable (LogStep) -> Int32)?>(nil)
    func set(_ action: (@Sendable (LogStep) -> Int32)?) { self.action.withLock { $0 = action } }
    func options(segmentBytes: Int = 64 << 20) -> FileLogOptions {
      FileLogOptions(segmentBytes: segmentBytes, reserveBytes: 512) { step in
        self.action.withLock { $0 }?(step) ?? 0
      }
    }
  }

  @Test(arguments: [LogStep.allocate, .write])
  func aFullDiskChangesNothing(_ step: LogStep) throws {
    let directory = try TemporaryDirectory()
    let fault = Fault()
    let log = try FileLog(directory: directory.path("log"), options: fault.options())
    let records = try log.fill(records: 300, seed: 41)
    let end = log.end
    fault.set { $0 == step ? ENOSPC : 0 }
    let big = [UInt8](repeating: 7, count: 2_000)
    for _ in 0..<3 {
      let error = #expect(throws: StorageError.self) {
        try log.append([LogRecord(bucket: 300, sequence: 1, payload: big)])
      }
      #expect(error?.code == .noSpace)
      #expect(error?.message.contains("/\(Segment(first: .start).name):") == true)
    }
    #expect(log.end == end)
    #expect(log.lastSequence(300) == 0)
    #expect(try log.allRecords() == records)
    fault.set(nil)
    let last = LogRecord(bucket: 300, sequence: 1, payload: [1])
    try log.append([last])
    try log.close()
    let reopened = try FileLog(directory: directory.path("log"))
    #expect(reopened.openReport.tornBytesCut == 0)
    #expect(try reopened.allRecords() == records + [last])
  }

  @Test(arguments: [LogStep.sealed, .segmentWritten])
  func aFullDiskAtASegmentChangeChangesNothing(_ step: LogStep) throws {
    let directory = try TemporaryDirectory()
    let fault = Fault()
    let log = try FileLog(directory: directory.path("log"), options: fault.options(segmentBytes: 4_096))
    let record = LogRecord(bucket: 1, sequence: 1, payload: [UInt8](repeating: 1, count: 3_000))
    try log.append([record])
    fault.set { $0 == step ? ENOSPC : 0 }
    let next = LogRecord(bucket: 1, sequence: 2, payload: record.payload)
    for _ in 0..<2 {
      #expect(throws: StorageError.self) { try log.append([next]) }
    }
    fault.set(nil)
    #expect(try log.allRecords() == [record])
    try log.append([next])
    #expect(try log.allRecords() == [record, next])
    #expect(try directory.names(in: "log").count == 3)
  }

  /// After a failed sync nobody knows what is durable, so the log refuses until it is opened again.
  @Test func aFailedSyncEndsWriting() throws {
    let directory = try TemporaryDirectory()
    let fault = Fault()
    do {
      let log = try FileLog(directory: directory.path("log"), options: fault.options())
      try log.append([LogRecord(bucket: 1, sequence: 1, payload: [1])])
      fault.set { $0 == .sync ? EIO : 0 }
      let error = #expect(throws: StorageError.self) {
        try log.append([LogRecord(bucket: 1, sequence: 2, payload: [2])])
      }
      #expect(error?.code == .unusable)
      fault.set(nil)
      #expect(throws: StorageError.self) { try log.append([LogRecord(bucket: 1, sequence: 2, payload: [2])]) }
      #expect(try log.allRecords().map(\.payload) == [[1]])
      try log.close()
    }
    let reopened = try FileLog(directory: directory.path("log"))
    #expect(try reopened.allRecords().first?.payload == [1])
    try reopened.append([LogRecord(bucket: 9, sequence: 1, payload: [])])
  }

  /// The directory as a power cut at every step of many appends would leave it opens with every acknowledged group.
  @Test func aCrashAtAnyStepOfAppendingLosesNothingAcknowledged() throws {
    let directory = try TemporaryDirectory()
    let fault = Fault()
    let log = try FileLog(directory: directory.path("log"), options: fault.options(segmentBytes: 2_048))
    let crashes = Mutex<[(folder: String, acknowledged: LogPosition, step: LogStep)]>([])
    let acknowledged = Mutex(LogPosition.start)
    fault.set { step in
      crashes.withLock { crashes in
        let folder = "crash-\(crashes.count)"
        try? FileManager.default.copyItem(atPath: directory.path("log"), toPath: directory.path(folder))
        crashes.append((folder, acknowledged.withLock { $0 }, step))
      }
      return 0
    }
    var sequence: UInt64 = 0
    for size in [100, 900, 900, 40, 1_500, 3_000, 10, 10, 700] {
      sequence += 1
      let end = try log.append([
        LogRecord(bucket: 1, sequence: sequence, payload: [UInt8](repeating: UInt8(sequence), count: size))
      ])
      acknowledged.withLock { $0 = end }
    }
    fault.set(nil)
    let records = try log.allRecords()
    let all = crashes.withLock { $0 }
    #expect(Set(all.map(\.step)).isSuperset(of: [.allocate, .write, .sync, .synced, .sealed, .segmentWritten]))
    for crash in all {
      let reopened = try FileLog(directory: directory.path(crash.folder))
      #expect(reopened.end >= crash.acknowledged)
      let read = try reopened.allRecords()
      #expect(read == Array(records[..<read.count]))
      try reopened.append([LogRecord(bucket: 1, sequence: reopened.lastSequence(1) + 1, payload: [])])
    }
  }

  /// A rewrite that a power cut interrupts leaves old and new records, never neither; a second one ends the work.
  @Test func aCrashAtAnyStepOfARewriteIsHarmless() throws {
    let directory = try TemporaryDirectory()
    let fault = Fault()
    let secret = Array("name@example.org".utf8)
    let log = try FileLog(directory: directory.path("log"), options: fault.options(segmentBytes: 1_024))
    for sequence in UInt64(1)...60 {
      try log.append([
        LogRecord(bucket: 1, sequence: sequence, payload: secret),
        LogRecord(bucket: 2, sequence: sequence, payload: [8]),
      ])
    }
    let erase: (LogPosition, LogRecordView, inout [UInt8]) -> Bool = { _, record, _ in
      record.bucket == 1 && !record.payload.isEmpty
    }
    let folders = Mutex<[String]>([])
    fault.set { step in
      folders.withLock { folders in
        folders.append("crash-\(folders.count)")
        try? FileManager.default.copyItem(atPath: directory.path("log"), toPath: directory.path(folders.last!))
      }
      return 0
    }
    #expect(try log.rewrite(erase).recordsReplaced == 60)
    fault.set(nil)
    let crashes = folders.withLock { $0 }
    #expect(crashes.count > 4)
    for folder in crashes + ["log"] {
      if folder == "log" { try log.close() }
      let reopened = try FileLog(directory: directory.path(folder), options: fault.options(segmentBytes: 1_024))
      let records = try reopened.allRecords()
      #expect(records.count == 120)
      #expect(records.allSatisfy { $0.bucket == 2 ? $0.payload == [8] : $0.payload == secret || $0.payload.isEmpty })
      try reopened.rewrite(erase)
      #expect(try reopened.allRecords().allSatisfy { $0.bucket == 2 || $0.payload.isEmpty })
      for name in try directory.names(in: folder) {
        let bytes = Data(try directory.bytes(folder + "/" + name))
        #expect(bytes.range(of: Data(secret)) == nil, "\(folder)/\(name) still holds what was erased")
      }
    }
  }

  @Test func leftoversOfACrashAreRemoved() throws {
    let directory = try TemporaryDirectory()
    let name = Segment(first: .start).name
    do {
      let log = try FileLog(directory: directory.path("log"))
      try log.append([LogRecord(bucket: 1, sequence: 1, payload: [1])])
    }
    try directory.write([1, 2, 3], to: "log/" + name + Segment.newSuffix)
    let log = try FileLog(directory: directory.path("log"))
    #expect(log.openReport.leftoverFilesRemoved == 1)
    #expect(try log.allRecords().count == 1)
    #expect(try directory.names(in: "log") == [name, "lock"].sorted())
  }

  @Test func onlyOneProcessWrites() throws {
    let directory = try TemporaryDirectory()
    let log = try FileLog(directory: directory.path("log"))
    let error = #expect(throws: StorageError.self) { try FileLog(directory: directory.path("log")) }
    #expect(error?.code == .locked)
    try log.close()
    let second = try FileLog(directory: directory.path("log"))
    try second.append([LogRecord(bucket: 0, sequence: 1, payload: [])])
  }

  @Test func reopensWithEverything() throws {
    let directory = try TemporaryDirectory()
    var records: [LogRecord] = []
    for round in 0..<5 {
      let log = try FileLog(
        directory: directory.path("log"), options: FileLogOptions(segmentBytes: 8_192, reserveBytes: 1_024))
      #expect(log.openReport == FileLog.OpenReport())
      #expect(try log.allRecords() == records)
      records += try log.fill(records: 500, seed: UInt64(50 + round))
      for bucket in UInt16(0)..<256 {
        #expect(log.lastSequence(bucket) == UInt64(records.count { $0.bucket == bucket }))
      }
      if round % 2 == 0 { try log.close() }
    }
    let found = try FileLog.verify(directory: directory.path("log"))
    #expect(found.records == 2_500 && found.tornBytes == 0 && found.segments > 5)
  }
}
