import Foundation
import RoostCore
import Runtime
import TestSupport
import Testing

/// The truth test: what live journeys did in a world is what a rehearsal over its records says, message by message.
struct RandomTruthTests {
  /// How many worlds: as many as `ROOST_SEEDS` says; 150 if it says nothing.
  private static var worlds: UInt64 {
    ProcessInfo.processInfo.environment["ROOST_SEEDS"].flatMap { UInt64($0) } ?? 150
  }
  /// Worlds that share a sandbox, each with a workspace of its own.
  private static let worldsPerNode: UInt64 = 50

  @Test(arguments: 0..<2) func rehearsalsTellTheTruth(half: UInt64) async throws {
    var seed = half
    while seed < Self.worlds {
      let test = try await TestNode.open(at: "2026-01-01T00:00:00Z")
      for _ in 0..<Self.worldsPerNode where seed < Self.worlds {
        try await Self.check(seed, test)
        seed += 2
      }
      await test.node.stop()
    }
  }

  private static func check(_ seed: UInt64, _ test: TestNode) async throws {
    var world = RandomWorld(seed: seed)
    let shop = try await world.open(in: test)
    try await world.happen(shop, times: world.below(8))
    try await world.publish("a", shop)
    var from = try await test.now()
    // Half of the worlds rehearse one journey beside another that is live since earlier.
    let isBeside = world.below(2) == 0
    if isBeside {
      try await world.happen(shop, times: world.below(8))
      try await world.publish("b", shop)
      from = try await test.now()
    } else {
      try await shop.publish("b", world.journey("b"))
    }
    try await world.happen(shop, times: 12)
    try await test.advance(by: .days(8))
    let to = try await test.now()
    let truth = try await shop.truth(from: from, to: to)
    let rehearsal = try await shop.rehearse(
      """
      {"journeys":\(isBeside ? #"["b"]"# : #"["a","b"]"#),"withLive":\(isBeside),"imports":"asRecorded",
       "from":"\(from.text)","to":"\(to.text)"}
      """)
    let told = try await shop.letters(of: rehearsal)
    #expect(told == truth, "world \(seed)")
    // Nobody's time is spent on worlds that are over.
    for journey in ["a", "b"] { try await shop.act(journey, .archive) }
  }
}
