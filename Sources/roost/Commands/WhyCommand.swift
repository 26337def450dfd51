import ArgumentParser
import RoostCore
import Runtime

/// `roost why get|verify`
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "The signed record of why a message was sent, or was not.",
    subcommands: [GetCommand.self, VerifyCommand.self])

  struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "get", abstract: "Print a message's signed record as JSON.")

    @Argument(help: "The message's id.") var message: String
    @Option(help: "The workspace's key.") var workspace: String?
    @OptionGroup var client: ClientOptions

    func run() async throws {
      let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
      let path =
        "/api/v1/workspaces/\(percentEncoded(try settings.workspace()))/messages/\(percentEncoded(message))/why"
      Terminal.write(json: try await client.api(settings).json(.GET, path))
    }
  }

  struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Check a signed record; asks no server.",
      discussion: """
        Without --key the record is checked against the key that it names itself: that shows that nobody has changed it, \
        not who made it. GET /api/v1/signing-key of the installation tells its key.
        """)

    @Argument(help: "A file with the record, or - for standard input.") var file: String
    @Option(help: "The installation's public key, hexadecimal.") var key: String?

    func run() throws {
      let bytes = try wholeFile(file == "-" ? "/dev/stdin" : file)
      let signed: JSONValue
      do throws(JSONError) { signed = try JSONValue(parsing: bytes) } catch {
        throw Failure(.foundProblem, "\(file) is no JSON: \(error.reason) at byte \(error.offset)")
      }
      if let fault = Signing.fault(in: signed, publicKey: key) { throw Failure(.foundProblem, "\(file): \(fault)") }
      let message = signed["record"]?["id"]?.string ?? "?"
      Terminal.write(
        line: "genuine: message \(message), signed with \(signed["signature"]?["publicKey"]?.string ?? "?")")
    }
  }
}
