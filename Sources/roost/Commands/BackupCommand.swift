import ArgumentParser
import Glibc
import RoostCore
import Runtime

/// `roost backup DIR`
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy everything to an empty or new directory.",
    discussion: """
      A running server makes the backup itself and goes on working; the directory is then one of its machine. Without \
      a running server the data directory is copied. The backup holds the installation's secrets: guard it. It does not \
      hold the key that seals channels' credentials (secret.key): keep that elsewhere.
      """)

  @Argument(help: "The directory to make.") var directory: String
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func run() async throws {
    let settings = try await client.settings()
    let data = try settings.data()
    let summary: JSONValue
    if try settings.find(.url) != nil || DataLock.isHeld(data) {
      let api = try client.api(settings)
      summary = try await api.json(.POST, "/api/v1/backup", ["directory": .string(absolutePath(directory))])
    } else {
      summary = try InstallationBackup.create(of: data, at: directory).json
    }
    write(summary, output, "backed up to \(directory)")
  }
}

/// `roost restore FROM --data DIR`
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Make a data directory from a backup.",
    discussion: """
      Every byte of the backup is checked first. The data directory must be empty or new. Channels' credentials need the \
      key that sealed them: put secret.key back, or put the credentials again.
      """)

  @Argument(help: "The directory of a backup.") var backup: String
  @Option(help: "The data directory to make.") var data: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    write(try InstallationBackup.restore(from: backup, to: data).json, output, "restored to \(data)")
    Terminal.say(
      "credentials of channels are sealed: put \(data)/secret.key back from where it is kept, or put them again")
  }
}

private func write(_ summary: JSONValue, _ output: OutputOptions, _ message: String) {
  switch output.format {
  case .json: Terminal.write(json: summary)
  case .text:
    let bytes = Int(summary["bytes"]?.int ?? 0)
    Terminal.write(line: "\(message): \(summary["files"]?.int ?? 0) files, \(grouped(bytes)) bytes")
  }
}
