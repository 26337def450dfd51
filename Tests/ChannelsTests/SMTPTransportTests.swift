import Logging
import NIOCore
import NIOPosix
import NIOSSL
import RoostCore
import Synchronization
import Testing

@testable import Channels

/// The real client against servers that fail at every point.
@Suite struct SMTPTransportTests {
  /// For servers that stay silent; no other test depends on how fast the machine is.
  private static let quick = SMTPTimeouts().limited(to: TimeSpan(milliseconds: 300))

  /// Runs `body` with a server and a client of it.
  private func with(
    _ script: ScriptedServer.Script = .init(), _ change: (inout SMTPConfiguration) -> Void = { _ in },
    body: (SMTPTransport, ScriptedServer) async throws -> Void
  ) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let server = try await ScriptedServer(script, group: group)
    var configuration = SMTPConfiguration(host: "127.0.0.1", port: server.port)
    change(&configuration)
    let transport = try SMTPTransport(
      configuration: configuration, group: group, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    do {
      try await body(transport, server)
    } catch {
      await transport.shutdown(grace: .seconds(1))
      await server.close()
      throw error
    }
    await transport.shutdown(grace: .seconds(1))
    await server.close()
  }

  @Test func sendsManyOverFewConnections() async throws {
    try await with(.init()) {
      $0.connectionsMax = 3
    } body: { transport, server async throws in
      let envelope = try Vectors.envelope()
      let outcomes = await transport.send(Array(repeating: envelope, count: 200))
      #expect(outcomes == Array(repeating: [.sent(reply: "250 2.0.0 queued")], count: 200))
      #expect(server.connections <= 3)
      #expect(server.lines.count { $0.hasPrefix("EHLO") } == server.connections)
    }
  }

  @Test func closesAConnectionAfterItsShareOfMessages() async throws {
    try await with(.init()) {
      $0.connectionsMax = 1
      $0.messagesPerConnectionMax = 10
    } body: { transport, server async throws in
      let outcomes = await transport.send(Array(repeating: try Vectors.envelope(), count: 25))
      #expect(outcomes.allSatisfy { $0 == [.sent(reply: "250 2.0.0 queued")] })
      #expect(server.connections == 3)
    }
  }

  /// Of those whose commands went along nothing was sent: they go by other connections, and none goes twice.
  @Test func brokenConnectionsGiveBackWhatFollows() async throws {
    let script = ScriptedServer.Script(behaviours: [.message: .close], misbehavingConnections: 4)
    try await with(script) {
      $0.connectionsMax = 2
    } body: { transport, server async throws in
      let outcomes = await transport.send(Array(repeating: try Vectors.envelope(), count: 60)).compactMap(\.first)
      let unknown = outcomes.count { if case .unknown = $0 { true } else { false } }
      let sent = outcomes.count { if case .sent = $0 { true } else { false } }
      #expect(unknown == 4, "one for each broken connection")
      // Who came back twice is deferred.
      #expect(outcomes.count == 60 && sent >= 52)
      #expect(server.lines.count { $0 == "DATA" } >= sent + unknown)
    }
  }

  @Test func refusedMessagesDoNotStopThoseThatFollow() async throws {
    let script = ScriptedServer.Script(behaviours: [.message: .answer("451 4.3.0 later")])
    try await with(script) {
      $0.connectionsMax = 1
    } body: { transport, server async throws in
      let outcomes = await transport.send(Array(repeating: try Vectors.envelope(), count: 40))
      #expect(outcomes == Array(repeating: [.deferred(code: 451, reply: "451 4.3.0 later")], count: 40))
      #expect(server.connections == 1)
      #expect(server.lines.count { $0 == "RSET" } < 20, "the next one's MAIL ends the transaction as well")
    }
  }

  @Test func worksWithoutPipelining() async throws {
    try await with(.init(capabilities: [])) { transport, _ async throws in
      #expect(try await transport.send(Vectors.envelope()) == [.sent(reply: "250 2.0.0 queued")])
    }
  }

  @Test func fallsBackToHELO() async throws {
    try await with(.init(behaviours: [.ehlo: .answer("502 5.5.1 unknown")])) { transport, server async throws in
      #expect(try await transport.send(Vectors.envelope()) == [.sent(reply: "250 2.0.0 queued")])
      #expect(server.lines.contains("HELO [127.0.0.1]"))
    }
  }

  /// What must be concluded at each point: only a loss after the final dot leaves a doubt.
  @Test(arguments: [ScriptedServer.Point.greeting, .ehlo, .mail, .rcpt, .data, .message], [true, false])
  func failsAt(point: ScriptedServer.Point, pipelining: Bool) async throws {
    for behaviour in [ScriptedServer.Behaviour.close, .silence, .answer("\u{16}\u{3}garbage")] {
      let capabilities = pipelining ? ["PIPELINING"] : []
      try await with(.init(behaviours: [point: behaviour], capabilities: capabilities)) {
        $0.timeouts = Self.quick
      } body: { transport, _ async throws in
        let outcome = await transport.send(try Vectors.envelope())
        switch (outcome.first, point) {
        case (.unknown?, .message): break
        case (.deferred?, _) where point != .message: break
        default: Issue.record("\(String(describing: outcome.first)) at \(point), \(behaviour)")
        }
      }
    }
  }

  @Test(arguments: [ScriptedServer.Point.greeting, .ehlo, .mail, .rcpt, .data, .message], [421, 451, 550])
  func refusedAt(point: ScriptedServer.Point, code: Int) async throws {
    // 5xx to EHLO is answered by HELO; let that fail too.
    let answer = ScriptedServer.Behaviour.answer("\(code) \(code / 100).7.1 no")
    try await with(.init(behaviours: [point: answer, .helo: answer])) {
      $0.connectionsMax = 1
    } body: { transport, server async throws in
      let outcome = await transport.send(try Vectors.envelope())
      let isAboutTheMessage = ![.greeting, .ehlo].contains(point)
      switch outcome.first {
      case .rejected(550, let enhanced, _)?:
        #expect(isAboutTheMessage && code == 550 && enhanced?.description == "5.7.1")
      case .deferred(code, _)?: #expect(code < 500 || !isAboutTheMessage)
      default: Issue.record("\(String(describing: outcome.first)) at \(point), \(code)")
      }
      guard isAboutTheMessage, code != 421 else { return }
      _ = await transport.send(try Vectors.envelope())
      #expect(server.connections == 1, "the connection serves on after RSET")
      #expect(server.lines.contains("RSET"))
    }
  }

  @Test func aSlowServerIsServed() async throws {
    try await with(.init(behaviours: [.greeting: .dribble, .ehlo: .dribble, .message: .dribble])) {
      transport, _ async throws in
      #expect(try await transport.send(Vectors.envelope()) == [.sent(reply: "250 2.0.0 queued")])
    }
  }

  @Test("A message that the network did not take whole is certainly unsent") func stopsReading() async throws {
    let script = ScriptedServer.Script(behaviours: [.data: .answerAndStopReading("354 go ahead")])
    try await with(script) {
      $0.timeouts.message = TimeSpan(milliseconds: 500)
    } body: { transport, _ async throws in
      // More than the socket buffers of both sides.
      let line = String(repeating: "x", count: 998) + "\r\n"
      let outcome = await transport.send(try Vectors.envelope(data: String(repeating: line, count: 6_000)))
      guard case .deferred(nil, let reply)? = outcome.first, reply.contains("(message)") else {
        Issue.record("\(outcome)")
        return
      }
    }
  }

  @Test func nobodyListens() async throws {
    try await with { transport, server async throws in
      await server.close()
      let outcome = await transport.send(try Vectors.envelope())
      guard case .deferred(nil, _)? = outcome.first else {
        Issue.record("\(outcome)")
        return
      }
    }
  }

  @Test("Connections that die take nothing but their own message along") func oneBadConnection() async throws {
    try await with(.init(behaviours: [.rcpt: .close], misbehavingConnections: 1)) {
      $0.connectionsMax = 4
    } body: {
      transport, _ async throws in
      let outcomes = await transport.send(Array(repeating: try Vectors.envelope(), count: 100))
      #expect(outcomes.count { $0 == [.sent(reply: "250 2.0.0 queued")] } == 99)
    }
  }

  @Test func aConnectionClosedWhileIdleIsReplacedUnseen() async throws {
    try await with { transport, server async throws in
      #expect(try await transport.send(Vectors.envelope()) == [.sent(reply: "250 2.0.0 queued")])
      await server.closeConnections()
      #expect(try await transport.send(Vectors.envelope()) == [.sent(reply: "250 2.0.0 queued")])
      #expect(server.connections == 2)
    }
  }

  @Test func idleConnectionsSayGoodbye() async throws {
    try await with(.init()) {
      $0.timeouts.idle = TimeSpan(milliseconds: 50)
    } body: { transport, server async throws in
      _ = await transport.send(try Vectors.envelope())
      for _ in 0..<100 where !server.lines.contains("QUIT") { try await Task.sleep(for: .milliseconds(20)) }
      #expect(server.lines.contains("QUIT"))
    }
  }

  @Test func shutdownDefersWhatWaits() async throws {
    try await with(.init(behaviours: [.mail: .silence])) {
      $0.connectionsMax = 1
    } body: { transport, _ async throws in
      async let outcomes = transport.send(Array(repeating: try Vectors.envelope(), count: 5))
      try await Task.sleep(for: .milliseconds(100))
      await transport.shutdown(grace: TimeSpan(milliseconds: 50))
      let all = try await outcomes
      #expect(all.count == 5)
      for outcome in all {
        guard case .deferred? = outcome.first else {
          Issue.record("\(outcome)")
          return
        }
      }
      guard case .deferred? = await transport.send(try Vectors.envelope()).first else {
        Issue.record("sent after shutdown")
        return
      }
    }
  }

  @Test func aLongQueueOfRefusedMessagesNeedsNoStack() async throws {
    try await with(.init(capabilities: ["SIZE 5"])) {
      $0.connectionsMax = 1
    } body: { transport, _ async throws in
      let outcomes = await transport.send(Array(repeating: try Vectors.envelope(), count: 10_000))
      #expect(outcomes.allSatisfy { if case .rejected(552, _, _)? = $0.first { true } else { false } })
    }
  }

  @Test("Replies that nobody asked for end the connection before they are taken for answers")
  func twoAnswersToOneMessage() async throws {
    try await with(.init(behaviours: [.message: .answer("250 one\r\n250 two")])) {
      $0.connectionsMax = 1
    } body: {
      transport, server async throws in
      let outcomes = await transport.send(Array(repeating: try Vectors.envelope(), count: 3))
      #expect(outcomes == Array(repeating: [.sent(reply: "250 one")], count: 3))
      #expect(server.connections == 3)
    }
  }

  @Test func probeTellsCauseAndRemedy() async throws {
    try await with { transport, _ async throws in
      let report = await transport.probe()
      #expect(report.isReady && !report.isSecure)
      #expect(report.capabilities?.pipelining == true)
      #expect(report.remedy.contains("unencrypted"))
    }
    try await with(.init(behaviours: [.greeting: .silence])) {
      $0.timeouts = Self.quick
    } body: { transport, _ async throws in
      let report = await transport.probe()
      #expect(!report.isReady)
      #expect(report.failure?.code == .timedOut)
      #expect(report.remedy.contains("smtps://"))
    }
    try await with(.init()) {
      $0.tls = .required
    } body: { transport, _ async throws in
      let report = await transport.probe()
      #expect(report.failure?.code == .tlsNotOffered, "\(report.cause)")
      #expect(report.remedy.contains("STARTTLS"))
    }
    try await with { transport, server async throws in
      await server.close()
      let report = await transport.probe()
      #expect(report.failure?.code == .unreachable)
      #expect(report.remedy.contains("\(server.port)"))
    }
  }
}
