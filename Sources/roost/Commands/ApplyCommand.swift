import ArgumentParser
import RoostCore
import Yams

/// `roost apply FILE…`
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Put definitions from YAML or JSON files.",
    discussion: """
      A document is a channel, template, segment or journey by the key at its top: "segment: lapsing". Without one, \
      the names of its folder and file say it: templates/miss-you.yaml. A file may hold several documents (---). \
      They are put in the order in which they need each other. A definition that is there already gets a new version.
      """)

  @Argument(help: "YAML or JSON files.") var files: [String]
  @Option(help: "The workspace's key.") var workspace: String?
  @Flag(help: "Publish the journeys among them.") var publish = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("Name at least one file.") }
  }

  func run() async throws {
    let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
    let workspace = try settings.workspace()
    let documents = try files.flatMap { try DefinitionFile.read($0) }.sorted { $0.kind.rank < $1.kind.rank }
    let api = try client.api(settings)
    var applied: [JSONValue] = []
    var failures = 0
    for document in documents {
      do {
        let version = try await put(document, api, "/api/v1/workspaces/\(percentEncoded(workspace))")
        applied.append([
          "kind": .string(document.kind.rawValue), "key": .string(document.key), "version": .int(version),
        ])
        if output.format == .text {
          Terminal.write(line: "\(document.kind.rawValue) \(document.key) version \(version)")
        }
      } catch {
        guard error.status == .foundProblem else { throw error }
        failures += 1
        Terminal.say("\(document.place): \(error.message)")
      }
    }
    if output.format == .json { Terminal.write(json: .array(applied)) }
    if failures > 0 { throw Failure(.foundProblem, "\(failures) of \(documents.count) documents were refused") }
  }

  private func put(_ document: DefinitionFile, _ api: API, _ base: String) async throws(Failure) -> Int64 {
    let path = "\(base)/\(document.kind.rawValue)s/\(percentEncoded(document.key))"
    let answer = try await api.call(.PUT, path, body: Array(document.yaml.utf8), type: "application/yaml")
    if publish, document.kind == .journey { _ = try await api.json(.POST, path + "/publish") }
    return answer["version"]?.int ?? 1
  }
}

extension Settings {
  /// The workspace that a command is about.
  func workspace() throws(Failure) -> String {
    guard let found = try find(.workspace) else {
      throw Failure(.usage, "name the workspace with \(Setting.workspace.ways)")
    }
    return found.text
  }
}
