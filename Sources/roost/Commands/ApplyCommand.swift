import ArgumentParser
import RoostCore

/// `roost apply FILE…`
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Put definitions from YAML or JSON files.",
    discussion: """
      A document is a channel, template, segment or journey by the key at its top: "segment: lapsing". Without one, \
      the names of its folder and file say it: templates/miss-you.yaml. A file may hold several documents (---). \
      FILE may be a directory. All documents are put, in the order in which they need each other, or none. A definition \
      that is there already and has changed gets a new version.
      """)

  @Argument(help: "YAML or JSON files, or directories of them.") var files: [String]
  @Option(help: "The workspace's key.") var workspace: String?
  @Flag(help: "Publish the journeys among them.") var publish = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("Name at least one file.") }
  }

  func run() async throws {
    let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
    let documents = try files.flatMap { try DefinitionFile.read(pathOrDirectory: $0) }
    let call = DefinitionCall(documents: documents, publish: publish)
    let applied = try await call.send("apply", try client.api(settings), try settings.workspace())
    let changes = applied["changes"]?.array ?? []
    switch output.format {
    case .json: Terminal.write(json: .array(changes))
    case .text:
      for change in changes {
        let (kind, key) = (change["kind"]?.string ?? "", change["key"]?.string ?? "")
        Terminal.write(line: "\(kind) \(key) version \(change["version"]?.int ?? 1)")
      }
    }
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
