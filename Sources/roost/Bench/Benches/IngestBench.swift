/// Batches over HTTP through the whole of Roost, with everybody known; then the same on a full store, the memory, and how
/// long a start takes. The preview comes between, when so many events are stored.
struct IngestBench {
  let sizes: BenchSizes
  let parent: String
  let sheet: FigureSheet
  let includesPreview: Bool

  func run() async throws {
    let server = try BenchServer(in: parent)
    try await idle(server)
    try await server.makeWorkspace()
    try await server.define()
    sheet.say("identifying \(grouped(sizes.people)) people")
    let people = try server.fill(people: sizes.people, connections: sizes.connections, batch: sizes.eventsPerBatch)
    sheet.add(Figure(name: "people made known", value: people.eventsPerSecond, unit: "events/s"))
    let load = try server.load(
      WorkloadCalls(key: server.writeKey).tracks(batch: sizes.eventsPerBatch, variants: sizes.connections),
      connections: sizes.connections, people: sizes.people)
    _ = try server.run(load, events: sizes.measured / 10)
    let first = try await measure(server, load, name: "ingest", target: .atLeast(200_000))
    memory(server)
    if includesPreview {
      try grow(server, load, to: sizes.previewEvents)
      try await PreviewBench(sizes: sizes, sheet: sheet).measure(server)
    }
    try grow(server, load, to: sizes.events)
    let name = "ingest after \(grouped(server.stored)) events"
    let second = try await measure(server, load, name: name, target: nil)
    sheet.add(
      Figure(name: name + ", of the first", value: second / first, unit: "", target: .atLeast(0.9)))
    memory(server)
    try await restarts(server)
  }

  private func idle(_ server: BenchServer) async throws {
    try await Task.sleep(for: .seconds(1))
    sheet.add(
      Figure(
        name: "memory, idle", value: server.process.megabytes("VmRSS"), unit: "MB", target: .atMost(60),
        details: [.init(name: "anonymous", value: server.process.megabytes("RssAnon"), unit: "MB")]))
  }

  private func memory(_ server: BenchServer) {
    sheet.add(
      Figure(
        name: "memory, \(grouped(sizes.people)) people", value: server.process.megabytes("VmRSS"), unit: "MB",
        target: .atMost(600),
        details: [
          .init(name: "anonymous", value: server.process.megabytes("RssAnon"), unit: "MB"),
          .init(name: "at most", value: server.process.megabytes("VmHWM"), unit: "MB"),
        ]))
  }

  private func grow(_ server: BenchServer, _ load: LoadGenerator, to events: Int) throws(Failure) {
    guard server.stored < events else { return }
    sheet.say("storing \(grouped(events - server.stored)) more events")
    _ = try server.run(load, events: events - server.stored)
  }

  /// Events a second, with what they cost both sides, beside the bare loop.
  private func measure(
    _ server: BenchServer, _ load: LoadGenerator, name: String, target: Figure.Target?
  ) async throws(Failure) -> Double {
    sheet.say("\(name): \(grouped(sizes.measured)) events")
    let before = try await server.process.metrics()
    let cpu = server.process.cpuSeconds
    let result = try server.run(load, events: sizes.measured)
    let serverCPU = server.process.cpuSeconds - cpu
    let after = try await server.process.metrics()
    func counted(_ name: String) -> Double { (after[name] ?? 0) - (before[name] ?? 0) }
    guard counted("roost_events_accepted_total") == Double(result.events), counted("roost_events_repeated_total") == 0
    else { throw Failure(.foundProblem, "\(name): the server counts other events than were acknowledged") }
    let bytes = counted("roost_log_bytes_total")
    let commits = counted("roost_commits_total")
    let bare = try BareAppend.seconds(bytes: bytes, groups: commits, in: server.directory)
    let events = Double(result.events)
    sheet.add(
      Figure(
        name: name, value: result.eventsPerSecond, unit: "events/s", target: target,
        details: [
          .init(name: "CPU of the server", value: serverCPU / events * 1e6, unit: "µs each"),
          .init(name: "CPU of the load", value: result.cpuSeconds / events * 1e6, unit: "µs each"),
          .init(name: "of a bare append", value: bare / result.seconds),
          .init(name: "a call p50", value: result.milliseconds.median, unit: "ms"),
          .init(name: "p99", value: result.milliseconds.quantile(0.99), unit: "ms"),
          .init(name: "events a commit", value: events / max(1, commits)),
          .init(name: "log", value: bytes / events, unit: "bytes each"),
          .init(name: "refused calls", value: Double(result.refused)),
        ]))
    return result.eventsPerSecond
  }

  private func restarts(_ server: BenchServer) async throws {
    sheet.say("ending and starting")
    try await server.process.stop()
    sheet.add(
      Figure(
        name: "start, \(grouped(sizes.people)) people", value: try server.restart(), unit: "s", target: .atMost(2)))
    let load = try server.load(
      WorkloadCalls(key: server.writeKey).tracks(batch: sizes.eventsPerBatch, variants: sizes.connections),
      connections: sizes.connections, people: sizes.people)
    let result = try server.run(load, events: sizes.measured, drains: false)
    await server.process.kill()
    sheet.add(
      Figure(
        name: "start after kill -9 under load", value: try server.restart(), unit: "s", target: .atMost(10),
        details: [.init(name: "events before", value: Double(result.events))]))
    try await server.process.stop()
  }
}
