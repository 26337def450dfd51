import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A mail server on a free port that answers as it is told.
final class ScriptedServer: Sendable {
  /// What happens at a point of the conversation instead of the usual answer.
  enum Behaviour: Sendable, Equatable {
    case answer(String)
    case close
    case silence
    /// The usual answer, a byte at a time.
    case dribble
    /// An answer, after which nothing is read any more.
    case answerAndStopReading(String)
  }

  /// The points of a conversation. `message` is the line with the final dot.
  enum Point: String, Sendable, CaseIterable {
    case greeting, ehlo, helo, starttls, auth, mail, rcpt, data, message, rset, quit
  }

  struct Script: Sendable {
    var behaviours: [Point: Behaviour] = [:]
    /// The first connections that the behaviours apply to; the later ones are served well.
    var misbehavingConnections = Int.max
    var capabilities = ["PIPELINING", "8BITMIME", "SMTPUTF8"]
    var tls: NIOSSLContext?
    var isImplicitTLS = false
  }

  /// What the connections leave behind.
  final class Record: Sendable {
    let state = Mutex<(lines: [String], channels: [any Channel])>(([], []))
  }

  let port: Int
  private let channel: any Channel
  private let record: Record

  init(_ script: Script, group: any EventLoopGroup) async throws {
    let record = Record()
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_rcvbuf), value: 65_536)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if script.isImplicitTLS, let tls = script.tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
          }
          try channel.pipeline.syncOperations.addHandler(ScriptedConnection(script: script, record: record))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
    self.record = record
  }

  /// The commands received on all connections.
  var lines: [String] { record.state.withLock { $0.lines } }
  var connections: Int { record.state.withLock { $0.channels.count } }

  /// Takes no more connections.
  func close() async { try? await channel.close() }

  /// Ends the connections that are open.
  func closeConnections() async {
    for channel in record.state.withLock({ $0.channels }) { try? await channel.close() }
  }
}

/// One connection of a `ScriptedServer`.
private final class ScriptedConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var script: ScriptedServer.Script
  private let record: ScriptedServer.Record
  private var buffer: [UInt8] = []
  private var isInMessage = false
  private var recipients = 0

  init(script: ScriptedServer.Script, record: ScriptedServer.Record) {
    self.script = script
    self.record = record
  }

  func channelActive(context: ChannelHandlerContext) {
    let number = record.state.withLock { state in
      state.channels.append(context.channel)
      return state.channels.count
    }
    if number > script.misbehavingConnections { script.behaviours = [:] }
    answer(.greeting, "220 mx.example ready", context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    buffer += Array(unwrapInboundIn(data).readableBytesView)
    while let end = buffer.firstIndex(of: 0x0A) {
      let line = String(decoding: buffer[..<end].filter { $0 != 0x0D }, as: UTF8.self)
      buffer.removeSubrange(...end)
      take(line, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func take(_ line: String, _ context: ChannelHandlerContext) {
    if isInMessage {
      guard line == "." else { return }
      isInMessage = false
      answer(.message, recipients > 0 ? "250 2.0.0 queued" : "554 5.5.1 no recipients", context)
      recipients = 0
      return
    }
    record.state.withLock { $0.lines.append(line) }
    let word = line.prefix { $0 != " " }.lowercased()
    switch ScriptedServer.Point(rawValue: word) {
    case .ehlo: answer(.ehlo, ehlo, context)
    case .helo: answer(.helo, "250 mx.example", context)
    case .starttls: startTLS(context)
    case .auth: answer(.auth, "235 2.7.0 welcome", context)
    case .mail: answer(.mail, "250 2.1.0 ok", context)
    case .rcpt: if answer(.rcpt, "250 2.1.5 ok", context) { recipients += 1 }
    case .data: isInMessage = answer(.data, "354 go ahead", context)
    case .rset:
      recipients = 0
      answer(.rset, "250 2.0.0 flushed", context)
    case .quit:
      answer(.quit, "221 2.0.0 bye", context)
      context.close(promise: nil)
    default: write("500 5.5.2 what?", context)
    }
  }

  private var ehlo: String {
    let words = ["mx.example"] + script.capabilities
    return words.enumerated().map { "250\($0.offset + 1 < words.count ? "-" : " ")\($0.element)" }
      .joined(separator: "\r\n")
  }

  private func startTLS(_ context: ChannelHandlerContext) {
    guard answer(.starttls, "220 go ahead", context), let tls = script.tls else { return }
    script.capabilities.removeAll { $0 == "STARTTLS" }
    try? context.channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
  }

  /// Returns true when the answer was the usual one.
  @discardableResult
  private func answer(_ point: ScriptedServer.Point, _ usual: String, _ context: ChannelHandlerContext) -> Bool {
    switch script.behaviours[point] {
    case nil:
      write(usual, context)
      return true
    case .answer(let text)?: write(text, context)
    case .close?: context.close(promise: nil)
    case .silence?: break
    case .dribble?:
      dribble(Array((usual + "\r\n").utf8)[...], context)
      return true
    case .answerAndStopReading(let text)?:
      write(text, context)
      context.channel.setOption(.autoRead, value: false).assumeIsolated().whenFailure { _ in context.close(promise: nil)
      }
    }
    return false
  }

  private func write(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
  }

  private func dribble(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
    guard let byte = bytes.first else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [byte])), promise: nil)
    context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) { [self] in
      dribble(bytes.dropFirst(), context)
    }
  }
}
