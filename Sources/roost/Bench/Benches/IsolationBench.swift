import Glibc
import RoostCore

/// One channel beside another that hangs: letters to Postfix's smtp-sink, first alone, then while a mail server that takes
/// connections and says nothing holds all the hand-offs it may and has more waiting.
struct IsolationBench {
  let sizes: BenchSizes
  let parent: String
  /// The folder with Postfix's smtp-sink.
  let tools: String
  let sheet: FigureSheet

  private static let trickle = 50
  private static let trickleSeconds = 8

  private struct Measured {
    var perSecond: Double
    var milliseconds: [Double]
  }

  func run() async throws {
    let silent = try SilentListener()
    let taker = try SMTPSink(tools: tools)
    defer { taker.end() }
    let server = try BenchServer(in: parent)
    try await server.makeWorkspace()
    try await define(server, quick: taker.port, dead: silent.port)
    let people = sizes.isolationPeople
    _ = try server.fill(people: people, connections: 8, batch: sizes.eventsPerBatch)
    _ = try await measure(server, people: people)
    let alone = try await measure(server, people: people)
    sheet.say("\(grouped(people)) letters to a server that never answers")
    _ = try send("Hang", people, server)
    try await wait { try await Self.health(server, "dead")["underWay"]?.int ?? 0 > 0 }
    let beside = try await measure(server, people: people)
    let dead = try await Self.health(server, "dead")
    try await server.process.stop()
    add(alone, beside, dead)
  }

  private func add(_ alone: Measured, _ beside: Measured, _ dead: JSONValue) {
    sheet.add(
      Figure(
        name: "a channel beside one that hangs", value: beside.perSecond / alone.perSecond, unit: "×",
        target: .atLeast(0.9),
        details: [
          .init(name: "alone", value: alone.perSecond, unit: "letters/s"),
          .init(name: "beside it", value: beside.perSecond, unit: "letters/s"),
          .init(name: "from event to taken, alone, median", value: alone.milliseconds.median, unit: "ms"),
          .init(name: "p99", value: alone.milliseconds.quantile(0.99), unit: "ms"),
          .init(name: "beside it, median", value: beside.milliseconds.median, unit: "ms"),
          .init(name: "p99", value: beside.milliseconds.quantile(0.99), unit: "ms"),
          .init(name: "hanging", value: Double(dead["underWay"]?.int ?? 0), unit: "hand-offs"),
          .init(name: "waiting", value: Double(dead["waiting"]?.int ?? 0), unit: "letters"),
        ]))
  }

  private func define(_ server: BenchServer, quick: UInt16, dead: UInt16) async throws(Failure) {
    let api = server.process.api
    try await api.put("templates/note", ["channel": "email", "subject": "Hello", "text": "It is time."])
    for (key, port, event) in [("quick", quick, "Started"), ("dead", dead, "Hang")] {
      try await api.put(
        "channels/\(key)",
        [
          "type": "email.smtp", "url": .string("smtp://127.0.0.1:\(port)?tls=none"), "from": "hi@shop.example",
        ])
      try await api.put(
        "journeys/\(key)",
        [
          "journey": .string(key), "holdout": "0%", "class": "transactional", "again": "always",
          "enter": ["event": .string(event)],
          "steps": [["send": ["id": "note", "channel": .string(key), "template": "note"]]],
        ])
      _ = try await api.json(.POST, BenchServer.workspace + "/journeys/\(key)/publish")
    }
  }

  /// A burst as fast as it goes, then some a second, whose way is timed.
  private func measure(_ server: BenchServer, people: Int) async throws -> Measured {
    let before = try await Self.health(server, "quick")["sent"]?.int ?? 0
    let watch = Stopwatch()
    _ = try send("Started", people, server)
    try await wait { try await Self.health(server, "quick")["sent"]?.int ?? 0 >= before + Int64(people) }
    let rate = Double(people) / watch.seconds
    let pace = Stopwatch()
    for tick in 0..<(Self.trickleSeconds * 10) {
      _ = try send("Started", Self.trickle / 10, server, batch: 1)
      let ahead = Double(tick + 1) / 10 - pace.seconds
      if ahead > 0 { try await Task.sleep(for: .seconds(ahead)) }
    }
    let trickled = Self.trickle * Self.trickleSeconds
    try await wait {
      try await Self.health(server, "quick")["sent"]?.int ?? 0 >= before + Int64(people + trickled)
    }
    let latest = try await server.process.api.json(
      .GET, BenchServer.workspace + "/messages?journey=quick&limit=\(trickled)")
    let times = (latest["items"]?.array ?? []).compactMap { item -> Double? in
      guard let from = item["scheduledAt"]?.string.flatMap({ Instant(iso8601: $0) }),
        let to = item["sentAt"]?.string.flatMap({ Instant(iso8601: $0) })
      else { return nil }
      return Double((to - from).milliseconds)
    }
    return Measured(perSecond: rate, milliseconds: times)
  }

  private func send(_ event: String, _ count: Int, _ server: BenchServer, batch: Int? = nil) throws(Failure)
    -> LoadResult
  {
    let batch = min(batch ?? sizes.eventsPerBatch, count)
    let load = try server.load(
      [WorkloadCalls(key: server.writeKey).events(event, batch: batch)], connections: batch == 1 ? 1 : 8,
      people: sizes.isolationPeople, order: .everybody)
    return try server.run(load, events: count)
  }

  private static func health(_ server: BenchServer, _ channel: String) async throws(Failure) -> JSONValue {
    try await server.process.api.json(.GET, BenchServer.workspace + "/channels/\(channel)/health")
  }

  private func wait(_ condition: () async throws -> Bool) async throws {
    let watch = Stopwatch()
    while try await !condition() {
      guard watch.seconds < 300 else { throw Failure(.unavailable, "the letters were not taken within five minutes") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
