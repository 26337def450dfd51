import Foundation
import Testing

/// `roost journey plan|apply|ladder` against a running server.
@Suite struct JourneyFileTests {
  private static let ladder = """
    ladder: hello
    row: ${offer}-${country}
    columns: { offer: text, country: country, text: text }
    missing: archive
    each:
      - template: ${row}
        channel: email
        subject: ${offer}
        text: ${text}
      - journey: ${row}
        enter: { event: Installed, where: { offer: { is: "${offer}" } } }
        steps: [{ send: { id: hi, channel: email, template: "${row}" } }]
    """

  @Test func aTableMakesItsJourneysAndKeepsThemUpToDate() async throws {
    try await withServer { server in
      try server.write("ladder.yaml", Self.ladder)
      // A spreadsheet's table: a mark at the start, semicolons, a quoted line end.
      try server.write("offers.csv", "\u{FEFF}offer;country;text\nSun;IT;Ciao\nMoon;DE;\"Guten\nTag\"\n")
      let made = try await server.roost("journey", "ladder", "ladder.yaml", "offers.csv", "--workspace", "shop")
      #expect(made.status == 0, "\(made.messages)")
      #expect(made.output.hasSuffix("4 new, 0 changed, 0 missing, 0 unchanged\napplied\n"))
      try server.write("offers.csv", "offer,country,text\nSun,IT,Salve\nStar,FR,Bonjour\n")
      let planned = try await server.roost(
        "journey", "ladder", "ladder.yaml", "offers.csv", "--workspace", "shop", "--plan")
      #expect(planned.output.contains("    /text: \"Ciao\" → \"Salve\"\n"))
      #expect(planned.output.contains("- journey moon-de version 1, archive\n"))
      #expect(planned.output.hasSuffix("2 new, 1 changed, 1 missing, 1 unchanged\n"))
      _ = try await server.roost("journey", "ladder", "ladder.yaml", "offers.csv", "--workspace", "shop")
      let again = try await server.roost("journey", "ladder", "ladder.yaml", "offers.csv", "--workspace", "shop")
      #expect(again.output.hasPrefix("0 new, 0 changed, 0 missing, "))
    }
  }

  @Test func badCellsAreNamedAndNothingIsChanged() async throws {
    try await withServer { server in
      try server.write("ladder.yaml", Self.ladder)
      try server.write("offers.csv", "offer,country,text\nSun,Italy,Ciao\nMoon,DE,{{ x\n")
      let refused = try await server.roost("journey", "ladder", "ladder.yaml", "offers.csv", "--workspace", "shop")
      #expect(refused.status == 1)
      #expect(refused.messages.contains("offers.csv line 2, column country: \"Italy\" is no country"))
      try server.write("offers.csv", "offer,country,text\nSun,IT,Ciao\nMoon,DE,{{ x\n")
      let wrong = try await server.roost("journey", "ladder", "ladder.yaml", "offers.csv", "--workspace", "shop")
      #expect(wrong.status == 1)
      #expect(wrong.messages.contains("offers.csv line 3, column text: template moon-de /text"), "\(wrong.messages)")
      for bad in ["", "offer,country,text\n", "offer,country,text\n\"Sun,IT,x\n", "a;b\n1;2\n"] {
        try server.write("offers.csv", bad)
        let result = try await server.roost("journey", "ladder", "ladder.yaml", "offers.csv", "--workspace", "shop")
        #expect(result.status == 1)
        #expect(result.messages.contains("offers.csv"))
      }
    }
  }

  @Test func aDirectoryIsPlannedAndApplied() async throws {
    try await withServer { server in
      try server.write("all/templates/hi.yaml", "channel: email\nsubject: Hi\ntext: Hello\n")
      try server.write(
        "all/hello.yaml",
        "journey: hello\nenter: { event: Seen }\nsteps: [{ send: { channel: email, template: hi } }]\n")
      let plan = try await server.roost("journey", "plan", "all", "--workspace", "shop", "-o", "json")
      #expect(plan.status == 0, "\(plan.messages)")
      let applied = try await server.roost("journey", "apply", "all", "--workspace", "shop")
      #expect(
        applied.output
          == "+ template hi version 1\n+ journey hello version 1, publish\n2 new, 0 changed, 0 missing, 0 unchanged\napplied\n"
      )
      try server.write("all/bad.yaml", "journey: bad\nsteps: [{ wait: soon }]\n")
      let refused = try await server.roost("journey", "plan", "all", "--workspace", "shop")
      #expect(refused.status == 1)
      #expect(
        refused.messages.contains("all/bad.yaml /steps/0/wait: \"soon\" is no length of time"), "\(refused.messages)")
    }
  }

  private func withServer(_ body: (RunningServer) async throws -> Void) async throws {
    try await withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/all/templates", withIntermediateDirectories: true)
      try await RunningServer.with(folder) { server in
        try await server.makeWorkspace()
        try await body(server)
      }
    }
  }
}
