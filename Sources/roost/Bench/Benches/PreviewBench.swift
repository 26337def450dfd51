import NIOHTTP1
import RoostCore

/// An exact preview count of a segment of two event conditions, over HTTP, beside a loop that looks once at every
/// event's name and time in memory.
struct PreviewBench {
  let sizes: BenchSizes
  let sheet: FigureSheet

  private static let body: JSONValue = [
    "segment": "preview", "name": "Looks often, has not bought lately",
    "all": [
      ["event": "Product Viewed", "count": ["atLeast": 5], "within": "30d"],
      ["not": ["event": "Order Completed", "within": "30d"]],
    ],
  ]

  /// On a server of its own.
  func run(in parent: String) async throws {
    let server = try BenchServer(in: parent)
    try await server.makeWorkspace()
    sheet.say("storing \(grouped(sizes.previewEvents)) events of \(grouped(sizes.people)) people")
    _ = try server.fill(people: sizes.people, connections: sizes.connections, batch: sizes.eventsPerBatch)
    let templates = WorkloadCalls(key: server.writeKey).tracks(
      batch: sizes.eventsPerBatch, variants: sizes.connections)
    let load = try server.load(templates, connections: sizes.connections, people: sizes.people)
    _ = try server.run(load, events: max(0, sizes.previewEvents - server.stored))
    try await measure(server)
    try await server.process.stop()
  }

  /// On a server that has the events.
  func measure(_ server: BenchServer) async throws {
    server.process.settle()
    var milliseconds: [Double] = []
    var count: Int64 = 0
    for _ in 0..<9 {
      let watch = Stopwatch()
      let answer = try await server.process.api.json(.POST, BenchServer.workspace + "/segments/preview", Self.body)
      milliseconds.append(watch.milliseconds)
      guard answer["exact"]?.bool == true, let found = answer["count"]?.int, found > 0, count == 0 || found == count
      else { throw Failure(.foundProblem, "the preview is not exact, empty, or differs from the one before") }
      count = found
    }
    let bare = Self.bareScan(server.stored)
    sheet.add(
      Figure(
        name: "preview over \(grouped(server.stored)) events", value: milliseconds.median, unit: "ms",
        target: .atMost(100),
        details: [
          .init(name: "first", value: milliseconds[0], unit: "ms"),
          .init(name: "at most", value: milliseconds.max() ?? 0, unit: "ms"),
          .init(name: "of a bare scan on one core", value: milliseconds.median / bare),
          .init(name: "people found", value: Double(count)),
        ]))
  }

  /// Milliseconds for one look at the names and times of as many events, unsorted and of nobody.
  private static func bareScan(_ events: Int) -> Double {
    var random = SeededRandom(seed: 7)
    let names = (0..<events).map { _ in UInt16(truncatingIfNeeded: random.below(64)) }
    let times = (0..<events).map { Int64($0) }
    let cutoff = Int64(random.below(max(1, events)))
    let watch = Stopwatch()
    var found = 0
    names.withUnsafeBufferPointer { names in
      times.withUnsafeBufferPointer { times in
        for place in 0..<events where names[place] < 2 && times[place] > cutoff { found += 1 }
      }
    }
    // Used, so that the loop is not left out.
    return watch.milliseconds + (found < 0 ? 1 : 0)
  }
}
