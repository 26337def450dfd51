import ArgumentParser
import NIOHTTP1
import RoostCore

/// `roost broadcast put|estimate|start|pause|resume|stop|delete|status`
struct BroadcastCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broadcast",
    abstract: "One message to many people at once.",
    discussion: """
      Put a file, ask who would get it, start it; whatever happens meanwhile, nobody gets it twice.
      """,
    subcommands: [
      PutCommand.self, EstimateCommand.self, StartCommand.self, PauseCommand.self, ResumeCommand.self,
      StopCommand.self, DeleteCommand.self, StatusCommand.self,
    ])

  /// Which broadcast of which workspace.
  struct Target: ParsableArguments {
    @Argument(help: "The broadcast's key.") var key: String
    @Option(help: "The workspace's key.") var workspace: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var client: ClientOptions

    func call(_ method: HTTPMethod, _ action: String? = nil) async throws(Failure) -> JSONValue {
      let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
      let path = try Self.path(settings) + "/" + percentEncoded(key) + (action.map { "/" + $0 } ?? "")
      return try await client.api(settings).json(method, path)
    }

    static func path(_ settings: Settings) throws(Failure) -> String {
      "/api/v1/workspaces/\(percentEncoded(try settings.workspace()))/broadcasts"
    }

    /// Does what an operator may do and says how the broadcast stands then.
    func act(_ action: String) async throws(Failure) {
      let broadcast = try await call(.POST, action)
      switch output.format {
      case .json: Terminal.write(json: broadcast)
      case .text: for line in BroadcastText.lines(broadcast) { Terminal.write(line: line) }
      }
    }
  }

  struct PutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "put", abstract: "Put a broadcast from a YAML or JSON file; nothing is sent.",
      discussion: "The file says broadcast: KEY at its top, or lies in a folder broadcasts/ under that name.")

    @Argument(help: "YAML or JSON files, or directories of them.") var files: [String]
    @Option(help: "The workspace's key.") var workspace: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
      if files.isEmpty { throw ValidationError("Name at least one file.") }
    }

    func run() async throws {
      let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
      let documents = try files.flatMap { try DefinitionFile.read(pathOrDirectory: $0) }
      for document in documents where document.kind != .broadcast {
        throw Failure(
          .foundProblem, "\(document.place): this is a \(document.kind.rawValue); put it with roost apply")
      }
      let (api, path) = (try client.api(settings), try Target.path(settings))
      for document in documents {
        let put = try await api.json(.PUT, path + "/" + percentEncoded(document.key), document.body)
        switch output.format {
        case .json: Terminal.write(json: put)
        case .text: Terminal.write(line: "broadcast \(document.key) version \(put["version"]?.int ?? 1)")
        }
      }
    }
  }

  struct EstimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "estimate", abstract: "Who would get it now, and who would not and why. Nothing is sent.")
    @OptionGroup var target: Target

    func run() async throws {
      let estimate = try await target.call(.POST, "estimate")
      switch target.output.format {
      case .json: Terminal.write(json: estimate)
      case .text: for line in BroadcastText.estimate(estimate) { Terminal.write(line: line) }
      }
    }
  }

  struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start", abstract: "Start it: at once, or at the time that it names.")
    @OptionGroup var target: Target
    func run() async throws { try await target.act("start") }
  }

  struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pause", abstract: "Hand nothing more over until it is resumed.")
    @OptionGroup var target: Target
    func run() async throws { try await target.act("pause") }
  }

  struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Go on after a pause.")
    @OptionGroup var target: Target
    func run() async throws { try await target.act("resume") }
  }

  struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stop", abstract: "Stop it for good; what has not gone out is not sent.")
    @OptionGroup var target: Target
    func run() async throws { try await target.act("stop") }
  }

  struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete", abstract: "Delete one that is not under way; its messages stay.")
    @OptionGroup var target: Target
    func run() async throws { _ = try await target.call(.DELETE) }
  }

  struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status", abstract: "How a broadcast stands, or all of them.")

    @Argument(help: "The broadcast's key; all of them without one.") var key: String?
    @Option(help: "The workspace's key.") var workspace: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
      let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
      let (api, path) = (try client.api(settings), try Target.path(settings))
      if let key {
        let broadcast = try await api.json(.GET, path + "/" + percentEncoded(key))
        switch output.format {
        case .json: Terminal.write(json: broadcast)
        case .text: for line in BroadcastText.lines(broadcast) { Terminal.write(line: line) }
        }
        return
      }
      let all = try await api.json(.GET, path)["items"]?.array ?? []
      switch output.format {
      case .json: Terminal.write(json: .array(all))
      case .text:
        for broadcast in all {
          Terminal.write(
            line: "\(broadcast["key"]?.string ?? "")  \(broadcast["state"]?.string ?? "")  "
              + "\(broadcast["turns"]?.int ?? 0)/\(broadcast["audience"]?.int ?? 0)")
        }
      }
    }
  }
}

/// A broadcast in words.
enum BroadcastText {
  static func lines(_ broadcast: JSONValue) -> [String] {
    var lines = ["\(broadcast["key"]?.string ?? ""): \(broadcast["state"]?.string ?? "")"]
    func add(_ name: String, _ value: String?) {
      if let value { lines.append("  \(name): \(value)") }
    }
    add("begins", broadcast["startedAt"] == nil ? broadcast["at"]?.string : nil)
    add("started", broadcast["startedAt"]?.string)
    if broadcast["startedAt"] != nil {
      add(
        "people who had their turn",
        "\(grouped(Int(broadcast["turns"]?.int ?? 0))) of \(grouped(Int(broadcast["audience"]?.int ?? 0)))")
    }
    for member in broadcast["counts"]?.members ?? [] { add(member.key, grouped(Int(member.value.int ?? 0))) }
    if let heldOut = broadcast["heldOut"]?.int, heldOut > 0 { add("held out", grouped(Int(heldOut))) }
    for variant in broadcast["variants"]?.array ?? [] {
      func trial(_ key: String) -> String { grouped(Int(variant["trial"]?[key]?.int ?? 0)) }
      add(
        "variant \(variant["variant"]?.int ?? 0)",
        "sent \(trial("sent")), opened \(trial("opened")), clicked \(trial("clicked")): \(variant["label"]?.string ?? "")"
      )
    }
    add("decides", broadcast["decideAt"]?.string)
    add("winner", broadcast["decision"]?["winner"]?.int.map { "variant \($0)" })
    add("ended", broadcast["endedAt"]?.string)
    return lines
  }

  static func estimate(_ estimate: JSONValue) -> [String] {
    func number(_ value: JSONValue?) -> String { grouped(Int(value?.int ?? 0)) }
    var lines = ["audience: \(number(estimate["audience"]))", "at once: \(number(estimate["reachable"]))"]
    for (key, word) in [("held", "later"), ("suppressed", "not")] {
      for member in estimate[key]?.members ?? [] { lines.append("\(word), \(member.key): \(number(member.value))") }
    }
    if let heldOut = estimate["heldOut"]?.int, heldOut > 0 { lines.append("held out: \(grouped(Int(heldOut)))") }
    if let sample = estimate["sample"]?.int, sample > 0 { lines.append("try the variants: \(grouped(Int(sample)))") }
    if let seconds = estimate["seconds"]?.int { lines.append("takes: \(TimeSpan.seconds(seconds).text)") }
    return lines
  }
}
