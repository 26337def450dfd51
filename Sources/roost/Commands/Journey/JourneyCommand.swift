import ArgumentParser

/// `roost journey lint|rehearse|plan|apply|ladder`
struct JourneyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journey",
    abstract: "Journeys as files: see what a change would do, then do it.",
    discussion: """
      FILE is a YAML or JSON file, or a directory of them; a file may hold several documents (---). Templates, segments \
      and channels that lie beside the journeys are taken along, in the order in which they need each other.
      """,
    subcommands: [
      LintCommand.self, RehearseCommand.self, PlanCommand.self, JourneyApplyCommand.self, LadderCommand.self,
    ])
}

/// What plan, apply and ladder share.
struct DefinitionOptions: ParsableArguments {
  @Option(help: "The workspace's key.") var workspace: String?
  @Flag(help: "Put the journeys without publishing them.") var draft = false
  @Option(help: "A tag: journeys that carry it and are not among the files are those that --missing is about.")
  var tag: String?
  @Option(help: "What becomes of journeys with the tag that are not among the files: keep, pause or archive.")
  var missing: String?
}
