import Foundation
import RoostCore
import Storage
import Synchronization
import Testing

/// What every `Log` must do. Each implementation runs all cases:
///
///     @Test(arguments: LogProperty.allCases) func conforms(_ property: LogProperty) throws {
///       try property.check { try SomeLog(...) }
///     }
enum LogProperty: CaseIterable, Sendable {
  case startsEmpty, keepsOrder, readsFromAnyPosition, stopsWhenAsked, fencesSequences, refusesGroupsWhole
  case takesAnySize, ignoresEmptyGroups, rewritesPayloads, rewritesNothing, survivesAFailingRewrite
  case readsWhileAppending, readsWhileRewriting, closes

  func check<L: Log>(_ make: () throws -> L) throws {
    let log = try make()
    switch self {
    case .startsEmpty: try startsEmpty(log)
    case .keepsOrder: try keepsOrder(log)
    case .readsFromAnyPosition: try readsFromAnyPosition(log)
    case .stopsWhenAsked: try stopsWhenAsked(log)
    case .fencesSequences: try fencesSequences(log)
    case .refusesGroupsWhole: try refusesGroupsWhole(log)
    case .takesAnySize: try takesAnySize(log)
    case .ignoresEmptyGroups: try ignoresEmptyGroups(log)
    case .rewritesPayloads: try rewritesPayloads(log)
    case .rewritesNothing: try rewritesNothing(log)
    case .survivesAFailingRewrite: try survivesAFailingRewrite(log)
    case .readsWhileAppending: try readsWhileAppending(log)
    case .readsWhileRewriting: try readsWhileRewriting(log)
    case .closes: try closes(log)
    }
    try log.close()
  }

  private func startsEmpty(_ log: some Log) throws {
    #expect(log.end == .start)
    #expect(log.lastSequence(0) == 0)
    #expect(log.lastSequence(65_535) == 0)
    #expect(try log.allRecords().isEmpty)
  }

  private func keepsOrder(_ log: some Log) throws {
    let records = try log.fill(records: 10_000, seed: 1)
    var positions: [LogPosition] = []
    var read: [LogRecord] = []
    let next = try log.read(from: .start) { position, record in
      positions.append(position)
      read.append(record.record)
      return true
    }
    #expect(read == records)
    #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 })
    #expect(next == log.end)
    #expect(positions.last.map { $0 < log.end } == true)
    for bucket in UInt16(0)..<256 {
      #expect(log.lastSequence(bucket) == UInt64(records.count { $0.bucket == bucket }))
    }
  }

  private func readsFromAnyPosition(_ log: some Log) throws {
    var records = try log.fill(records: 1_000, seed: 2)
    for sequence in UInt64(1)...40 {
      let large = LogRecord(
        bucket: 500, sequence: sequence, payload: [UInt8](repeating: UInt8(sequence), count: 20_000))
      try log.append([large])
      records.append(large)
    }
    let positions = try log.allPositions()
    for index in stride(from: 0, to: positions.count, by: 47) {
      #expect(try log.allRecords(from: positions[index]) == Array(records[index...]))
      #expect(try log.allRecords(from: positions[index].next) == Array(records[(index + 1)...]))
    }
    #expect(try log.allRecords(from: log.end).isEmpty)
  }

  private func stopsWhenAsked(_ log: some Log) throws {
    let records = try log.fill(records: 100, seed: 3)
    var seen: [LogRecord] = []
    let next = try log.read(from: .start) { _, record in
      seen.append(record.record)
      return seen.count < 42
    }
    #expect(seen == Array(records[..<42]))
    #expect(try log.allRecords(from: next) == Array(records[42...]))

    #expect(throws: Interrupted.self) { try log.read(from: .start) { _, _ in throw Interrupted() } }
  }

  private func fencesSequences(_ log: some Log) throws {
    try log.append([LogRecord(bucket: 7, sequence: 1, payload: [1])])
    for wrong in [0, 1, 3, UInt64.max] {
      let error = #expect(throws: StorageError.self) {
        try log.append([LogRecord(bucket: 7, sequence: wrong, payload: [2])])
      }
      #expect(error?.code == .conflict)
    }
    #expect(throws: StorageError.self) { try log.append([LogRecord(bucket: 8, sequence: 2, payload: [2])]) }
    try log.append([LogRecord(bucket: 7, sequence: 2, payload: [3])])
    #expect(try log.allRecords().map(\.payload) == [[1], [3]])
  }

  private func refusesGroupsWhole(_ log: some Log) throws {
    try log.append([LogRecord(bucket: 1, sequence: 1, payload: [])])
    let end = log.end
    #expect(throws: StorageError.self) {
      try log.append([
        LogRecord(bucket: 1, sequence: 2, payload: [1]), LogRecord(bucket: 2, sequence: 1, payload: [2]),
        LogRecord(bucket: 1, sequence: 3, payload: [3]), LogRecord(bucket: 1, sequence: 3, payload: [4]),
      ])
    }
    #expect(log.end == end)
    #expect(log.lastSequence(1) == 1)
    #expect(log.lastSequence(2) == 0)
    try log.append([LogRecord(bucket: 2, sequence: 1, payload: [9]), LogRecord(bucket: 1, sequence: 2, payload: [8])])
    #expect(try log.allRecords().map(\.payload) == [[], [9], [8]])
  }

  private func takesAnySize(_ log: some Log) throws {
    let sizes = [0, 1, 7, 8, 65_535, 65_536, 3_000_000, 1]
    let records = sizes.enumerated().map { index, size in
      LogRecord(bucket: 65_535, sequence: UInt64(index + 1), payload: [UInt8](repeating: UInt8(index), count: size))
    }
    for record in records { try log.append([record]) }
    #expect(try log.allRecords() == records)
  }

  private func ignoresEmptyGroups(_ log: some Log) throws {
    #expect(try log.append(RecordGroup()) == .start)
    try log.append([LogRecord(bucket: 0, sequence: 1, payload: [5])])
    #expect(try log.append(RecordGroup()) == log.end)
    #expect(try log.allRecords().count == 1)
  }

  private func closes(_ log: some Log) throws {
    try log.append([LogRecord(bucket: 0, sequence: 1, payload: [5])])
    try log.close()
    try log.close()
    let error = #expect(throws: StorageError.self) {
      try log.append([LogRecord(bucket: 0, sequence: 2, payload: [6])])
    }
    #expect(error?.code == .unusable)
    #expect(try log.allRecords().map(\.payload) == [[5]])
  }
}

extension LogProperty {
  private func rewritesPayloads(_ log: some Log) throws {
    let records = try log.fill(records: 2_000, seed: 4)
    let positions = try log.allPositions()
    // Buckets 3, 4 and 5 are erased to nothing, to something longer, and to one byte.
    func replacement(_ bucket: UInt16) -> [UInt8]? {
      switch bucket {
      case 3: []
      case 4: [UInt8](repeating: 0xEE, count: 5_000)
      case 5: [1]
      default: nil
      }
    }
    let summary = try log.rewrite { _, record, output in
      guard let bytes = replacement(record.bucket) else { return false }
      output.append(contentsOf: bytes)
      return true
    }
    let expected = records.map {
      LogRecord(bucket: $0.bucket, sequence: $0.sequence, payload: replacement($0.bucket) ?? $0.payload)
    }
    #expect(summary.recordsReplaced == records.count { (3...5).contains($0.bucket) })
    #expect(try log.allRecords() == expected)
    #expect(try log.allPositions() == positions)
    #expect(try log.allRecords(from: positions[777]) == Array(expected[777...]))

    let more = LogRecord(bucket: 3, sequence: log.lastSequence(3) + 1, payload: [42])
    try log.append([more])
    #expect(try log.allRecords() == expected + [more])
  }

  private func rewritesNothing(_ log: some Log) throws {
    #expect(try log.rewrite { _, _, _ in true } == RewriteSummary())
    let records = try log.fill(records: 50, seed: 5)
    var seen = 0
    let summary = try log.rewrite { _, _, _ in
      seen += 1
      return false
    }
    #expect(summary == RewriteSummary())
    #expect(seen == 50)
    #expect(try log.allRecords() == records)
  }

  private func survivesAFailingRewrite(_ log: some Log) throws {
    let records = try log.fill(records: 500, seed: 6)
    var seen = 0
    #expect(throws: Interrupted.self) {
      try log.rewrite { _, _, output in
        seen += 1
        if seen == 400 { throw Interrupted() }
        return false
      }
    }
    #expect(try log.allRecords() == records)
    let summary = try log.rewrite { _, _, _ in true }
    #expect(summary.recordsReplaced == 500)
    #expect(try log.allRecords().allSatisfy { $0.payload.isEmpty })
  }

  /// A reader meanwhile sees a prefix that ends with a whole group.
  private func readsWhileAppending(_ log: some Log) throws {
    let groups = 100
    let done = Mutex(false)
    let failure = Mutex<String?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { worker in
      do {
        if worker == 0 {
          defer { done.withLock { $0 = true } }
          for index in 0..<groups { try log.append(Self.triple(index)) }
        } else {
          var finished = false
          while !finished {
            finished = done.withLock { $0 }
            let read = try log.allRecords()
            let whole = (0..<(read.count / 3)).flatMap { Self.triple($0) }
            if read != whole { failure.withLock { $0 = "a reader saw \(read.count) records that are no prefix" } }
          }
        }
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
    }
    #expect(failure.withLock { $0 } == nil)
    #expect(try log.allRecords().count == groups * 3)
  }

  /// A reader meanwhile sees each record once, with an old or a new payload.
  private func readsWhileRewriting(_ log: some Log) throws {
    for index in 0..<100 { try log.append(Self.triple(index)) }
    try readsOnAcrossARewrite(log)
    let done = Mutex(false)
    let failure = Mutex<String?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { worker in
      do {
        if worker == 0 {
          defer { done.withLock { $0 = true } }
          for round in 1...6 {
            try log.rewrite { _, record, output in
              output.append(contentsOf: repeatElement(0xFF, count: round * 10))
              return record.bucket == 1
            }
            try log.append(Self.triple(99 + round))
          }
        } else {
          while !done.withLock({ $0 }) {
            let read = try log.allRecords()
            let right = read.indices.allSatisfy { index in
              let expected = Self.triple(index / 3)[index % 3]
              let isNew = expected.bucket == 1 && read[index].payload.allSatisfy { $0 == 0xFF }
              return read[index].sequence == expected.sequence && (isNew || read[index] == expected)
            }
            if !right || read.count < 300 { failure.withLock { $0 = "a reader saw wrong records" } }
          }
        }
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
    }
    #expect(failure.withLock { $0 } == nil)
    #expect(try log.allRecords().count == 318)
  }

  /// A rewrite in the midst of a read changes the files that the read has not come to.
  private func readsOnAcrossARewrite(_ log: some Log) throws {
    var seen: [UInt64] = []
    try log.read(from: .start) { _, record in
      if seen.isEmpty {
        try log.rewrite { _, record, output in
          output.append(contentsOf: repeatElement(0xFF, count: 50))
          return record.bucket == 1
        }
      }
      seen.append(record.sequence)
      return true
    }
    let expected: [UInt64] = (1...100).flatMap { [$0, $0, $0] as [UInt64] }
    #expect(seen == expected)
  }

  private static func triple(_ index: Int) -> [LogRecord] {
    (0..<3).map { LogRecord(bucket: $0, sequence: UInt64(index + 1), payload: Array(String(index).utf8)) }
  }
}
