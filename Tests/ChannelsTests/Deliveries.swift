import Logging
import NIOPosix

@testable import Channels

/// Hand-offs to servers that run beside the tests.
enum Deliveries {
  /// Delivers over a transport made for it alone.
  static func deliver(
    _ envelopes: [SMTPEnvelope], to port: Int, scheme: String = "smtp", user: String = "", options: String = ""
  ) async throws -> [[DeliveryOutcome]] {
    let url = "\(scheme)://\(user)localhost:\(port)?timeout=20&connections=2&\(options)"
    let transport = try SMTPTransport(
      configuration: try SMTPConfiguration(url: url), group: MultiThreadedEventLoopGroup.singleton,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let outcomes = await transport.send(envelopes)
    await transport.shutdown()
    return outcomes
  }
}
