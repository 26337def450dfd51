import Glibc
import NIOHTTP1
import RoostCore

/// A broadcast of personalised e-mails with durable intents, claims and outcomes, beside Postfix's `smtp-source` with as
/// many sessions to the same sink; then the same signed with DKIM, beside what OpenSSL signs a second on one core.
struct BroadcastBench {
  let sizes: BenchSizes
  let parent: String
  let sheet: FigureSheet
  /// `smtp-sink` and `smtp-source`, as scripts/setup.sh smtp-sink puts them.
  let tools: String

  private static let sessions = 20
  /// Bytes of a letter, of smtp-source's too.
  private static let letterBytes = 3_000

  func run() async throws {
    sheet.say("a broadcast to \(grouped(sizes.broadcastPeople)) people, and smtp-source over as many sessions")
    let sink = try SMTPSink(tools: tools)
    let source = try smtpSource(sink)
    let plain = try await broadcast(sink, dkim: false)
    let after = try smtpSource(sink)
    let best = max(source, after)
    sheet.add(
      Figure(
        name: "broadcast by e-mail, \(Self.sessions) sessions", value: plain.perSecond, unit: "messages/s",
        details: [
          .init(name: "smtp-source", value: best, unit: "messages/s"),
          .init(name: "CPU of the server", value: plain.cpu / Double(sizes.broadcastPeople) * 1e6, unit: "µs each"),
        ]))
    sheet.add(
      Figure(
        name: "broadcast against smtp-source", value: plain.perSecond / best, unit: "×", target: .atLeast(1)))
    sheet.add(
      Figure(
        name: "memory during a broadcast", value: plain.peak / plain.before, unit: "×", target: .atMost(1.5),
        details: [
          .init(name: "before", value: plain.before, unit: "MB"),
          .init(name: "at a quarter", value: plain.quarter, unit: "MB"),
          .init(name: "at its end", value: plain.end, unit: "MB"),
          .init(name: "at most", value: plain.peak, unit: "MB"),
        ]))
    let limit = try Self.openSSLSignatures()
    let signed = try await broadcast(sink, dkim: true)
    sheet.add(
      Figure(
        name: "broadcast with DKIM, RSA-2048", value: signed.perSecond, unit: "messages/s",
        details: [
          .init(name: "openssl speed, one core", value: limit, unit: "signatures/s"),
          .init(name: "CPU of the server", value: signed.cpu / Double(sizes.broadcastPeople) * 1e6, unit: "µs each"),
        ]))
    sheet.add(
      Figure(
        name: "broadcast with DKIM against OpenSSL", value: signed.perSecond / limit, unit: "×", target: .atLeast(0.8)))
    sink.end()
  }

  private struct Course {
    var perSecond = 0.0
    var cpu = 0.0
    /// Resident memory, MB.
    var before = 0.0
    var quarter = 0.0
    var end = 0.0
    var peak = 0.0
  }

  private func broadcast(_ sink: SMTPSink, dkim: Bool) async throws -> Course {
    let server = try BenchServer(in: parent)
    try await server.makeWorkspace()
    try await define(server, sink, dkim: dkim)
    _ = try server.fill(people: sizes.broadcastPeople, connections: sizes.connections, batch: sizes.eventsPerBatch)
    server.process.settle()
    var course = Course()
    course.before = server.process.megabytes("VmRSS")
    let cpu = server.process.cpuSeconds
    let path = BenchServer.workspace + "/broadcasts/bench"
    let watch = Stopwatch()
    _ = try await server.process.api.json(.POST, path + "/start")
    while true {
      do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
      let memory = server.process.megabytes("VmRSS")
      course.peak = max(course.peak, memory)
      let now = try await server.process.api.json(.GET, path)
      let sent = now["counts"]?["sent"]?.int ?? 0
      if course.quarter == 0, sent >= Int64(sizes.broadcastPeople / 4) { course.quarter = memory }
      guard now["state"]?.string == "finished" else { continue }
      course.perSecond = Double(sent) / watch.seconds
      course.end = memory
      guard sent == Int64(sizes.broadcastPeople) else {
        throw Failure(.unavailable, "of \(sizes.broadcastPeople) letters \(now["counts"]?.text ?? "?")")
      }
      break
    }
    course.cpu = server.process.cpuSeconds - cpu
    try await server.process.stop()
    return course
  }

  private func define(_ server: BenchServer, _ sink: SMTPSink, dkim: Bool) async throws {
    let api = server.process.api
    var channel: [JSONValue.Member] = [
      .init("type", "email.smtp"),
      .init("url", .string("smtp://127.0.0.1:\(sink.port)?tls=none&connections=\(Self.sessions)")),
      .init("from", "Shop <hello@shop.example>"),
    ]
    if dkim {
      try Self.makeKey(in: server.directory + "/data/keys/bench.pem")
      channel.append(.init("dkim", ["domain": "shop.example", "selector": "bench", "privateKeyFile": "bench.pem"]))
    }
    try await api.put("channels/post", .object(channel))
    let filler = String(repeating: "A line of text as letters have them, of some seventy characters.\n", count: 36)
    try await api.put(
      "templates/letter",
      [
        "channel": "email", "subject": "For {{ person.user_id }}",
        "text": .string("Hello {{ person.email }},\n\n" + filler.prefix(Self.letterBytes - 700)),
      ])
    try await api.put(
      "broadcasts/bench", ["segment": "everybody", "channel": "post", "template": "letter", "class": "transactional"])
  }

  /// Messages a second of Postfix's own load generator over as many sessions, each with many messages.
  private func smtpSource(_ sink: SMTPSink) throws -> Double {
    let count = max(2_000, sizes.broadcastPeople / 2)
    let watch = Stopwatch()
    let source = try ChildProcess(
      [
        tools + "/smtp-source", "-d", "-s", "\(Self.sessions)", "-m", "\(count)", "-l", "\(Self.letterBytes)", "-f",
        "hello@shop.example", "-t", "someone@shop.example", "127.0.0.1:\(sink.port)",
      ], errors: "/dev/null")
    guard source.wait() == 0 else { throw Failure(.unavailable, "smtp-source failed; is \(tools) complete?") }
    return Double(count) / watch.seconds
  }

  /// What `openssl speed rsa2048` signs a second on one core.
  private static func openSSLSignatures() throws -> Double {
    let speed = try ChildProcess(
      ["/usr/bin/openssl", "speed", "-mr", "-seconds", "3", "rsa2048"], errors: "/dev/null")
    // +F2:NUMBER:2048:SIGNATURES A SECOND:VERIFICATIONS A SECOND; before OpenSSL 3 the seconds of one.
    let line = try speed.line(after: "+F2:", timeoutSeconds: 60)
    speed.wait()
    let fields = line.split(separator: ":")
    guard fields.count >= 4, let figure = Double(fields[2]), figure > 0 else {
      throw Failure(.unavailable, "openssl speed answered \(line)")
    }
    return figure > 1 ? figure : 1 / figure
  }

  private static func makeKey(in path: String) throws {
    let folder = path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)
    mkdir(String(folder), 0o700)
    let made = try ChildProcess(["/usr/bin/openssl", "genrsa", "-out", path, "2048"], errors: "/dev/null")
    guard made.wait() == 0 else { throw Failure(.unavailable, "openssl genrsa failed") }
  }
}
