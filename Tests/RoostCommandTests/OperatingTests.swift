import Foundation
import Testing

@Suite struct OperatingTests {
  private static let event = #"{"event":"Seen","userId":"ann","timestamp":"2025-01-01T10:00:00Z"}"#

  @Test func aBackupOfARunningServerIsRestored() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder, sandbox: false) { server in
        try await server.makeWorkspace()
        try server.write("a.ndjson", Self.event)
        #expect(try await server.roost("import", "events", "a.ndjson", "--workspace", "shop").status == 0)
        let made = try await server.roost("backup", "saved")
        #expect(made.status == 0, "\(made.messages)")
        let again = try await server.roost("backup", "saved")
        #expect(again.status == 1)
        #expect(again.messages.contains("not empty"))
        try server.write("b.ndjson", Self.event.replacingOccurrences(of: "ann", with: "bob"))
        #expect(try await server.roost("import", "events", "b.ndjson", "--workspace", "shop").status == 0)
      }
      let restored = try await Command.run(["restore", "saved", "--data", "copy"], in: folder)
      #expect(restored.status == 0, "\(restored.messages)")
      #expect(try await Command.run(["restore", "saved", "--data", "copy"], in: folder).status == 1)
      try await RunningServer.with(folder, data: "copy", sandbox: false) { server in
        let exported = try await server.roost("export", "events", "--workspace", "shop", data: "copy")
        #expect(exported.status == 0, "\(exported.messages)")
        #expect(try exported.lines.map { $0["userId"] as? String } == ["ann"])
      }
    }
  }

  @Test func aDamagedBackupIsRefused() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder) { try await $0.makeWorkspace() }
      let made = try await Command.run(["backup", "saved", "--data", "data"], in: folder)
      #expect(made.status == 0, "\(made.messages)")
      let log = try #require(try FileManager.default.contentsOfDirectory(atPath: folder + "/saved/log").sorted().last)
      let path = folder + "/saved/log/" + log
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[bytes.count - 20] ^= 1
      try FileManager.default.removeItem(atPath: path)
      try bytes.write(to: URL(fileURLWithPath: path))
      let restored = try await Command.run(["restore", "saved", "--data", "copy"], in: folder)
      #expect(restored.status == 1)
      #expect(restored.messages.contains("saved/log"), "\(restored.messages)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/copy/log"))
    }
  }

  private func configure(_ folder: String, _ configuration: String) throws {
    try configuration.write(toFile: folder + "/roost.yaml", atomically: true, encoding: .utf8)
  }

  @Test func doctorNamesCauseAndRemedy() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder) { server in
        try await server.makeWorkspace()
        let running = try await server.roost("doctor", "--smtp", "smtp://127.0.0.1:9", "-o", "json")
        #expect(running.status == 1)
        let findings = try #require(try running.json as? [[String: String]])
        #expect(findings.first { $0["check"] == "server" }?["status"] == "ok")
        let mail = try #require(findings.first { $0["check"]?.hasPrefix("smtp") == true })
        #expect(mail["status"] == "problem")
        #expect(mail["remedy"] != "")
        let address = try #require(findings.first { $0["check"] == "public address" })
        #expect(address["status"] == "warning" && address["cause"]?.contains("http://127.0.0.1") == true)
        #expect(address["remedy"]?.contains("--public-url") == true)
      }
      let stopped = try await Command.run(["doctor", "--data", "data", "--port", "0", "-o", "json"], in: folder)
      #expect(stopped.status == 0, "\(stopped.output)")
      let findings = try #require(try stopped.json as? [[String: String]])
      #expect(
        findings.map { $0["check"] } == [
          "disk", "permissions", "clock", "time zones", "port", "public address", "log", "states",
        ])
      for (url, status) in [("http://mail.shop.example", "warning"), ("https://mail.shop.example/", "ok")] {
        try configure(folder, "public-url: \(url)\n")
        let asked = try await Command.run(["doctor", "--data", "data", "--port", "0", "-o", "json"], in: folder)
        let findings = try #require(try asked.json as? [[String: String]])
        #expect(findings.first { $0["check"] == "public address" }?["status"] == status)
      }

      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/data/operator.token")
      let open = try await Command.run(["doctor", "--data", "data", "--port", "0"], in: folder)
      #expect(open.status == 1)
      #expect(open.output.contains("chmod 600 data/operator.token"))
    }
  }

  @Test func definitionsAreAppliedInTheOrderTheyNeed() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder) { server in
        try await server.makeWorkspace()
        try FileManager.default.createDirectory(atPath: folder + "/templates", withIntermediateDirectories: true)
        try server.write(
          "all.yaml",
          """
          journey: hello
          name: Hello
          enter: { segment: seen }
          steps:
            - send: { id: hi, channel: email, template: hi }
          ---
          segment: seen
          name: Seen
          event: Seen
          """)
        try server.write("templates/hi.yaml", "channel: email\nsubject: Hi\ntext: Hello\n")
        let applied = try await server.roost(
          "apply", "all.yaml", "templates/hi.yaml", "--workspace", "shop", "--publish")
        #expect(applied.status == 0, "\(applied.messages)")
        #expect(applied.output == "template hi version 1\nsegment seen version 1\njourney hello version 1\n")
        try server.write("bad.json", #"{"segment":"bad","name":"Bad","sum":"total"}"#)
        let refused = try await server.roost("apply", "bad.json", "--workspace", "shop")
        #expect(refused.status == 1)
        #expect(refused.messages.contains("bad.json"))
        let list = try await server.roost("workspace", "list", "-o", "json")
        #expect((try list.json as? [[String: String]])?.map { $0["key"] } == ["shop"])
      }
    }
  }
}
