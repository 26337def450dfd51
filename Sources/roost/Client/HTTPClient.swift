import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// HTTP/1.1 to one server over connections that are kept and used again.
final class HTTPClient: Sendable {
  let address: ServerAddress
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let tls: NIOSSLContext?
  private let idle = Mutex<[any Channel]>([])

  init(_ address: ServerAddress) throws(Failure) {
    self.address = address
    do {
      tls = address.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
    } catch {
      throw Failure(.unavailable, "TLS cannot be used: \(error)")
    }
  }

  /// Sends a request and waits for the whole answer, however long the server takes. A kept connection that turns out
  /// to be closed is replaced by a new one; a request must therefore be one that may arrive twice.
  func send(_ method: HTTPMethod, _ target: String, headers: HTTPHeaders, body: [UInt8]) async throws(Failure)
    -> HTTPAnswer
  {
    var head = HTTPRequestHead(version: .http1_1, method: method, uri: address.prefix + target, headers: headers)
    head.headers.replaceOrAdd(name: "host", value: address.hostHeader)
    if !body.isEmpty || method != .GET {
      head.headers.replaceOrAdd(name: "content-length", value: String(body.count))
    }
    while let channel = idle.withLock({ $0.popLast() }) {
      guard channel.isActive else { continue }
      if let answer = try? await exchange(head, body, on: channel) { return answer }
    }
    let channel = try await connect()
    do { return try await exchange(head, body, on: channel) } catch {
      throw unreachable(Self.words(error))
    }
  }

  /// Closes all connections.
  func close() async {
    for channel in idle.withLock({ $0 }) { try? await channel.close().get() }
    try? await group.shutdownGracefully()
  }

  private func exchange(_ head: HTTPRequestHead, _ body: [UInt8], on channel: any Channel) async throws -> HTTPAnswer {
    let answer = channel.eventLoop.makePromise(of: HTTPAnswer.self)
    channel.writeAndFlush(HTTPExchange(head: head, body: ByteBuffer(bytes: body), answer: answer), promise: nil)
    let result = try await answer.futureResult.get()
    if result.keepsAlive {
      idle.withLock { $0.append(channel) }
    } else {
      channel.close(promise: nil)
    }
    return result
  }

  private func connect() async throws(Failure) -> any Channel {
    let (tls, host) = (tls, address.host)
    let bootstrap = ClientBootstrap(group: group)
      .connectTimeout(.seconds(10))
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(Self.tlsHandler(tls, host)) }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(HTTPExchangeHandler())
        }
      }
    do { return try await bootstrap.connect(host: host, port: address.port).get() } catch {
      throw unreachable(Self.words(error))
    }
  }

  /// A name is verified and sent as SNI; RFC 6066 forbids an address there.
  private static func tlsHandler(_ context: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
    do {
      return try NIOSSLClientHandler(context: context, serverHostname: host)
    } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
      return try NIOSSLClientHandler(context: context, serverHostname: nil)
    }
  }

  /// The operating system's words where it has some.
  private static func words(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let cause = error.connectionErrors.first?.error { return words(cause) }
      return "the name \(error.host) is not known"
    case let error as IOError: return systemText(error.errnoCode)
    case ChannelError.connectTimeout: return "it does not answer within ten seconds"
    case ChannelError.eof, ChannelError.ioOnClosedChannel: return "it closed the connection"
    default: return "\(error)"
    }
  }

  private func unreachable(_ cause: String) -> Failure {
    Failure(
      .unavailable,
      "no answer from \(address.text) (\(cause)); start the server with roost serve, or give its address with --url"
    )
  }
}
