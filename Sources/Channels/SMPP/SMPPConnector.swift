import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to one message centre.
struct SMPPConnector: Sendable {
  let configuration: SMPPConfiguration
  private let group: any EventLoopGroup
  private let tls: NIOSSLContext?

  /// - Throws: `SMTPConfigurationError` when the trust roots cannot be read.
  init(configuration: SMPPConfiguration, group: any EventLoopGroup) throws(SMTPConfigurationError) {
    self.configuration = configuration
    self.group = group
    tls = try SMTPConnector.makeContext(configuration.server)
  }

  /// Opens a connection for `owner`, to whom everything that follows is reported.
  ///
  /// - Parameter connected: called on the event loop before the connection reports anything.
  func open<Owner: SMPPConnectionOwner>(
    _ id: Int, role: SMPPRole, owner: Owner, connected: @escaping @Sendable (SMPPConnection<Owner>) -> Void
  ) {
    let configuration = configuration
    let server = configuration.server
    let tls = tls
    ClientBootstrap(group: group.next())
      .connectTimeout(.milliseconds(configuration.timeout.milliseconds))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Nothing is read, and so nothing happens, before the connection is known to its owner.
      .channelOption(.autoRead, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            // RFC 6066 3: a server name is a name, never an address.
            let isAddress = (try? SocketAddress(ipAddress: server.host, port: 0)) != nil
            try channel.pipeline.syncOperations.addHandler(
              try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : server.host))
          }
          try channel.pipeline.syncOperations.addHandler(
            SMPPChannelHandler(id: id, owner: owner, configuration: configuration, role: role))
        }
      }
      .connect(host: server.host, port: server.port)
      .flatMapThrowing { channel in
        let handler = try channel.pipeline.syncOperations.handler(type: SMPPChannelHandler<Owner>.self)
        connected(SMPPConnection(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop)))
        handler.adopt()
      }
      .whenFailure { error in
        let isTimeout = if case .connectTimeout? = error as? ChannelError { true } else { false }
        owner.closed(
          id,
          SMPPFailure(
            isTimeout ? .timedOut : .unreachable,
            isTimeout ? "the centre did not accept a connection in time" : "no connection to the centre: \(error)"))
      }
  }
}
