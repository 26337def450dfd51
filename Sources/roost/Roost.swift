import ArgumentParser
import Glibc
import RoostCore

/// The command line of Roost.
@main
struct Roost: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roost",
    abstract: "Customer data, segments and journeys in one process.",
    discussion: """
      Settings: flags go before ROOST_… variables, these before roost.yaml (in the data or the working directory, or \
      --config FILE), and that before the defaults. --log-level, ROOST_LOG_LEVEL and log-level: are one setting.
      Commands other than serve speak with a running server: --url and ROOST_TOKEN, or --data for its token.
      Exit codes: 0 done, 1 found a problem, 64 usage, 69 unavailable, 78 configuration.
      """,
    version: version,
    subcommands: [
      ServeCommand.self, WorkspaceCommand.self, ApplyCommand.self, JourneyCommand.self,
      BroadcastCommand.self, WhyCommand.self, MessagesCommand.self, ImportCommand.self, ExportCommand.self,
      DoctorCommand.self, BackupCommand.self, RestoreCommand.self, BenchCommand.self,
    ])

  static let version = "0.1.0"

  static func main() async {
    prepareProcess()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      if !failure.message.isEmpty { Terminal.say("error: \(failure.message)") }
      Glibc.exit(failure.status.rawValue)
    } catch let problem as Problem {
      let failure = Failure(problem)
      Terminal.say("error: \(failure.message)")
      Glibc.exit(failure.status.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
