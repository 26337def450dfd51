import RoostCore
import TestSupport
import Testing

@testable import Runtime

/// Whenever the process dies, what comes up is what the log says: the same people, counts, messages and times.
@Suite struct RecoveryTests {
  /// Random lives; after every few steps the process dies once, and comes up as it was.
  @Test(arguments: 1...RandomLife.seeds(6))
  func comesUpAsItWas(seed: UInt64) async throws {
    var life = RandomLife(seed: seed)
    var limits = PartitionLimits()
    // Small, so that checkpoints happen on the way and are interrupted.
    limits.checkpointBytes = seed.isMultiple(of: 2) ? 4_000 : 1 << 30
    limits.checkpointPeoplePerStep = 3
    limits.fillsPerCommit = 2
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z", limits: limits)
    let shop = try await RandomLife.shop(in: test)
    for step in 0..<24 {
      try await life.step(shop)
      guard step % 4 == 3 else { continue }
      let live = try await test.snapshot()
      let crashed = try await test.crashed(inCheckpoint: seed.isMultiple(of: 3))
      let differences = try await crashed.snapshot().differences(from: live)
      #expect(differences == [], "seed \(seed), step \(step)")
      await crashed.node.stop()
      if !differences.isEmpty { break }
    }
    await test.node.stop()
  }

  /// Stopping for good, crashing after it, losing the states, losing the histories: all the same.
  @Test(arguments: 11...(10 + RandomLife.seeds(3)))
  func isMadeAnew(seed: UInt64) async throws {
    var life = RandomLife(seed: seed)
    var test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    var shop = try await RandomLife.shop(in: test)
    for _ in 0..<3 {
      for _ in 0..<8 { try await life.step(shop) }
      test = try await test.reopened()
      shop = shop.on(test)
    }
    let live = try await test.snapshot()
    test = try await test.reopened()
    let stopped = try await test.snapshot().differences(from: live)
    #expect(stopped == [])
    for lost in ["states", "history"] {
      await test.node.stop()
      let histories = try test.directory.historyFiles()
      if lost == "history" { #expect(!histories.isEmpty) }
      try test.directory.remove(lost)
      test = try TestNode(test.directory)
      let differences = try await test.snapshot().differences(from: live)
      #expect(differences == [], "without \(lost)")
      if lost == "history" {
        await test.node.stop()
        let again = try test.directory.historyFiles()
        for (name, bytes) in histories where name.hasSuffix(".seg") { #expect(again[name] == bytes, "\(name)") }
        test = try TestNode(test.directory)
      }
    }
    await test.node.stop()
  }

  /// A client that got no answer sends everything again, also to the restarted server: nothing changes.
  @Test func repeatedCallsChangeNothing() async throws {
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
    let shop = try await RandomLife.shop(in: test)
    let calls = (0..<20).map { number in
      Calls.track(
        number % 3 == 0 ? "Order Completed" : "Viewed", #""userId":"u\#(number % 4)","anonymousId":"a\#(number % 4)""#,
        #"{"total":\#(number)}"#, id: "m\(number)")
    }
    try await shop.batch(calls)
    try await test.advance(by: .days(1))
    let before = try await test.snapshot()
    try await shop.batch(calls)
    try await shop.batch(calls.reversed())
    let afterwards = try await test.snapshot().differences(from: before)
    #expect(afterwards == [])
    let reopened = try await test.reopened()
    try await shop.on(reopened).batch(calls)
    let restarted = try await reopened.snapshot().differences(from: before)
    #expect(restarted == [])
    await reopened.node.stop()
  }
}

extension TestNode {
  /// Dies in the middle of a checkpoint, if wanted: some people have reached the store's files, others have not.
  func crashed(inCheckpoint: Bool) async throws -> TestNode {
    guard inCheckpoint else { return try await crashed() }
    let directory = directory
    let copy = try await node.perform { partition throws(Problem) in
      partition.bytesSinceCheckpoint = .max / 2
      _ = partition.checkpointSome()
      do {
        try partition.store.sync()
        return try directory.copy()
      } catch { throw Problem(.internalFault, "\(error)") }
    }
    return try TestNode(copy)
  }

  func snapshot() async throws -> Snapshot {
    try await node.perform { partition throws(Problem) in try partition.snapshot() }
  }
}

extension TemporaryDirectory {
  /// The histories' files with their bytes.
  func historyFiles() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in try self.files() where name.hasPrefix("history/") { files[name] = bytes(name) }
    return files
  }
}

extension TestNode {
  /// Until nothing is to be done before time goes on.
  func idle() async throws {
    while !(try await node.perform({ partition throws(Problem) in partition.isIdle })) {
      try await Task.sleep(for: .milliseconds(1))
    }
  }
}
