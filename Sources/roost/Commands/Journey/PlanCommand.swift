import ArgumentParser
import RoostCore

/// `roost journey plan FILE…`
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Print what applying the files would change, and for how many people.",
    discussion: """
      Nothing is changed. Exit code 1 if a file is wrong, or if somebody has to decide something first: people are \
      inside a journey whose new version does not say what becomes of them (inside: pin, exit or migrate).
      """)

  @Argument(help: "YAML or JSON files, or directories of them.") var files: [String]
  @OptionGroup var options: DefinitionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func run() async throws {
    let settings = try await client.settings(options.workspace.map { [.workspace: $0] } ?? [:])
    let documents = try files.flatMap { try DefinitionFile.read(pathOrDirectory: $0) }
    let call = DefinitionCall(documents: documents, options: options)
    let plan = try await call.send("plan", try client.api(settings), try settings.workspace())
    switch output.format {
    case .json: Terminal.write(json: plan)
    case .text: PlanText(plan).write()
    }
    if plan["decisions"]?.int ?? 0 > 0 { throw Failure(.foundProblem, "") }
  }
}

/// `roost journey apply FILE…`
struct JourneyApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Put the files' definitions and publish the journeys: all of them or nothing.",
    discussion: "What is there already and has not changed stays as it is. See roost journey plan first.")

  @Argument(help: "YAML or JSON files, or directories of them.") var files: [String]
  @Option(help: "Refuse unless the plan is still this one: the \"plan\" that roost journey plan -o json printed.")
  var plan: String?
  @OptionGroup var options: DefinitionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func run() async throws {
    let settings = try await client.settings(options.workspace.map { [.workspace: $0] } ?? [:])
    let documents = try files.flatMap { try DefinitionFile.read(pathOrDirectory: $0) }
    var call = DefinitionCall(documents: documents, options: options)
    call.plan = plan
    let applied = try await call.send("apply", try client.api(settings), try settings.workspace())
    switch output.format {
    case .json: Terminal.write(json: applied)
    case .text: PlanText(applied).write()
    }
  }
}
