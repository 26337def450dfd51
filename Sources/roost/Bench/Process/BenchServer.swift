import NIOHTTP1
import RoostCore

/// A server in a directory of its own with the workspace `bench`, its fifty segments and twenty published journeys; it
/// can be ended and started again.
final class BenchServer {
  private let temporary: TemporaryDirectory
  private(set) var process: ServerProcess
  private(set) var writeKey = ""
  /// Events acknowledged so far.
  private(set) var stored = 0
  private var loads: UInt64 = 0

  static let workspace = "/api/v1/workspaces/bench"

  init(in parent: String, isSandbox: Bool = false) throws(Failure) {
    temporary = try TemporaryDirectory(in: parent)
    process = try ServerProcess(directory: temporary.path, isSandbox: isSandbox)
  }

  var directory: String { temporary.path }

  func makeWorkspace() async throws(Failure) {
    let body: JSONValue = [
      "key": "bench", "name": "Bench", "timezone": "UTC", "currency": "EUR", "locale": "en",
      "consentPolicy": "explicit",
    ]
    let made = try await process.api.json(.POST, "/api/v1/workspaces", body)
    writeKey = made["writeKey"]?.string ?? ""
  }

  /// Puts the definitions and waits until all of them act.
  func define() async throws(Failure) {
    let api = process.api
    try await api.put("templates/note", WorkloadJourneys.template)
    for (key, body) in try WorkloadSegments.documents() { try await api.put("segments/\(key)", body) }
    for (key, body) in try WorkloadJourneys.documents() {
      try await api.put("journeys/\(key)", body)
      _ = try await api.json(.POST, Self.workspace + "/journeys/\(key)/publish")
    }
    for _ in 0..<600 {
      var isReady = true
      for segment in try await api.json(.GET, Self.workspace + "/segments")["items"]?.array ?? [] {
        isReady = isReady && segment["exact"]?.bool == true
      }
      if isReady { return }
      do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
    }
    throw Failure(.unavailable, "the segments were not filled within a minute")
  }

  /// A load of the usual mixture, or everybody's first call.
  func load(
    _ templates: [CallTemplate], connections: Int, people: Int, order: CallNumbers.Order = .anybody
  ) throws(Failure) -> LoadGenerator {
    loads += 1
    return try LoadGenerator(
      port: process.port, connections: connections, templates: templates,
      numbers: CallNumbers(people: people, order: order, messages: loads))
  }

  /// Runs a load; all of it is acknowledged in the end.
  func run(_ load: LoadGenerator, events: Int, drains: Bool = true) throws(Failure) -> LoadResult {
    let result = try load.run(events: events, drains: drains)
    stored += result.events
    return result
  }

  /// Brings in people, all of whom the server does not know yet.
  func fill(people: Int, connections: Int, batch: Int) throws(Failure) -> LoadResult {
    let template = WorkloadCalls(key: writeKey).identifies(batch: batch)
    return try run(load([template], connections: connections, people: people, order: .everybody), events: people)
  }

  /// Starts the server anew after it ended; seconds until it listens.
  func restart() throws(Failure) -> Double {
    process = try ServerProcess(directory: temporary.path)
    return process.startSeconds
  }
}

extension API {
  /// Puts a definition into the workspace `bench`.
  func put(_ path: String, _ body: JSONValue) async throws(Failure) {
    _ = try await json(.PUT, "\(BenchServer.workspace)/\(path)", body)
  }
}
