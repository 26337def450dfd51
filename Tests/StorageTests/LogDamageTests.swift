import Foundation
import RoostCore
import Testing

@testable import Storage

/// What an open finds after a crash or on a bad disk: it cuts what was never acknowledged and names everything else.
@Suite struct LogDamageTests {
  private let options = FileLogOptions(segmentBytes: 2_048, reserveBytes: 512)

  /// A log of three groups whose process died; returns the only file's name, its bytes up to the durable end, and where
  /// the last group begins.
  private func crashedLog(_ directory: TemporaryDirectory) throws -> (bytes: [UInt8], lastGroup: Int) {
    let log = try FileLog(directory: directory.path("source"))
    try log.append([LogRecord(bucket: 1, sequence: 1, payload: [1, 2, 3])])
    try log.append([LogRecord(bucket: 1, sequence: 2, payload: [4]), LogRecord(bucket: 2, sequence: 1, payload: [5])])
    let lastGroup = log.extent.withLock { $0.endOffset }
    try log.append([
      LogRecord(bucket: 1, sequence: 3, payload: [6, 7, 8, 9]), LogRecord(bucket: 3, sequence: 1, payload: [1]),
    ])
    let end = log.extent.withLock { $0.endOffset }
    return (Array(try directory.bytes("source/" + Segment(first: .start).name)[..<end]), lastGroup)
  }

  private func open(_ bytes: [UInt8], in directory: TemporaryDirectory, _ folder: String) throws -> FileLog {
    try FileManager.default.createDirectory(atPath: directory.path(folder), withIntermediateDirectories: true)
    try directory.write(bytes, to: folder + "/" + Segment(first: .start).name)
    return try FileLog(directory: directory.path(folder), options: FileLogOptions(reserveBytes: 4_096))
  }

  @Test func tornTailIsCutAtEveryByte() throws {
    let directory = try TemporaryDirectory()
    let (bytes, lastGroup) = try crashedLog(directory)
    let reserved = [UInt8](repeating: 0, count: 300)
    for cut in lastGroup..<bytes.count {
      for tail in [[], reserved] {
        let log = try open(Array(bytes[..<cut]) + tail, in: directory, "cut-\(cut)-\(tail.count)")
        let written = (bytes[lastGroup..<cut].lastIndex { $0 != 0 }).map { $0 + 1 - lastGroup } ?? 0
        #expect(log.openReport.tornBytesCut == written)
        #expect(try log.allRecords().map(\.payload) == [[1, 2, 3], [4], [5]])
        #expect(log.lastSequence(1) == 2 && log.lastSequence(3) == 0)
        try log.append([LogRecord(bucket: 1, sequence: 3, payload: [10])])
        #expect(try log.allRecords().map(\.payload) == [[1, 2, 3], [4], [5], [10]])
      }
    }
  }

  /// A disk may write the later sectors of a group and not the first.
  @Test func tornHeadIsCut() throws {
    let directory = try TemporaryDirectory()
    let (bytes, lastGroup) = try crashedLog(directory)
    for lost in 1..<(bytes.count - lastGroup) {
      var torn = bytes
      for index in lastGroup..<(lastGroup + lost) { torn[index] = 0 }
      let log = try open(torn, in: directory, "lost-\(lost)")
      #expect(log.openReport.tornBytesCut == bytes.count - lastGroup)
      #expect(try log.allRecords().count == 3)
    }
  }

  @Test func damageBeforeTheLastGroupIsNoTornTail() throws {
    let directory = try TemporaryDirectory()
    let (bytes, lastGroup) = try crashedLog(directory)
    let name = Segment(first: .start).name
    for index in 0..<lastGroup {
      var damaged = bytes
      damaged[index] ^= 0x10
      let error = #expect(throws: StorageError.self, "byte \(index)") {
        try open(damaged, in: directory, "damaged-\(index)")
      }
      #expect(error?.code == .damaged || (error?.code == .unknownFormat && (8..<12).contains(index)))
      #expect(error?.message.contains(name) == true)
      #expect(error?.remedy.isEmpty == false)
    }
  }

  @Test func damageNamesThePosition() throws {
    let directory = try TemporaryDirectory()
    let (bytes, lastGroup) = try crashedLog(directory)
    var damaged = bytes
    damaged[lastGroup - 1] ^= 1  // the last payload byte of the second group, which begins at position 1
    let error = #expect(throws: StorageError.self) { try open(damaged, in: directory, "named") }
    #expect(error?.message.contains("log position 1:") == true)
    #expect(error?.remedy.contains("roost doctor") == true && error?.remedy.contains("backup") == true)
  }

  /// After a clean end a flipped bit anywhere is found: never a lost record, never a wrong one.
  @Test func everyFlippedBitIsFound() throws {
    let directory = try TemporaryDirectory()
    let log = try FileLog(directory: directory.path("log"), options: options)
    let records = try log.fill(records: 400, seed: 31)
    try log.close()
    let names = try directory.names(in: "log").filter { $0.hasSuffix(Segment.suffix) }
    #expect(names.count > 4)
    let contents = try names.map { try directory.bytes("log/" + $0) }
    var random = SeededRandom(seed: 32)
    for _ in 0..<400 {
      let file = random.below(names.count)
      let byte = random.below(contents[file].count)
      var damaged = contents[file]
      damaged[byte] ^= 1 << UInt8(random.below(8))
      try directory.write(damaged, to: "log/" + names[file])
      do {
        let reopened = try FileLog(directory: directory.path("log"), options: options)
        let read = try reopened.allRecords()
        // Only the mark of the clean end holds no record.
        #expect(file == names.count - 1 && byte >= contents[file].count - LogFrame.headerBytes)
        #expect(read == records)
      } catch let error as StorageError {
        #expect(error.code == .damaged || error.code == .unknownFormat)
        #expect(error.message.contains(names[file]), "\(error) names another file than \(names[file])")
      }
      // The reopened log may have cut its last file.
      for index in Set([file, names.count - 1]) { try directory.write(contents[index], to: "log/" + names[index]) }
    }
    #expect(try FileLog.verify(directory: directory.path("log")).records == 400)
  }

  @Test func missingRenamedAndShortenedFilesAreFound() throws {
    let directory = try TemporaryDirectory()
    let log = try FileLog(directory: directory.path("log"), options: options)
    try log.fill(records: 400, seed: 33)
    try log.close()
    let names = try directory.names(in: "log").filter { $0.hasSuffix(Segment.suffix) }
    for (index, name) in names.enumerated().dropLast() {
      let bytes = try directory.bytes("log/" + name)
      try FileManager.default.removeItem(atPath: directory.path("log/" + name))
      let missing = #expect(throws: StorageError.self) {
        try FileLog(directory: directory.path("log"), options: options)
      }
      #expect(missing?.code == .damaged)
      #expect(missing?.message.contains(index == 0 ? names[1] : name) == true)

      try directory.write(Array(bytes[..<(bytes.count - 10)]), to: "log/" + name)
      let reopened = try FileLog(directory: directory.path("log"), options: options)
      let short = #expect(throws: StorageError.self) { try reopened.allRecords() }
      #expect(short?.code == .damaged && short?.message.contains(name) == true)

      try directory.write(try directory.bytes("log/" + names[(index + 1) % names.count]), to: "log/" + name)
      #expect(throws: StorageError.self) { try FileLog.verify(directory: directory.path("log")) }
      try directory.write(bytes, to: "log/" + name)
    }
    #expect(try FileLog.verify(directory: directory.path("log")).records == 400)
  }

  @Test func aNewerFormatIsNamed() throws {
    let directory = try TemporaryDirectory()
    var (bytes, _) = try crashedLog(directory)
    bytes[8] = 2
    let error = #expect(throws: StorageError.self) { try open(bytes, in: directory, "newer") }
    #expect(error?.code == .unknownFormat)
  }

  /// A payload that is itself a stored log must not pass for groups behind a torn one.
  @Test func aLogInsideAPayloadIsNoGroup() throws {
    let directory = try TemporaryDirectory()
    let (inner, _) = try crashedLog(directory)
    let log = try FileLog(directory: directory.path("outer"))
    try log.append([LogRecord(bucket: 1, sequence: 1, payload: inner)])
    let end = log.extent.withLock { $0.endOffset }
    let bytes = try directory.bytes("outer/" + Segment(first: .start).name)
    let torn = try open(Array(bytes[..<(end - 1)]), in: directory, "torn")
    #expect(torn.openReport.tornBytesCut > inner.count)
    #expect(try torn.allRecords().isEmpty)
  }
}
