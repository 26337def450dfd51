import Channels
import Logging
import NIOCore
import NIOPosix

/// Checks of mail servers.
enum MailChecks {
  /// Connects as sending would. `name` says in findings which server it is; the URL may hold a password.
  static func server(_ url: String, name: String) async -> Finding {
    let check = "smtp \(name)"
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let finding: Finding
    do throws(SMTPConfigurationError) {
      let transport = try SMTPTransport(
        configuration: SMTPConfiguration(url: url), group: group,
        logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() })
      let report = await transport.probe()
      let status: Finding.Status = !report.isReady ? .problem : report.remedy.isEmpty ? .ok : .warning
      finding = Finding(check: check, status: status, cause: report.cause, remedy: report.remedy)
      await transport.shutdown()
    } catch {
      finding = Finding(
        check: check, status: .problem, cause: "\(error)",
        remedy: "write the address as smtp://user:password@host:port")
    }
    try? await group.shutdownGracefully()
    return finding
  }
}
