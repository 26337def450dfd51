import RoostCore

/// People waiting in twenty journeys published at once, and how late those whose time has come are woken, at 5,000 a
/// second.
struct WakeupsBench {
  let sizes: BenchSizes
  let parent: String
  let sheet: FigureSheet

  private static let journeys = 20
  private static let perSecond = 5_000

  func run() async throws {
    let server = try BenchServer(in: parent)
    try await server.makeWorkspace()
    let people = sizes.waitingPeople
    // Everybody's own wait lasts until the last one has begun it.
    let seconds = people / Self.perSecond
    try await define(server, waitSeconds: seconds + 10)
    sheet.say(
      "\(grouped(people)) people enter \(Self.journeys - 1) journeys, then one more at \(grouped(Self.perSecond))/s")
    _ = try server.fill(people: people, connections: sizes.connections, batch: sizes.eventsPerBatch)
    let calls = WorkloadCalls(key: server.writeKey)
    let everywhere = try server.load(
      [calls.events("Started", batch: sizes.eventsPerBatch)], connections: sizes.connections, people: people,
      order: .everybody)
    _ = try server.run(everywhere, events: people)
    let timed = try server.load(
      [calls.events("Timed", batch: sizes.eventsPerBatch)], connections: sizes.connections, people: people,
      order: .everybody)
    let watch = Stopwatch()
    for second in 0..<seconds {
      _ = try server.run(timed, events: Self.perSecond)
      let ahead = Double(second + 1) - watch.seconds
      if ahead > 0 { try await Task.sleep(for: .seconds(ahead)) }
    }
    let before = try await server.process.metrics()
    let cpu = server.process.cpuSeconds
    let waiting = try await inside(server)
    // Half a minute more than everybody needs.
    let deadline = Stopwatch()
    while try await woken(server, since: before) < Double(people), deadline.seconds < Double(seconds + 40) {
      try await Task.sleep(for: .milliseconds(500))
    }
    let after = try await server.process.metrics()
    add(before, after, waiting: waiting, cpuSeconds: server.process.cpuSeconds - cpu)
    try await server.process.stop()
  }

  private func define(_ server: BenchServer, waitSeconds: Int) async throws {
    let letter: JSONValue = ["channel": "email", "subject": "Hello", "text": "It is time."]
    var documents: [JSONValue] = [["kind": "template", "key": "note", "body": letter]]
    for number in 0..<Self.journeys {
      let isTimed = number == 0
      documents.append([
        "kind": "journey", "key": .string("wait-\(number)"),
        "body": [
          "journey": .string("wait-\(number)"), "holdout": "0%", "enter": ["event": isTimed ? "Timed" : "Started"],
          "steps": [
            ["wait": .string(isTimed ? "\(waitSeconds)s" : "30d")],
            ["send": ["id": "note", "channel": "email", "template": "note"]],
          ],
        ],
      ])
    }
    _ = try await server.process.api.json(
      .POST, BenchServer.workspace + "/journeys/apply", ["documents": .array(documents)])
  }

  private func inside(_ server: BenchServer) async throws -> Int {
    let items = try await server.process.api.json(.GET, BenchServer.workspace + "/journeys")["items"]?.array ?? []
    return Int(items.reduce(0) { $0 + ($1["inside"]?.int ?? 0) })
  }

  private func woken(_ server: BenchServer, since before: [String: Double]) async throws -> Double {
    let now = try await server.process.metrics()
    return (now["roost_wakeups_total"] ?? 0) - (before["roost_wakeups_total"] ?? 0)
  }

  private func add(_ before: [String: Double], _ after: [String: Double], waiting: Int, cpuSeconds: Double) {
    func risen(_ name: String) -> Double { (after[name] ?? 0) - (before[name] ?? 0) }
    let count = risen("roost_wakeup_lateness_seconds_count")
    let inTime = risen(#"roost_wakeup_lateness_seconds_bucket{le="2.0"}"#)
    sheet.add(
      Figure(
        name: "wake-ups at \(grouped(Self.perSecond))/s within 2 s", value: count > 0 ? inTime / count * 100 : 0,
        unit: "%",
        target: .atLeast(100),
        details: [
          .init(name: "woken", value: count),
          .init(name: "waiting in \(Self.journeys) journeys", value: Double(waiting)),
          .init(
            name: "within 0.1 s",
            value: risen(#"roost_wakeup_lateness_seconds_bucket{le="0.1"}"#) / max(1, count) * 100, unit: "%"),
          .init(
            name: "mean", value: risen("roost_wakeup_lateness_seconds_sum") / max(1, count) * 1_000, unit: "ms late"),
          .init(name: "CPU of the server", value: cpuSeconds / max(1, count) * 1e6, unit: "µs each"),
        ]))
  }
}
