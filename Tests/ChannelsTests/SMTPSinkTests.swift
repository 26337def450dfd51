import Foundation
import NIOPosix
import Testing

@testable import Channels

/// Against Postfix's load sink.
@Suite struct SMTPSinkTests {
  private static let sink = ProcessInfo.processInfo.environment["ROOST_SMTP_SINK"] ?? "/usr/sbin/smtp-sink"
  private static var isPresent: Bool { FileManager.default.isExecutableFile(atPath: sink) }

  @Test(.enabled(if: isPresent, "SKIPPED: no smtp-sink; it is in Debian's package postfix"))
  func takesManyMessages() async throws {
    // It cannot choose a free port itself.
    let server = try await ScriptedServer(.init(), group: MultiThreadedEventLoopGroup.singleton)
    let port = server.port
    await server.close()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.sink)
    // Started as root it wants to become somebody else.
    process.arguments = (geteuid() == 0 ? ["-u", "nobody"] : []) + ["127.0.0.1:\(port)", "100"]
    try process.run()
    defer {
      // Not SIGTERM: the child inherits a worker thread's signal mask, which blocks it.
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let envelope = try SMTPEnvelope(try Vectors.message(text: String(repeating: ".dots\n", count: 500)))
    for _ in 0..<100 {
      if case .sent? = try await Deliveries.deliver([envelope], to: port).first?.first { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    let outcomes = try await Deliveries.deliver(Array(repeating: envelope, count: 300), to: port)
    #expect(outcomes.allSatisfy { if case .sent? = $0.first { true } else { false } })
  }
}
