import RoostCore
import Storage
import TestSupport
import Testing

@testable import Runtime

/// However many records of the log's tail are handled together, the start comes to the same.
@Suite struct ReplayTogetherTests {
  /// A shop of some hundred people: enough in one batch for all threads to have some.
  private struct Town {
    var random: SeededRandom
    var life: RandomLife
    var number = 0

    init(seed: UInt64) {
      random = SeededRandom(seed: seed)
      life = RandomLife(seed: seed + 900)
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    /// One batch, in which some are new, and, if wanted, some merge or come with a device that had another owner.
    mutating func batch(_ shop: TestWorkspace, meets: Bool) async throws {
      let calls = (0..<150).map { _ in call(meets) }
      try await shop.batch(calls)
    }

    private mutating func call(_ meets: Bool) -> String {
      number += 1
      let (who, id) = (#""userId":"t\#(below(300))""#, "t\(number)")
      switch below(meets ? 14 : 10) {
      case 0: return Calls.identify(who, #"{"email":"t\#(below(300))@town.example"}"#, id: id)
      case 1: return Calls.track("Viewed", #""anonymousId":"w\#(below(200))""#, id: id)
      case 2...6: return Calls.track("Order Completed", who, #"{"total":\#(below(60))}"#, id: id)
      case 10: return Calls.identify(who + #","anonymousId":"w\#(below(200))""#, id: id)
      case 11: return Calls.alias(from: "w\(below(200))", to: "t\(below(300))", id: id)
      case 12:
        return #"{"type":"identify",\#(who),"messageId":"\#(id)","#
          + #""context":{"device":{"type":"ios","token":"\#(below(20))"}}}"#
      default: return Calls.track("Viewed", who, id: id)
      }
    }

    /// Batches with and without meetings, definitions, operators and time between them, and an erasure.
    mutating func year(_ shop: TestWorkspace) async throws {
      for round in 0..<5 {
        try await batch(shop, meets: round.isMultiple(of: 2))
        try await life.step(shop)
        try await batch(shop, meets: false)
        try await shop.test.advance(by: .hours(Int64(1 + below(100))))
      }
      if try await shop.knows("user:t7") { try await shop.erase("user:t7") }
      try await batch(shop, meets: true)
      try await shop.settle()
      try await shop.test.idle()
      try await shop.test.erased()
    }
  }

  @Test(arguments: 1...RandomLife.seeds(3)) func `A start is the same however many records it takes at once`(
    seed: UInt64
  ) async throws {
    var town = Town(seed: seed)
    var limits = PartitionLimits()
    limits.checkpointPeoplePerStep = 60
    limits.fillsPerCommit = 100
    let test = try await TestNode.open(at: "2026-01-01T00:00:00Z", limits: limits)
    let shop = try await RandomLife.shop(in: test)
    try await town.year(shop)
    // Some have reached the store's files as they are now, in a checkpoint that ends or not; others are in the log alone.
    let steps = seed.isMultiple(of: 3) ? 0 : seed.isMultiple(of: 2) ? 2 : 1_000
    try await test.keepSome(steps: steps)
    try await town.year(shop)

    let live = try await test.snapshot()
    var found: [RecoveryFindings] = []
    for together in [1, 3, 256] {
      limits.replayedTogether = together
      let again = try await test.crashed(limits: limits)
      // Totals no longer count what an erased person did, once the log has it no more; that is compared below.
      let differences = try await again.snapshot().differences(from: live).filter { !$0.hasPrefix("counts: ") }
      #expect(differences == [], "\(together) together")
      var findings = try await RecoveryFindings(again)
      findings.residentBytes = 0
      // One start may have gone through a due time that was given up again, where the other has not.
      findings.due = Set(findings.due).filter { entry in
        let parts = entry.split(separator: " ")
        return findings.people.contains { $0.hasPrefix(parts[1] + " ") && $0.hasSuffix(" " + parts[0]) }
      }.sorted()
      found.append(findings)
      await again.node.stop()
    }
    #expect(found[0].people.count > 300 && !found[0].due.isEmpty)
    #expect(found[1] == found[0])
    #expect(found[2] == found[0])
    await test.node.stop()
  }
}

extension TestNode {
  /// Begins a checkpoint, goes so many steps, and makes durable what the store has then.
  fileprivate func keepSome(steps: Int) async throws {
    try await node.perform { partition throws(Problem) in
      partition.bytesSinceCheckpoint = .max / 2
      for step in 0..<steps where step == 0 || partition.checkpointing != nil { _ = partition.checkpointSome() }
      partition.bytesSinceCheckpoint = 0
      do throws(StorageError) { try partition.store.sync() } catch { throw Problem(.internalFault, "\(error)") }
    }
  }

  /// Until no file is rewritten any more for somebody who was erased.
  fileprivate func erased() async throws {
    while try await node.perform({ partition throws(Problem) in try !partition.unfinishedErasures().isEmpty }) {
      try await Task.sleep(for: .milliseconds(1))
    }
  }
}
