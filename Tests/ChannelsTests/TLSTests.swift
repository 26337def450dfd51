import Foundation
import Logging
import NIOPosix
import NIOSSL
import RoostCore
import Testing

@testable import Channels

/// A certificate for `localhost`, signed by itself, made anew for each run.
struct SelfSigned: Sendable {
  let certificate: String
  let key: String

  static let shared = Result { try SelfSigned() }

  private init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "roost-channels-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    certificate = folder + "/certificate.pem"
    key = folder + "/key.pem"
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    openssl.arguments = [
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    guard openssl.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  func serverContext() throws -> NIOSSLContext {
    try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))))
  }
}

@Suite struct TLSTests {
  private let certificate = Result { try SelfSigned.shared.get() }

  private func outcome(
    _ script: ScriptedServer.Script, options: String, isImplicit: Bool = false, host: String = "localhost"
  ) async throws -> (DeliveryOutcome?, SMTPProbeReport, [String]) {
    let group = MultiThreadedEventLoopGroup.singleton
    let server = try await ScriptedServer(script, group: group)
    let url = "\(isImplicit ? "smtps" : "smtp")://\(host):\(server.port)?timeout=10&\(options)"
    let transport = try SMTPTransport(
      configuration: try SMTPConfiguration(url: url), group: group,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let outcome = await transport.send(try Vectors.envelope()).first
    let report = await transport.probe()
    await transport.shutdown()
    await server.close()
    return (outcome, report, server.lines)
  }

  private func script(isImplicit: Bool = false) throws -> ScriptedServer.Script {
    ScriptedServer.Script(
      capabilities: isImplicit ? ["PIPELINING"] : ["PIPELINING", "STARTTLS"],
      tls: try certificate.get().serverContext(), isImplicitTLS: isImplicit)
  }

  @Test(arguments: ["localhost", "127.0.0.1"]) func startTLS(host: String) async throws {
    let roots = try certificate.get().certificate
    let (outcome, report, lines) = try await outcome(script(), options: "tls=required&roots=\(roots)", host: host)
    #expect(outcome == .sent(reply: "250 2.0.0 queued"))
    #expect(report.isReady && report.isSecure && report.remedy.isEmpty)
    #expect(Array(lines.prefix(3)) == ["EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]"])
  }

  @Test func implicitTLS() async throws {
    let roots = try certificate.get().certificate
    let (outcome, report, _) = try await outcome(script(isImplicit: true), options: "roots=\(roots)", isImplicit: true)
    #expect(outcome == .sent(reply: "250 2.0.0 queued"))
    #expect(report.isSecure)
  }

  @Test("A certificate that nobody vouches for stops everything", arguments: [true, false])
  func unknownCertificate(isImplicit: Bool) async throws {
    let (outcome, report, lines) = try await outcome(
      script(isImplicit: isImplicit), options: "", isImplicit: isImplicit)
    guard case .deferred(nil, _)? = outcome else {
      Issue.record("\(String(describing: outcome))")
      return
    }
    #expect(report.failure?.code == .tlsFailed)
    #expect(report.remedy.contains("roots="))
    #expect(!lines.contains { $0.hasPrefix("MAIL") })
  }

  @Test func verificationCanBeSwitchedOff() async throws {
    let (outcome, _, _) = try await outcome(script(), options: "verify=no")
    #expect(outcome == .sent(reply: "250 2.0.0 queued"))
  }

  @Test("CVE-2011-0411: what is sent behind the reply to STARTTLS is not taken for the server's") func injection()
    async throws
  {
    var script = try script()
    script.behaviours[.starttls] = .answer("220 go ahead\r\n250 injected")
    let (outcome, report, _) = try await outcome(script, options: "verify=no")
    guard case .deferred(nil, _)? = outcome else {
      Issue.record("\(String(describing: outcome))")
      return
    }
    #expect(report.failure?.code == .protocolViolation)
  }

  @Test func aServerThatStopsInTheHandshake() async throws {
    var script = try script()
    script.tls = nil
    script.behaviours[.starttls] = .answer("220 go ahead")
    let (outcome, report, _) = try await outcome(script, options: "tls=required&timeout=1")
    guard case .deferred(nil, _)? = outcome else {
      Issue.record("\(String(describing: outcome))")
      return
    }
    #expect(report.failure?.phase == .tlsHandshake)
  }

  @Test func trustRootsThatCannotBeRead() throws {
    let configuration = try SMTPConfiguration(url: "smtps://localhost?roots=/nowhere/roots.pem")
    let error = #expect(throws: SMTPConfigurationError.self) {
      try SMTPTransport(
        configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test"))
    }
    #expect(error?.field == "trustRoots")
  }
}
