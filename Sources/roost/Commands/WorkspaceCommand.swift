import ArgumentParser
import RoostCore

/// `roost workspace create|list`
struct WorkspaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workspace", abstract: "Make and list workspaces.", subcommands: [Create.self, List.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a workspace; its keys are printed once and kept nowhere.")

    @Argument(help: "The workspace's key, part of every path: shop") var key: String
    @Option(help: "What people read (default: the key).") var name: String?
    @Option(help: "An IANA time zone (default: UTC).") var timezone: String?
    @Option(help: "An ISO 4217 currency (default: EUR).") var currency: String?
    @Option(help: "A language such as it (default: en).") var locale: String?
    @Option(help: "explicit (default): no marketing without a recorded consent; implied: unless refused.")
    var consentPolicy: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
      let api = try client.api(try await client.settings())
      var members: [JSONValue.Member] = [.init("key", .string(key))]
      let given = [
        ("name", name), ("timezone", timezone), ("currency", currency), ("locale", locale),
        ("consentPolicy", consentPolicy),
      ]
      for case (let field, let text?) in given { members.append(.init(field, .string(text))) }
      let created = try await api.json(.POST, "/api/v1/workspaces", .object(members))
      switch output.format {
      case .json: Terminal.write(json: created)
      case .text:
        for field in ["key", "writeKey", "secretKey"] {
          Terminal.write(line: "\(field) \(created[field]?.string ?? "")")
        }
        Terminal.say("keep both keys now: they are not shown again")
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the workspaces.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
      let api = try client.api(try await client.settings())
      let items = try await api.json(.GET, "/api/v1/workspaces")["items"]?.array ?? []
      switch output.format {
      case .json: Terminal.write(json: .array(items))
      case .text:
        let fields = ["key", "name", "timezone", "currency", "locale", "consentPolicy"]
        Terminal.write(table: items.map { item in fields.map { item[$0]?.string ?? "" } }, titles: fields)
      }
    }
  }
}
