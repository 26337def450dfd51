import ArgumentParser
import RoostCore

/// `roost doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Look for what is wrong, with cause and remedy.",
    discussion: """
      Checks disk, permissions, clock, port and public address, what is stored (while no server runs), the running server, and whether \
      mail servers answer: those of the server's channels, and one given with --smtp.
      """)

  @Option(help: "A mail server to check as well: smtp://host:port; one with a password goes into ROOST_SMTP.")
  var smtp: String?
  @Option(help: "The address that roost serve would listen on (default: 127.0.0.1).") var host: String?
  @Option(help: "The port that roost serve would listen on (default: 8080).") var port: String?
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func run() async throws {
    var flags: [Setting: String] = [:]
    flags[.smtp] = smtp
    flags[.host] = host
    flags[.port] = port
    let settings = try await client.settings(flags)
    let data = try settings.data()
    let reserve = try settings.number(.diskReserve, in: 0...1_048_576, default: 256) << 20
    var findings = [MachineChecks.disk(data, reserveBytes: reserve)]
    findings += MachineChecks.permissions(data)
    findings.append(MachineChecks.clock())
    findings.append(MachineChecks.zones())
    if try settings.find(.url) != nil || DataLock.isHeld(data) {
      findings += await ServerChecks.server(settings, client)
    } else {
      let host = try settings.text(.host, default: ServeCommand.defaultHost)
      let port = try settings.number(.port, in: 0...65_535, default: ServeCommand.defaultPort)
      findings.append(MachineChecks.port(host, port))
      findings.append(AddressChecks.finding(configured: try settings.publicURL()))
      findings += StorageChecks.storage(data)
    }
    if let found = try settings.find(.smtp) {
      findings.append(await MailChecks.server(found.text, name: "from \(found.source)"))
    }
    write(findings)
    let problems = findings.count { $0.status == .problem }
    if problems > 0 { throw Failure(.foundProblem, problems == 1 ? "1 problem found" : "\(problems) problems found") }
  }

  private func write(_ findings: [Finding]) {
    switch output.format {
    case .json: Terminal.write(json: .array(findings.map(\.json)))
    case .text:
      for finding in findings {
        Terminal.write(line: "\(finding.status.rawValue)  \(finding.check): \(finding.cause)")
        if !finding.remedy.isEmpty { Terminal.write(line: "    remedy: \(finding.remedy)") }
      }
    }
  }
}
