import Glibc
import NIOHTTP1
import RoostCore

/// A draft that waits for silence, rehearsed over everything that a server recorded: how long it takes, and what memory.
struct RehearsalBench {
  let sizes: BenchSizes
  let parent: String
  let sheet: FigureSheet

  private static let journey: JSONValue = [
    "journey": "winback", "enter": ["segment": "silent"], "again": "after 30d", "holdout": "0%",
    "exit": [["event": "Order Completed"]], "class": "transactional",
    "steps": [
      ["wait": "10m"], ["send": ["id": "miss-you", "channel": "email", "template": "note"]], ["wait": "7d"],
      [
        "branch": [
          [
            "if": ["event": "Product Viewed", "count": ["atLeast": 5]],
            "steps": [["send": ["id": "gift", "channel": "email", "template": "note"]]],
          ],
          ["else": [["send": ["id": "coupon", "channel": "email", "template": "note"]]]],
        ]
      ],
    ],
  ]
  private static let segment: JSONValue = [
    "segment": "silent",
    "all": [["event": "Order Completed"], ["not": ["event": "Order Completed", "within": "30d"]]],
  ]

  func run() async throws {
    let server = try BenchServer(in: parent)
    try await server.makeWorkspace()
    try await server.process.api.put("templates/note", WorkloadJourneys.template)
    sheet.say("storing \(grouped(sizes.previewEvents)) events of \(grouped(sizes.people)) people to rehearse over")
    let begin = Stopwatch.wallClock
    _ = try server.fill(people: sizes.people, connections: sizes.connections, batch: sizes.eventsPerBatch)
    let templates = WorkloadCalls(key: server.writeKey).tracks(
      batch: sizes.eventsPerBatch, variants: sizes.connections)
    let load = try server.load(templates, connections: sizes.connections, people: sizes.people)
    _ = try server.run(load, events: max(0, sizes.previewEvents - server.stored))
    // A restart leaves nothing in memory but what belongs there.
    try await server.process.stop()
    _ = try server.restart()
    server.process.settle()
    try await measure(server, from: begin)
    try await server.process.stop()
  }

  private func measure(_ server: BenchServer, from begin: Instant) async throws {
    let request: JSONValue = [
      "drafts": [Self.journey, Self.segment], "from": .string(begin.text),
      "to": .string((begin + .days(60)).text), "seed": 1,
    ]
    let before = server.process.megabytes("VmRSS")
    let cpu = server.process.cpuSeconds
    let watch = Stopwatch()
    let begun = try await server.process.api.json(.POST, BenchServer.workspace + "/journeys/rehearse", request)
    let path = "\(BenchServer.workspace)/rehearsals/\(begun["id"]?.string ?? "")"
    var most = before
    var found = JSONValue.null
    repeat {
      usleep(50_000)
      most = max(most, server.process.megabytes("VmRSS"))
      found = try await server.process.api.json(.GET, path)
    } while found["state"]?.string == "running"
    let seconds = watch.seconds
    let summary = found["summary"] ?? .null
    let events = Double(summary["events"]?.int ?? 0)
    let sent = Double(summary["messages"]?["sent"]?.int ?? 0)
    guard found["state"]?.string == "done", Int(events) == server.stored, sent > 0 else {
      throw Failure(
        .foundProblem, "the rehearsal went over \(events) of \(server.stored) events and sent \(sent) messages")
    }
    let bare = Self.bareRead(server.directory + "/data/history")
    sheet.add(
      Figure(
        name: "rehearsal over \(grouped(server.stored)) events", value: seconds, unit: "s", target: .atMost(30),
        details: [
          .init(name: "people", value: Double(summary["people"]?.int ?? 0)), .init(name: "messages", value: sent),
          .init(name: "of a bare read of the same files", value: seconds / bare),
          .init(name: "CPU", value: (server.process.cpuSeconds - cpu) / events * 1e6, unit: "µs an event"),
        ]))
    sheet.add(
      Figure(name: "rehearsal, rate", value: events / seconds, unit: "events/s", target: .atLeast(300_000)))
    sheet.add(
      Figure(
        name: "rehearsal, memory", value: most, unit: "MB", target: .atMost(1_024),
        details: [.init(name: "before", value: before, unit: "MB")]))
  }

  /// Seconds for reading every file of the history once.
  private static func bareRead(_ directory: String) -> Double {
    let watch = Stopwatch()
    read(directory)
    return watch.seconds
  }

  private static func read(_ path: String) {
    guard let stream = opendir(path) else {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return }
      defer { close(descriptor) }
      var part = [UInt8](repeating: 0, count: 1 << 20)
      while Glibc.read(descriptor, &part, part.count) > 0 {}
      return
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { read("\(path)/\(name)") }
    }
  }
}
