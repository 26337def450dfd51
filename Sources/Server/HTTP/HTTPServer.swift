import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import RoostCore
import Runtime
import Synchronization

/// Roost's one HTTP port: collecting, management and pages.
public final class HTTPServer: Sendable {
  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  private let connections: Connections
  private let pages: Pages

  /// Where it listens, with the port that was really taken.
  public let address: (host: String, port: Int)

  /// Binds and starts to serve. Throws a `Problem` that names the address and the remedy.
  public static func start(node: Node, host: String, port: Int, log: Logger) async throws(Problem) -> HTTPServer {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let connections = Connections()
    let admission = Admission(bytesMax: 128 << 20)
    let collector = Collector(node: node)
    let pages = Pages(node: node)
    let router = Router(
      management: Management(node: node), pages: pages,
      probes: Probes(
        node: node, admission: admission, connections: connections, isLoopback: isLoopback(host, port)),
      sdk: SDK(node: node),
      hosted: HostedPages(node: node), inbound: InboundMail(node: node),
      callbacks: InboundCallback(node: node),
      inbox: Inbox(node: node))
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard connections.add(channel) else { return channel.close(promise: nil) }
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
          try pipeline.addHandler(HTTPHandler(collector: collector, router: router, admission: admission))
        }
      }
    do {
      let channel = try await bootstrap.bind(host: host, port: port).get()
      let taken = channel.localAddress?.port ?? port
      return HTTPServer(group: group, channel: channel, connections: connections, pages: pages, address: (host, taken))
    } catch {
      try? await group.shutdownGracefully()
      throw Problem(
        .unavailable,
        "cannot listen on \(host):\(port) (\(error)); choose another with --host and --port, or end what listens there")
    }
  }

  /// Whether a name or address is this machine's own, and no other's.
  private static func isLoopback(_ host: String, _ port: Int) -> Bool {
    // What cannot be looked up cannot be bound either.
    switch try? SocketAddress.makeAddressResolvingHost(host, port: port) {
    case .v4(let address)?:
      withUnsafeBytes(of: address.address.sin_addr.s_addr) { $0[0] == 127 }
    case .v6(let address)?:
      withUnsafeBytes(of: address.address.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0[15] == 1 }
    case .unixDomainSocket?, nil: false
    }
  }

  private init(
    group: MultiThreadedEventLoopGroup, channel: any Channel, connections: Connections, pages: Pages,
    address: (String, Int)
  ) {
    self.group = group
    self.channel = channel
    self.connections = connections
    self.pages = pages
    self.address = address
  }

  /// The path and query of a link that signs in to the console once, within fifteen minutes.
  public func makeSignInLink() -> String { pages.makeSignInLink() }

  /// Accepts nothing new, lets what is under way be answered (at most ten seconds), then closes.
  public func stop() async {
    _ = try? await channel.close().get()
    connections.quiesce()
    for _ in 0..<1_000 where connections.count > 0 { try? await Task.sleep(for: .milliseconds(10)) }
    try? await group.shutdownGracefully()
  }
}

/// The open connections, so that an end of service can let them finish.
final class Connections: Sendable {
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
  static let openMax = 10_000

  /// `false` when too many are open.
  func add(_ channel: any Channel) -> Bool {
    let added = channels.withLock { channels in
      guard channels.count < Self.openMax else { return false }
      channels[ObjectIdentifier(channel)] = channel
      return true
    }
    if added {
      channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[ObjectIdentifier(channel)] = nil } }
    }
    return added
  }

  var count: Int { channels.withLock { $0.count } }

  func quiesce() {
    for channel in channels.withLock({ Array($0.values) }) {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
  }
}
