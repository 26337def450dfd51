import Dispatch
import Foundation
import RoostCore
import Synchronization
import Testing

@testable import History

@Suite struct HistoryFailureTests {
  static let limits = HistoryLimits(recentItemsMax: 40, recentBytesMax: 1 << 20, fanIn: 8)

  func event(_ number: Int) -> HistoryItem {
    .event(
      person: PersonID(mix64(UInt64(number % 9))), record: record(Symbol(1), at: Int64(number), message: "m\(number)"),
      position: UInt64(number))
  }

  /// Reads all that the files hold.
  func readAll(_ directory: String) throws {
    let store = try HistoryStore(directory: directory, limits: Self.limits)
    for person in 0..<9 { _ = try store.rows(of: PersonID(mix64(UInt64(person)))) }
    _ = try store.scan(.all, threads: 1, into: Collected())
  }

  /// One flipped bit anywhere is found, and said to be damage of that file.
  @Test func everyFlippedBitIsNamed() throws {
    let directory = TemporaryDirectory()
    let store = try HistoryStore(directory: directory.path, limits: Self.limits)
    for number in 0..<40 { try store.append(event(number)) }
    try store.redirect(from: PersonID(1), to: PersonID(2), position: 100)
    for number in 101..<140 { try store.append(event(number)) }
    try store.flush()
    let files = try TemporaryDirectory.contents(directory.path)
    #expect(files.keys.contains(FateFile.name(cut: 2)))
    var random = SeededRandom(seed: 3)
    for (name, intact) in files {
      let path = directory.path + "/" + name
      for _ in 0..<40 {
        var damaged = intact
        let offset = random.below(intact.count)
        damaged[offset] ^= 1 << UInt8(random.below(8))
        try damaged.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: HistoryError.self, "\(name) at \(offset)") { try readAll(directory.path) }
        #expect(error?.code == .damaged && error?.message.contains(name) == true, "\(name) at \(offset)")
      }
      for length in [0, 1, intact.count / 2, intact.count - 1] {
        try intact.prefix(length).write(to: URL(fileURLWithPath: path))
        #expect(throws: HistoryError.self, "\(name) cut to \(length)") { try readAll(directory.path) }
      }
      try intact.write(to: URL(fileURLWithPath: path))
    }
    try readAll(directory.path)
  }

  @Test func damageNamesColumnOffsetAndRemedy() throws {
    let directory = TemporaryDirectory()
    let store = try HistoryStore(directory: directory.path, limits: Self.limits)
    for number in 0..<40 { try store.append(event(number)) }
    try store.flush()
    let name = try #require(try TemporaryDirectory.contents(directory.path).keys.first { $0.hasSuffix(".segment") })
    let path = directory.path + "/" + name
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[300] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: HistoryError.self) { try HistoryStore(directory: directory.path) }
    #expect(error?.message.contains("the column people at byte 256") == true)
    #expect(error?.remedy.contains("delete the history directory") == true)
  }

  @Test func newerFormatsAreRefused() throws {
    let directory = TemporaryDirectory()
    let store = try HistoryStore(directory: directory.path, limits: Self.limits)
    for number in 0..<40 { try store.append(event(number)) }
    try store.flush()
    let path = directory.path + "/" + Manifest.name
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(4))
    bytes.patch(at: 8, word: UInt32(2))
    bytes.append(word: checksum(bytes))
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: HistoryError.self) { try HistoryStore(directory: directory.path) }
    #expect(error?.code == .unknownFormat)
  }

  /// A disk that takes nothing stops the input when the memory set aside is used up, and nothing is lost.
  @Test func goesOnOnceTheDiskDoes() throws {
    let directory = TemporaryDirectory()
    let store = try HistoryStore(directory: directory.path, limits: Self.limits)
    try FileManager.default.removeItem(atPath: directory.path)
    var number = 0
    let error = #expect(throws: HistoryError.self) {
      while number < 1_000 {
        try store.append(event(number))
        number += 1
      }
    }
    #expect(error?.code == .io)
    #expect(number == 120 && store.isSaturated)
    try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
    while number < 200 {
      try store.append(event(number))
      number += 1
    }
    try store.flush()
    #expect(!store.isSaturated && store.status.failure == nil && store.status.segments == 5)
    #expect(try store.rows(of: PersonID(mix64(0))).count == 23)
  }

  @Test func readersSeeWholePrefixesWhileEventsArrive() throws {
    let directory = TemporaryDirectory()
    let store = try HistoryStore(
      directory: directory.path, limits: HistoryLimits(recentItemsMax: 200, recentBytesMax: 1 << 20, fanIn: 2))
    let failures = Mutex<[String]>([])
    let isDone = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: 3) { thread in
      do {
        if thread == 0 {
          for number in 0..<4_000 {
            let bytes = record(Symbol(1), at: Int64(number), message: "")
            try store.append(.event(person: PersonID(5), record: bytes, position: UInt64(number)))
          }
          return isDone.store(true, ordering: .releasing)
        }
        while !isDone.load(ordering: .acquiring) {
          var next: Int64 = 0
          try store.events(of: PersonID(5)) { event in
            if event.timestamp.milliseconds != next { failures.withLock { $0.append("a gap at \(next)") } }
            next += 1
          }
          let page = try store.timeline(PersonID(5), limit: 1)
          let newest = page.entries.first?.cursor.time.milliseconds ?? -1
          if newest < next - 1 { failures.withLock { $0.append("went back to \(newest) from \(next)") } }
        }
      } catch { failures.withLock { $0.append("\(error)") } }
    }
    #expect(failures.withLock { $0 } == [])
  }
}
