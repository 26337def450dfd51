/// Calls of one event, each acknowledged when it is durable, beside answers that need no work (`/healthz`).
struct SingleBench {
  let sizes: BenchSizes
  let parent: String
  let sheet: FigureSheet

  func run() async throws {
    let server = try BenchServer(in: parent)
    try await server.makeWorkspace()
    try await server.define()
    sheet.say("identifying \(grouped(sizes.singlePeople)) people, then \(grouped(sizes.singleCalls)) single calls")
    _ = try server.fill(people: sizes.singlePeople, connections: sizes.connections, batch: sizes.eventsPerBatch)
    let templates = WorkloadCalls(key: server.writeKey).singles(variants: sizes.singleConnections)
    let load = try server.load(templates, connections: sizes.singleConnections, people: sizes.singlePeople)
    _ = try server.run(load, events: sizes.singleCalls / 10)
    let before = try await server.process.metrics()
    let cpu = server.process.cpuSeconds
    let result = try server.run(load, events: sizes.singleCalls)
    let serverCPU = server.process.cpuSeconds - cpu
    let after = try await server.process.metrics()
    let commits = (after["roost_commits_total"] ?? 0) - (before["roost_commits_total"] ?? 0)
    let empty = try health(server)
    let calls = Double(result.calls)
    sheet.add(
      Figure(
        name: "single calls, \(sizes.singleConnections) connections", value: calls / result.seconds, unit: "calls/s",
        target: .atLeast(25_000),
        details: [
          .init(name: "CPU of the server", value: serverCPU / calls * 1e6, unit: "µs each"),
          .init(name: "CPU of the load", value: result.cpuSeconds / calls * 1e6, unit: "µs each"),
          .init(name: "events a commit", value: calls / max(1, commits)),
          .init(name: "of /healthz", value: calls / result.seconds / empty),
        ]))
    sheet.add(
      Figure(
        name: "single calls, p99", value: result.milliseconds.quantile(0.99), unit: "ms", target: .atMost(10),
        details: [
          .init(name: "p50", value: result.milliseconds.median, unit: "ms"),
          .init(name: "at most", value: result.milliseconds.max() ?? 0, unit: "ms"),
        ]))
    try await server.process.stop()
  }

  /// Empty answers a second over as many connections.
  private func health(_ server: BenchServer) throws(Failure) -> Double {
    let template = CallTemplate("GET", "/healthz", key: server.writeKey, body: "", events: 1)
    let load = try server.load([template], connections: sizes.singleConnections, people: 1)
    return try load.run(events: max(1, sizes.singleCalls / 2)).eventsPerSecond
  }
}
