import ArgumentParser
import RoostCore

/// `roost export people|events`
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write all people or events to standard output.",
    discussion: """
      Lines of JSON (the default) as roost import takes them, one JSON list, or CSV, whose columns are all traits or \
      properties found. People come one after another; each person's events newest first.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case ndjson
    case csv
    case json
  }

  @Argument(help: "people or events.") var kind: ImportKind
  @Option(help: "The workspace's key.") var workspace: String?
  @Option(name: [.customShort("o"), .customLong("output")], help: "ndjson, csv or json.") var format: Format = .ndjson
  @OptionGroup var client: ClientOptions

  func run() async throws {
    let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
    let base = "/api/v1/workspaces/\(percentEncoded(try settings.workspace()))"
    let api = try client.api(settings)
    let writer: any ExportWriter =
      switch format {
      case .ndjson: LineWriter()
      case .json: ListWriter()
      case .csv: try CSVWriter(kind)
      }
    try await api.forEach(base + "/people") { people throws(Failure) in
      try await write(people, api, base, writer)
    }
    try writer.finish()
    await api.client.close()
  }

  /// One page of people, in its order.
  private func write(_ people: [JSONValue], _ api: API, _ base: String, _ writer: any ExportWriter)
    async throws(Failure)
  {
    for person in people {
      guard let id = person["id"]?.string else { continue }
      let path = "\(base)/people/\(percentEncoded(id))"
      switch kind {
      case .people: try writer.write(ExportRecord.person(try await api.json(.GET, path)))
      case .events:
        try await api.forEach(path + "/timeline") { items throws(Failure) in
          for item in items { try writer.write(ExportRecord.event(item, of: person)) }
        }
      }
    }
  }
}
