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

  /// Profiles asked for at the same time.
  private static let width = 16

  /// One page of people, in its order.
  private func write(
    _ people: [JSONValue], _ api: API, _ base: String, _ writer: any ExportWriter
  ) async throws(Failure) {
    let paths = people.compactMap { $0["id"]?.string }.map { "\(base)/people/\(percentEncoded($0))" }
    switch kind {
    case .people:
      for start in stride(from: 0, to: paths.count, by: Self.width) {
        for document in try await Self.fetch(paths[start..<min(start + Self.width, paths.count)], api) {
          try writer.write(ExportRecord.person(document))
        }
      }
    case .events:
      for (person, path) in zip(people, paths) {
        try await api.forEach(path + "/timeline") { items throws(Failure) in
          for item in items { try writer.write(ExportRecord.event(item, of: person)) }
        }
      }
    }
  }

  /// The answers in the order of the paths.
  private static func fetch(_ paths: ArraySlice<String>, _ api: API) async throws(Failure) -> [JSONValue] {
    let answers = await withTaskGroup(of: (Int, Result<JSONValue, Failure>).self) { group in
      for (place, path) in paths.enumerated() {
        group.addTask {
          do throws(Failure) { return (place, .success(try await api.json(.GET, path))) } catch {
            return (place, .failure(error))
          }
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    var documents: [JSONValue] = []
    for place in 0..<paths.count { if let answer = answers[place] { documents.append(try answer.get()) } }
    return documents
  }
}
