import Foundation
import Testing

@Suite struct ImportTests {
  /// Events of `person`, one a minute from 2026-01-01, `count` of them.
  private static func events(_ count: Int, people: Int) -> String {
    (0..<count).map { index in
      let minute = index % 60 < 10 ? "0\(index % 60)" : "\(index % 60)"
      let hour = index / 60 % 24 < 10 ? "0\(index / 60 % 24)" : "\(index / 60 % 24)"
      return #"{"event":"Seen","userId":"u\#(index % people)","timestamp":"2025-01-01T\#(hour):\#(minute):00Z"}"# + "\n"
    }.joined()
  }

  @Test func takesEventsOnceAndNamesBadLines() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder, sandbox: false) { server in
        try await server.makeWorkspace()
        try server.write(
          "mixed.ndjson",
          """
          {"event":"A","userId":"ann","timestamp":"2025-01-01T10:00:00Z"}
          {"event":"A","userId":"ann","timestamp":"2025-01-01T10:00:00Z"}
          {"event":"A" "userId":"ann"}

          {"event":"A","timestamp":"2025-01-01T10:00:00Z"}
          [1]
          {"type":"identify","userId":"ann","traits":{"city":"Oslo"}}
          """)
        let first = try await server.roost("import", "events", "mixed.ndjson", "--workspace", "shop", "-o", "json")
        #expect(first.status == 1)
        let summary = try first.json as? [String: Any]
        #expect(summary?["accepted"] as? Int == 3)
        #expect(summary?["rejected"] as? Int == 3)
        let bad = try jsonLines(try String(contentsOfFile: folder + "/mixed.ndjson.rejected.ndjson", encoding: .utf8))
        #expect(bad.map { $0["line"] as? Int } == [3, 5, 6])
        #expect(bad.map { $0["reason"] as? String } == ["invalid_json", "missing_identifier", "invalid_json"])
        // {"event":"A" "userId" has its second quote after A at byte 12, a space, and the stray quote at byte 14.
        #expect(bad[0]["column"] as? Int == 14)
        #expect(bad[0]["text"] as? String == #"{"event":"A" "userId":"ann"}"#)
        #expect(!FileManager.default.fileExists(atPath: folder + "/mixed.ndjson.roost-progress"))

        _ = try await server.roost("import", "events", "mixed.ndjson", "--workspace", "shop")
        let timeline = try await server.get("/api/v1/workspaces/shop/people/user:ann/timeline")
        #expect((timeline["items"] as? [Any])?.count == 3)
      }
    }
  }

  @Test func takesPeopleFromCSVAndGivesThemBack() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder, sandbox: false) { server in
        try await server.makeWorkspace()
        try server.write(
          "people.csv",
          "\u{FEFF}userId,email,note,age,zip,consent.marketing\r\n"
            + "1,Ann@Example.com,\"likes \"\"jazz\"\", and\nblues\",41,00123,true\r\n"
            + "2,bob@example.com,short\r\n"
            + "3,cy@example.com,\"a\"b,1,2,true\r\n" + "4,dee@example.com,,7.50,9,maybe\r\n"
            + "5,eve@example.com,plain,007,1,false\r\n")
        let imported = try await server.roost("import", "people", "people.csv", "--workspace", "shop")
        #expect(imported.status == 1, "\(imported.messages)")
        let bad = try jsonLines(try String(contentsOfFile: folder + "/people.csv.rejected.ndjson", encoding: .utf8))
        // Ann's note spans lines 2 and 3.
        #expect(bad.map { $0["line"] as? Int } == [4, 5, 6])
        #expect(bad.map { $0["column"] as? Int } == [4, 3, 6])

        let people = try await server.roost("export", "people", "--workspace", "shop").lines
          .sorted { ($0["userId"] as? String ?? "") < ($1["userId"] as? String ?? "") }
        #expect(people.map { $0["userId"] as? String } == ["1", "5"])
        #expect(people[0]["email"] as? String == "ann@example.com")
        let traits = people[0]["traits"] as? [String: Any]
        #expect(traits?["note"] as? String == "likes \"jazz\", and\nblues")
        #expect(traits?["age"] as? Int == 41)
        #expect(traits?["zip"] as? String == "00123")
        #expect((people[0]["consents"] as? [String: Bool]) == ["marketing": true])
        #expect((people[1]["traits"] as? [String: Any])?["age"] as? String == "007")

        let csv = try await server.roost("export", "people", "--workspace", "shop", "-o", "csv").output
        #expect(csv.hasPrefix("userId,email,phone,anonymousId,"))
        #expect(csv.contains("\"likes \"\"jazz\"\", and\nblues\""))
      }
    }
  }

  @Test func exportedEventsCanBeImportedElsewhere() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder, sandbox: false) { server in
        try await server.makeWorkspace()
        _ = try await server.roost("workspace", "create", "copy")
        try server.write("events.ndjson", Self.events(1_200, people: 3))
        try gzip(folder + "/events.ndjson")
        let imported = try await server.roost("import", "events", "events.ndjson.gz", "--workspace", "shop")
        #expect(imported.status == 0, "\(imported.messages)")
        let exported = try await server.roost("export", "events", "--workspace", "shop")
        #expect(try exported.lines.count == 1_200)
        try server.write("copy.ndjson", exported.output)
        #expect(try await server.roost("import", "events", "copy.ndjson", "--workspace", "copy").status == 0)
        let again = try await server.roost("export", "events", "--workspace", "copy")
        #expect(again.output.split(separator: "\n").sorted() == exported.output.split(separator: "\n").sorted())
      }
    }
  }

  @Test func goesOnAfterAKill() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder, sandbox: false) { server in
        try await server.makeWorkspace()
        // A bad line in every thousandth.
        let lines = Self.events(20_000, people: 50).split(separator: "\n")
        let text = lines.enumerated().map { $0 % 1_000 == 500 ? "oops" : String($1) }.joined(separator: "\n")
        try server.write("many.ndjson", text)
        let state = folder + "/many.ndjson.roost-progress"
        let arguments = [
          "import", "events", "many.ndjson", "--workspace", "shop", "--url", server.url, "--data", "data",
        ]
        let killed = try Command.start(
          arguments, in: folder, output: FileHandle.nullDevice, messages: FileHandle.nullDevice)
        while killed.isRunning, !FileManager.default.fileExists(atPath: state) {
          try await Task.sleep(for: .milliseconds(2))
        }
        kill(killed.processIdentifier, SIGKILL)
        await killed.ended()
        #expect(killed.terminationReason == .uncaughtSignal)
        #expect(FileManager.default.fileExists(atPath: state))

        let rest = try await Command.run(arguments + ["-o", "json"], in: folder)
        #expect(rest.messages.contains("going on behind"), "\(rest.messages)")
        let summary = try rest.json as? [String: Any]
        #expect(summary?["accepted"] as? Int == 19_980)
        #expect(summary?["rejected"] as? Int == 20)
        let bad = try jsonLines(try String(contentsOfFile: folder + "/many.ndjson.rejected.ndjson", encoding: .utf8))
        #expect(bad.map { $0["line"] as? Int } == (0..<20).map { $0 * 1_000 + 501 })
        let person = try await server.get("/api/v1/workspaces/shop/people/user:u1")
        let events = person["events"] as? [[String: Any]]
        #expect(events?.first?["count"] as? Int == 400)
      }
    }
  }

  @Test func replayComesInOrderOfTime() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder) { server in
        try await server.makeWorkspace()
        // Backwards in time, and more than one run of sorting: 1 MiB holds some 8,000 of these.
        let lines = Self.events(1_440, people: 7).split(separator: "\n").map { line in
          line.dropLast() + #","properties":{"filler":"\#(String(repeating: "x", count: 1_500))"}}"#
        }
        try server.write(
          "back.ndjson", lines.reversed().joined(separator: "\n") + "\n{\"event\":\"A\",\"userId\":\"a\"}\n")
        let replayed = try await server.roost(
          "import", "events", "back.ndjson", "--workspace", "shop", "--replay", "--sort-memory-mib", "1")
        #expect(replayed.status == 1, "\(replayed.messages)")
        let bad = try jsonLines(try String(contentsOfFile: folder + "/back.ndjson.rejected.ndjson", encoding: .utf8))
        #expect(bad.map { $0["line"] as? Int } == [1_441])
        #expect(try await server.get("/api/v1/clock")["now"] as? String == "2025-01-01T23:59:00.000Z")
        // Had one come late, it would have been received after it happened.
        let timeline = try await server.get("/api/v1/workspaces/shop/people/user:u1/timeline?limit=1000")
        let items = try #require(timeline["items"] as? [[String: Any]])
        #expect(items.count == 206)
        #expect(items.allSatisfy { $0["at"] as? String == $0["receivedAt"] as? String })
      }
    }
  }

  @Test func replayNeedsASandbox() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder, sandbox: false) { server in
        try await server.makeWorkspace()
        try server.write("a.ndjson", Self.events(1, people: 1))
        let refused = try await server.roost("import", "events", "a.ndjson", "--workspace", "shop", "--replay")
        #expect(refused.status == 1)
        #expect(refused.messages.contains("--sandbox"))
        let nowhere = try await server.roost("import", "events", "a.ndjson", "--workspace", "nowhere")
        #expect(nowhere.status == 1)
        #expect(nowhere.messages.contains("nowhere"))
        let wrong = try await server.roost("import", "events", "a.txt", "--workspace", "shop")
        #expect(wrong.status == 1 || wrong.status == 64)
      }
    }
  }

  private func gzip(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", path]
    try process.run()
    process.waitUntilExit()
  }
}
