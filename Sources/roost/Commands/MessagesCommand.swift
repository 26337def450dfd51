import ArgumentParser
import RoostCore

/// `roost messages dead|redrive`
struct MessagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "messages", abstract: "Messages that failed for good, and handing them over again.",
    subcommands: [DeadCommand.self, RedriveCommand.self])

  struct Filter: ParsableArguments {
    @Option(help: "Only of this channel, by its key or kind, as steps name it.") var channel: String?
    @Option(help: "Only of this journey.") var journey: String?
    @Option(help: "Only decided since then, such as 2026-03-01T10:00:00Z.") var since: String?

    var members: [(String, String)] {
      [("channel", channel), ("journey", journey), ("since", since)].compactMap { name, value in
        value.map { (name, $0) }
      }
    }
  }

  struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "dead", abstract: "List messages that failed for good.")

    @OptionGroup var filter: Filter
    @Option(help: "No more than so many.") var limit = 50
    @Option(help: "The workspace's key.") var workspace: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
      let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
      let query = (filter.members + [("limit", String(limit))]).map { "\($0.0)=\(percentEncoded($0.1))" }
      let path = "/api/v1/workspaces/\(percentEncoded(try settings.workspace()))/dead-letters?"
      let answer = try await client.api(settings).json(.GET, path + query.joined(separator: "&"))
      guard output.format == .text else { return Terminal.write(json: answer) }
      for item in answer["items"]?.array ?? [] {
        func text(_ name: String) -> String { item[name]?.string ?? "" }
        Terminal.write(
          line: [text("id"), text("failedAt"), text("channel"), text("to"), text("detail")].joined(separator: "  "))
      }
    }
  }

  struct RedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "redrive", abstract: "Hand failed messages over again.",
      discussion: """
        Each keeps its id, so that a receiver which has seen it knows it. Marketing whose consent was withdrawn since, and \
        messages to suppressed addresses, stay where they are; the answer says so.
        """)

    @Argument(help: "Ids of messages.") var ids: [String] = []
    @Flag(help: "All that the filter takes.") var all = false
    @OptionGroup var filter: Filter
    @Option(help: "The workspace's key.") var workspace: String?
    @OptionGroup var client: ClientOptions

    func validate() throws {
      guard ids.isEmpty == all else { throw ValidationError("name messages, or say --all, perhaps with --channel") }
    }

    func run() async throws {
      let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
      var members: [JSONValue.Member] = filter.members.map { .init($0.0, .string($0.1)) }
      members.append(all ? .init("all", true) : .init("ids", .array(ids.map(JSONValue.string))))
      let path = "/api/v1/workspaces/\(percentEncoded(try settings.workspace()))/dead-letters/redrive"
      let answer = try await client.api(settings).json(.POST, path, .object(members))
      Terminal.write(json: answer)
      if let skipped = answer["skipped"]?.array, !skipped.isEmpty { throw Failure(.foundProblem, "") }
    }
  }
}
