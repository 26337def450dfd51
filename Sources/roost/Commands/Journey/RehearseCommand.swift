import ArgumentParser
import RoostCore

/// `roost journey rehearse FILE… --from --to`
struct RehearseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse", abstract: "See what drafts would have done in a past period, before anybody gets them.",
    discussion: """
      The server leads everybody who is in its history through the period, with the same engine that sends, and sends \
      nothing. FILE is a YAML or JSON file, or a directory of them, with journeys and whatever else of theirs is not put \
      yet; --journey takes stored ones. --from and --to are dates (2026-03-01) or RFC 3339 times; --to is not part of \
      the period. The same input and seed give the same result. Exit code 1 if a file is wrong or the rehearsal failed.
      """)

  @Argument(help: "YAML or JSON files, or directories of them.") var files: [String] = []
  @Option(help: "The key of a stored journey to rehearse at its newest version; may be repeated.")
  var journey: [String] = []
  @Option(help: "The beginning of the period.") var from: String
  @Option(help: "The end of the period.") var to: String
  @Option(help: "Only people who are in this segment at the beginning.") var people: String?
  @Flag(help: "Let all published journeys compete.") var withLive = false
  @Option(help: "For everything that is drawn by lot.") var seed: Int = 1
  @Option(
    help:
      "What people do with messages: never (open any), recorded, or {\"email\": {\"opened\": 0.3, \"clicked\": 0.05}}.")
  var assume: String = "never"
  @Option(help: "Imported history acts as if it had come at its own time (act), or was only imported (asRecorded).")
  var imports: String = "act"
  @Option(help: "Rehearse this file or directory too, and print what differs from it.") var against: String?
  @Option(help: "Print one person's way through the period: user:42, email:ann@example.com, an id.") var person: String?
  @Flag(help: "Print every message instead of the figures.") var messages = false
  @Option(help: "The workspace's key.") var workspace: String?
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func validate() throws {
    if files.isEmpty, journey.isEmpty { throw ValidationError("name files, or stored journeys with --journey KEY") }
  }

  func run() async throws {
    let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
    let call = RehearsalCall(
      api: try client.api(settings), workspace: try settings.workspace(), showsProgress: output.format == .text)
    let documents = try files.flatMap { try DefinitionFile.read(pathOrDirectory: $0) }
    let done = try await call.rehearse(try request(documents, journeys: journey), documents)
    let id = done["id"]?.string ?? ""
    if let against {
      let others = try DefinitionFile.read(pathOrDirectory: against)
      let other = try await call.rehearse(try request(others, journeys: []), others)
      let difference = try await call.get("/\(other["id"]?.string ?? "")/difference/\(id)")
      return print(difference) { RehearsalText.difference($0, against) }
    }
    if let person {
      let told = try await call.get("/\(id)/people/\(percentEncoded(person))")
      return print(told) { RehearsalText.story($0) }
    }
    if messages { return try await writeMessages(call, id) }
    print(done) { RehearsalText.summary($0["summary"] ?? .null) }
  }

  private func print(_ json: JSONValue, _ lines: (JSONValue) -> [String]) {
    switch output.format {
    case .json: Terminal.write(json: json)
    case .text: for line in lines(json) { Terminal.write(line: line) }
    }
  }

  /// One JSON object a line, or a table's row.
  private func writeMessages(_ call: RehearsalCall, _ id: String) async throws {
    let format = output.format
    try await call.forEachMessage(id) { items in
      for item in items {
        switch format {
        case .json: Terminal.write(json: item)
        case .text: Terminal.write(line: RehearsalText.line(of: item))
        }
      }
    }
  }

  private func request(_ documents: [DefinitionFile], journeys: [String]) throws(Failure) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("drafts", .array(documents.map(\.json))), .init("journeys", .array(journeys.map(JSONValue.string))),
      .init("from", .string(Self.moment(from))), .init("to", .string(Self.moment(to))),
      .init("withLive", .bool(withLive)), .init("seed", .int(Int64(seed))), .init("imports", .string(imports)),
    ]
    if let people { members.append(.init("people", .string(people))) }
    if assume.hasPrefix("{") {
      do throws(JSONError) { members.append(.init("assume", try JSONValue(parsing: assume))) } catch {
        throw Failure(.usage, "--assume is no JSON: \(error.reason) at byte \(error.offset)")
      }
    } else {
      members.append(.init("assume", .string(assume)))
    }
    return .object(members)
  }

  /// A day is its first moment in UTC.
  private static func moment(_ text: String) -> String { text.utf8.count == 10 ? text + "T00:00:00Z" : text }
}
