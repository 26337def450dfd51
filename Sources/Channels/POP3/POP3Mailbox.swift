import NIOCore
import NIOPosix
import NIOSSL

/// A mailbox that is read by POP3 (RFC 1939), over TLS from the first byte (`pop3s://`) or after STLS (RFC 2595).
public struct POP3Mailbox: Sendable {
  private let configuration: SMTPConfiguration
  private let tls: NIOSSLContext?

  /// Larger messages are left where they are: bounces quote a message, they do not carry films.
  static let messageBytesMax = 8 << 20
  private static let sessionLimit = TimeAmount.minutes(5)

  /// - Parameter url: `pop3s://user:password@host:port`, `pop3://…` with STLS, or with `?tls=none` without any. The
  ///   options `roots`, `verify` as for SMTP.
  public init(url: String) throws(SMTPConfigurationError) {
    let isImplicit = url.hasPrefix("pop3s://")
    guard isImplicit || url.hasPrefix("pop3://") else {
      throw SMTPConfigurationError(field: "url", detail: "begins neither with pop3s:// nor with pop3://")
    }
    // Everything behind the scheme is written as for a mail server.
    var configuration = try SMTPConfiguration(url: (isImplicit ? "smtps" : "smtp") + url.dropFirst(isImplicit ? 5 : 4))
    guard let credentials = configuration.credentials else {
      throw SMTPConfigurationError(field: "url/user", detail: "is absent; write pop3s://user:password@host")
    }
    // A line break would end the command and begin another one.
    guard (credentials.user + credentials.password).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw SMTPConfigurationError(field: "url/password", detail: "holds a control character, which POP3 cannot carry")
    }
    if configuration.port == (isImplicit ? 465 : 25) { configuration.port = isImplicit ? 995 : 110 }
    if configuration.tls == .opportunistic { configuration.tls = .required }
    self.configuration = configuration
    tls = try SMTPConnector.makeContext(configuration)
  }

  /// Reads messages; those that are dealt with are deleted, in the end and all together, as POP3 does it.
  ///
  /// - Parameters:
  ///   - isKnown: whether a message, by its lasting id, need not be read again.
  ///   - take: what is done with a message; `true`: it may be deleted.
  /// - Throws: `POP3Failure`; what was taken by then may come again.
  public func read(
    most: Int, on group: any EventLoopGroup, isKnown: @Sendable (String) -> Bool,
    take: @Sendable (String, [UInt8]) async -> Bool
  ) async throws {
    let configuration = configuration
    let connection = try await ClientBootstrap(group: group)
      .connectTimeout(.seconds(30))
      .connect(host: configuration.host, port: configuration.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          if configuration.tls == .implicit { try channel.pipeline.syncOperations.addHandler(try tlsHandler()) }
          try channel.pipeline.syncOperations.addHandler(POP3InboundCount())
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let channel = connection.channel
    let limit = channel.eventLoop.scheduleTask(in: Self.sessionLimit) { channel.close(promise: nil) }
    defer { limit.cancel() }
    try await connection.executeThenClose { inbound, outbound in
      var session = POP3Session(lines: POP3Lines(inbound.makeAsyncIterator()), outbound: outbound)
      try await session.expectOK("the greeting")
      if configuration.tls == .required {
        try await session.command("STLS")
        // Made and added on the event loop: the handler is no other thread's.
        let inTheClear = try await channel.eventLoop.submit {
          try channel.pipeline.syncOperations.addHandler(try tlsHandler(), position: .first)
          return try channel.pipeline.syncOperations.handler(type: POP3InboundCount.self).bytes
        }.get()
        // CVE-2011-0411: what somebody put behind the answer would be taken for what came over TLS.
        guard inTheClear == session.lines.bytesTaken else {
          throw POP3Failure("the server said more than its answer to STLS before TLS began")
        }
      }
      try await session.logIn(configuration.credentials)
      for (number, uid) in try await session.uids().filter({ !isKnown($0.uid) }).prefix(most) {
        guard let message = try await session.retrieve(number) else { continue }
        if await take(uid, message) { try await session.command("DELE \(number)") }
      }
      try await session.command("QUIT")
    }
  }

  private func tlsHandler() throws -> NIOSSLClientHandler {
    guard let tls else { throw POP3Failure("TLS is switched off") }
    let isAddress = (try? SocketAddress(ipAddress: configuration.host, port: 0)) != nil
    return try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : configuration.host)
  }
}

/// Why a mailbox could not be read. Safe for logs.
public struct POP3Failure: Error, Sendable, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}

/// Counts what a connection has brought so far.
private final class POP3InboundCount: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  private(set) var bytes = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes += unwrapInboundIn(data).readableBytes
    context.fireChannelRead(data)
  }
}

/// Lines out of what a connection brings.
struct POP3Lines {
  private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private var bytes: [UInt8] = []
  private var place = 0
  private static let lineBytesMax = 1 << 20
  private var bytesReceived = 0
  /// Of all that came, what was given out as lines.
  var bytesTaken: Int { bytesReceived - (bytes.count - place) }

  init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.inbound = inbound }

  /// The next line without its end.
  mutating func next() async throws -> ArraySlice<UInt8> {
    var searched = place
    while true {
      if let end = bytes[searched...].firstIndex(of: 0x0A) {
        let line = bytes[place..<(end > place && bytes[end - 1] == 0x0D ? end - 1 : end)]
        place = end + 1
        return line
      }
      searched = bytes.count - place
      bytes.removeSubrange(..<place)
      place = 0
      guard bytes.count <= Self.lineBytesMax else { throw POP3Failure("the server sent a line without end") }
      guard let more = try await inbound.next() else { throw POP3Failure("the server ended the connection") }
      bytes += more.readableBytesView
      bytesReceived += more.readableBytes
    }
  }
}

/// The conversation: one command, one answer.
struct POP3Session {
  var lines: POP3Lines
  let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private static let messagesMax = 100_000

  mutating func expectOK(_ what: String) async throws {
    let answer = try await lines.next()
    guard answer.starts(with: "+OK".utf8) else {
      throw POP3Failure("the server refused \(what): \(String(decoding: answer.prefix(200), as: UTF8.self))")
    }
  }

  /// - Parameter name: what to call it in an error, where the command holds a secret.
  mutating func command(_ text: String, name: String? = nil) async throws {
    try await outbound.write(ByteBuffer(string: text + "\r\n"))
    try await expectOK(name ?? text)
  }

  mutating func logIn(_ credentials: SMTPCredentials?) async throws {
    guard let credentials else { return }
    try await command("USER \(credentials.user)", name: "the user name")
    try await command("PASS \(credentials.password)", name: "the password")
  }

  /// All messages by their lasting ids.
  mutating func uids() async throws -> [(number: Int, uid: String)] {
    try await command("UIDL")
    var found: [(number: Int, uid: String)] = []
    while true {
      let line = try await lines.next()
      if line.elementsEqual(".".utf8) { return found }
      let parts = String(decoding: line, as: UTF8.self).split(separator: " ")
      if parts.count == 2, let number = Int(parts[0]), found.count < Self.messagesMax {
        found.append((number, String(parts[1])))
      }
    }
  }

  /// A message with LF at its line ends; `nil` if it is too large.
  mutating func retrieve(_ number: Int) async throws -> [UInt8]? {
    try await command("RETR \(number)")
    var message: [UInt8] = []
    var isTooLarge = false
    while true {
      let line = try await lines.next()
      if line.elementsEqual(".".utf8) { return isTooLarge ? nil : message }
      isTooLarge = isTooLarge || message.count > POP3Mailbox.messageBytesMax
      guard !isTooLarge else { continue }
      message += line.first == UInt8(ascii: ".") ? line.dropFirst() : line
      message.append(0x0A)
    }
  }
}
