import Foundation
import Testing

@Suite struct ServeTests {
  @Test func saysWhereItListensAndEndsCleanly() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder) { server in
        #expect(server.url.hasPrefix("http://127.0.0.1:"))
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/data/operator.token")[.posixPermissions]
        #expect(mode as? Int == 0o600)
        server.process.terminate()
        await server.process.ended()
        #expect(server.process.terminationReason == .exit)
        #expect(server.process.terminationStatus == 0)
      }
      for line in try jsonLines(try String(contentsOfFile: folder + "/data.log", encoding: .utf8)) {
        #expect(line["at"] is String && line["level"] is String && line["message"] is String)
      }
    }
  }

  @Test func namesThePortThatIsTaken() async throws {
    try await withFolder { folder in
      try await RunningServer.with(folder) { server in
        let port = server.url.split(separator: ":").last.map(String.init) ?? ""
        let second = try await Command.run(["serve", "--data", "other", "--port", port], in: folder)
        #expect(second.status == 69)
        #expect(second.messages.contains(port) && second.messages.contains("--port"))
        let same = try await Command.run(["serve", "--sandbox", "--data", "data", "--port", "0"], in: folder)
        #expect(same.status == 69)
        #expect(same.messages.contains("in use by another process"))
      }
    }
  }

  @Test func flagsGoBeforeVariablesAndTheseBeforeTheFile() async throws {
    try await withFolder { folder in
      try "port: file".write(toFile: folder + "/roost.yaml", atomically: true, encoding: .utf8)
      func messages(_ arguments: [String], _ environment: [String: String]) async throws -> String {
        let command = try await Command.run(["serve"] + arguments, in: folder, environment: environment)
        #expect(command.status == 78)
        return command.messages
      }
      let byFile = try await messages([], [:])
      #expect(byFile.contains("port: \"file\" from roost.yaml is not a whole number from 0 to 65535"))
      let byVariable = try await messages([], ["ROOST_PORT": "variable"])
      #expect(byVariable.contains("port: \"variable\" from the environment"))
      let byFlag = try await messages(["--port", "70000"], ["ROOST_PORT": "variable"])
      #expect(byFlag.contains("port: \"70000\" from the command line"))
      #expect(byFlag.contains("--port, ROOST_PORT or port: in roost.yaml"))
    }
  }

  @Test(arguments: [
    ("prot: 80", "there is no setting \"prot\""), ("port: [1, 2]", "must be a single value"),
    ("log-level: loud", "one of trace, debug"), ("sandbox: perhaps", "true or false"), ("- 1", "list of settings"),
  ])
  func namesWhatIsWrongInTheFile(_ text: String, _ words: String) async throws {
    try await withFolder { folder in
      try text.write(toFile: folder + "/roost.yaml", atomically: true, encoding: .utf8)
      let command = try await Command.run(["serve"], in: folder)
      #expect(command.status == 78)
      #expect(command.messages.contains(words), "\(command.messages)")
    }
  }

  @Test func usageIs64AndHelpIs0() async throws {
    try await withFolder { folder in
      #expect(try await Command.run(["serve", "--nonsense"], in: folder).status == 64)
      #expect(try await Command.run(["import", "events"], in: folder).status == 64)
      #expect(try await Command.run(["import", "people", "a.csv", "--replay"], in: folder).status == 64)
      let help = try await Command.run(["--help"], in: folder)
      #expect(help.status == 0)
      #expect(help.output.contains("serve") && help.output.contains("Exit codes"))
    }
  }

  @Test func noServerIs69AndNoTokenIs78() async throws {
    try await withFolder { folder in
      let away = try await Command.run(
        ["workspace", "list", "--url", "http://127.0.0.1:9"], in: folder, environment: ["ROOST_TOKEN": "op_x"])
      #expect(away.status == 69)
      #expect(away.messages.contains("http://127.0.0.1:9") && away.messages.contains("--url"))
      let closed = try await Command.run(["workspace", "list"], in: folder)
      #expect(closed.status == 78)
      #expect(closed.messages.contains("operator.token"))
    }
  }
}
