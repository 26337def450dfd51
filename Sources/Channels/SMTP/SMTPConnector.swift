import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to one server.
struct SMTPConnector: Sendable {
  let configuration: SMTPConfiguration
  private let group: any EventLoopGroup
  private let tlsContext: NIOSSLContext?

  /// - Throws: `SMTPConfigurationError` when the trust roots cannot be read.
  init(configuration: SMTPConfiguration, group: any EventLoopGroup) throws(SMTPConfigurationError) {
    self.configuration = configuration
    self.group = group
    tlsContext = try Self.makeContext(configuration)
  }

  static func makeContext(_ configuration: SMTPConfiguration) throws(SMTPConfigurationError) -> NIOSSLContext? {
    guard configuration.tls != .none else { return nil }
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if !configuration.verifiesCertificate { tls.certificateVerification = .none }
    do {
      if let file = configuration.trustRoots {
        // Read now: the library itself would only complain at the first handshake.
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
      }
      return try NIOSSLContext(configuration: tls)
    } catch {
      throw SMTPConfigurationError(
        field: "trustRoots",
        detail: "cannot be read; name a file of PEM certificates that this user may read (\(error))")
    }
  }

  /// Opens a connection for `owner`, to whom everything that follows is reported.
  ///
  /// - Parameter connected: called on the event loop before the connection reports anything.
  func open<Owner: SMTPConnectionOwner>(
    _ id: Int, owner: Owner, connected: @escaping @Sendable (SMTPConnection<Owner>) -> Void
  ) {
    let configuration = configuration
    let makeTLSHandler = tlsHandlerFactory
    ClientBootstrap(group: group.next())
      .connectTimeout(.milliseconds(configuration.timeouts.connect.milliseconds))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Nothing is read, and so nothing happens, before the connection is known to its owner.
      .channelOption(.autoRead, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if configuration.tls == .implicit { try channel.pipeline.syncOperations.addHandler(makeTLSHandler()) }
          try channel.pipeline.syncOperations.addHandler(
            SMTPChannelHandler(id: id, owner: owner, configuration: configuration, makeTLSHandler: makeTLSHandler))
        }
      }
      .connect(host: configuration.host, port: configuration.port)
      .flatMapThrowing { channel in
        let handler = try channel.pipeline.syncOperations.handler(type: SMTPChannelHandler<Owner>.self)
        connected(SMTPConnection(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop)))
        handler.adopt()
      }
      .whenFailure { error in owner.closed(id, failure: Self.failure(error)) }
  }

  private var tlsHandlerFactory: @Sendable () throws -> NIOSSLClientHandler {
    let tlsContext = tlsContext
    let host = configuration.host
    // RFC 6066 3: a server name is a name, never an address.
    let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
    return {
      guard let tlsContext else { throw SMTPConfigurationError(field: "tls", detail: "is switched off") }
      return try NIOSSLClientHandler(context: tlsContext, serverHostname: isAddress ? nil : host)
    }
  }

  private static func failure(_ error: any Error) -> SMTPFailure {
    if let error = error as? ChannelError, case .connectTimeout = error {
      return SMTPFailure(.timedOut, phase: .connect, detail: "The server did not accept a connection in time")
    }
    return SMTPFailure(.unreachable, phase: .connect, detail: "No connection to the server: \(error)")
  }
}
