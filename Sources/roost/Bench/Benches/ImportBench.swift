import NIOHTTP1
import RoostCore

/// `roost import` of the CDNOW purchases as history, and with `--replay`, where a win-back journey acts on them.
struct ImportBench {
  let file: String
  let parent: String
  let sheet: FigureSheet

  func run() async throws {
    let lines = File.bytes(file).count { $0 == UInt8(ascii: "\n") }
    sheet.say("importing \(grouped(lines)) lines of \(file), then replaying them")
    try await measure(name: "import of \(grouped(lines)) lines", isReplay: false, lines: lines, atMost: 3)
    try await measure(name: "import --replay with a journey", isReplay: true, lines: lines, atMost: 10)
  }

  private func measure(name: String, isReplay: Bool, lines: Int, atMost: Double) async throws {
    let server = try BenchServer(in: parent, isSandbox: isReplay)
    try await server.makeWorkspace()
    try await define(server.process.api)
    let watch = Stopwatch()
    let child = try ChildProcess(
      [
        try File.ownProgram(), "import", "events", file, "--workspace", "bench", "--url", server.process.url,
        "--errors", server.directory + "/rejected.ndjson",
      ] + (isReplay ? ["--replay"] : []),
      environment: ["ROOST_TOKEN=\(server.process.token)"], errors: server.directory + "/import.log")
    let code = child.wait()
    let seconds = watch.seconds
    guard code == 0 else {
      throw Failure(
        .foundProblem,
        "roost import ended with exit code \(code):\n\(File.text(server.directory + "/import.log").suffix(600))")
    }
    let metrics = try await server.process.metrics()
    let stored = metrics["roost_events_accepted_total"] ?? 0
    guard stored == Double(lines) else {
      throw Failure(.foundProblem, "\(name): \(stored) events are stored")
    }
    sheet.add(
      Figure(
        name: name, value: seconds, unit: "s", target: .atMost(atMost),
        details: [
          .init(name: "rate", value: Double(lines) / seconds, unit: "lines/s"),
          .init(name: "people", value: metrics["roost_people"] ?? 0),
          .init(name: "messages", value: metrics["roost_messages_scheduled_total"] ?? 0),
        ]))
    try await server.process.stop()
  }

  private func define(_ api: API) async throws {
    try await api.put(
      "segments/lapsing",
      [
        "name": "Bought before, silent for 60 days",
        "all": [["event": "Order Completed"], ["not": ["event": "Order Completed", "within": "60d"]]],
      ])
    try await api.put(
      "templates/miss-you",
      ["channel": "email", "subject": "We miss you", "text": "Hello {{ person.email }}, come back."])
    try await api.put(
      "journeys/winback",
      [
        "journey": "winback", "enter": ["segment": "lapsing"], "again": "after 180d", "holdout": "0%",
        "exit": [["event": "Order Completed"]],
        "steps": [
          ["wait": "10m"], ["send": ["id": "miss-you", "channel": "email", "template": "miss-you"]], ["wait": "14d"],
          ["set": ["trait": "winback_tried", "to": true]],
        ],
      ])
    _ = try await api.json(.POST, BenchServer.workspace + "/journeys/winback/publish")
  }
}
