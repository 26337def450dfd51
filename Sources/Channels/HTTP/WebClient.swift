import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RoostCore
import Synchronization

/// A request to somebody's web address.
public struct WebRequest: Sendable {
  public var method = "POST"
  public var url: String
  public var headers: [(String, String)]
  public var body: [UInt8]

  public init(method: String = "POST", url: String, headers: [(String, String)] = [], body: [UInt8] = []) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What came back.
public struct WebAnswer: Sendable {
  public var status: Int
  public var headers: [(String, String)]
  public var body: [UInt8]

  /// The first header of a name.
  public func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name.lowercased() }?.1 }

  /// The body's beginning as text, for details.
  public var excerpt: String {
    let text = String(decoding: body.prefix(300), as: UTF8.self)
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
  }
}

/// Why there is no answer.
public enum WebFailure: Error, Sendable, Equatable {
  /// Nothing was sent: no connection, no such host, a certificate that is not to be trusted.
  case notSent(String)
  /// The target may not be talked to.
  case refused(String)
  /// The request, or a part of it, was sent, and no whole answer came.
  case noAnswer(String)
}

/// An HTTP client for URLs that others choose and for providers' interfaces: HTTP/2 where the server offers it, no
/// redirects, bounded answers, deadlines. Unless it is allowed, it talks to public addresses only: a name is looked up
/// first, and the connection goes to the very address that was checked.
public final class WebClient: Sendable {
  public struct Configuration: Sendable {
    /// Whether private and loopback addresses may be talked to.
    public var allowsPrivateTargets = false
    /// A PEM file of certificates trusted besides the system's.
    public var trustRoots: String?
    public var connectSeconds = 10
    /// For the whole of a request.
    public var timeoutSeconds = 30
    public var answerBytesMax = 1 << 20
    /// HTTP/1 connections to one host.
    public var connectionsPerHost = 32
    public init() {}
  }

  private struct State {
    var clients: [String: Entry] = [:]
    var isShutDown = false
  }
  /// The connections to one host.
  private struct Entry {
    var client: HTTPClient
    var madeAt: NIODeadline
    var usedAt: NIODeadline
  }

  /// Hosts with connections; the one unused for longest makes room.
  private static let hostsMax = 64
  /// After this, a name is looked up anew.
  private static let lookupMinutes: Int64 = 5

  private let state = Mutex(State())
  private let configuration: Configuration
  private let group: any EventLoopGroup
  private let roots: [NIOSSLCertificate]

  /// - Throws: `WebFailure.refused` when the file of trust roots cannot be read.
  public init(_ configuration: Configuration = Configuration(), group: any EventLoopGroup) throws(WebFailure) {
    self.configuration = configuration
    self.group = group
    guard let path = configuration.trustRoots else {
      roots = []
      return
    }
    do { roots = try NIOSSLCertificate.fromPEMFile(path) } catch {
      throw .refused("the certificates in \(path) cannot be read")
    }
  }

  /// Sends a request; throws if there is no answer. An answer of any status is an answer.
  public func send(_ request: WebRequest) async throws(WebFailure) -> WebAnswer {
    guard let address = WebAddress(request.url) else { throw .refused("the address is no http or https URL") }
    let client = try await client(for: address.host)
    var outgoing = HTTPClientRequest(url: address.text)
    outgoing.method = HTTPMethod(rawValue: request.method)
    for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
    if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
    do {
      let answer = try await client.execute(outgoing, timeout: .seconds(Int64(configuration.timeoutSeconds)))
      let body = try await answer.body.collect(upTo: configuration.answerBytesMax)
      return WebAnswer(
        status: Int(answer.status.code), headers: answer.headers.map { ($0.name, $0.value) },
        body: Array(body.readableBytesView))
    } catch { throw Self.failure(error) }
  }

  private static func failure(_ error: any Error) -> WebFailure {
    switch error {
    case let error as HTTPClientError where error == .connectTimeout || error == .getConnectionFromPoolTimeout:
      return .notSent("no connection within the time allowed")
    case let error as HTTPClientError
    where error == .tlsHandshakeTimeout || error == .alreadyShutdown || error == .cancelled:
      return .notSent("\(error.shortDescription)")
    case is NIOConnectionError: return .notSent("no connection: refused, or nobody answers")
    case let error as NIOSSLError: return .notSent("TLS failed: \(error)")
    case let error as IOError where error.errnoCode == ECONNREFUSED: return .notSent("the connection was refused")
    case let error as HTTPClientError: return .noAnswer(error.shortDescription)
    default: return .noAnswer("\(error)")
    }
  }

  private func client(for host: String) async throws(WebFailure) -> HTTPClient {
    let now = NIODeadline.now()
    if let known = known(host, now) { return known }
    let pinned = configuration.allowsPrivateTargets ? nil : try await publicAddress(of: host)
    let made = make(host, pinned)
    let (chosen, unused) = state.withLock { state -> (HTTPClient?, [HTTPClient]) in
      guard !state.isShutDown else { return (nil, [made]) }
      var unused: [HTTPClient] = []
      if let old = state.clients[host] { unused.append(old.client) }
      state.clients[host] = Entry(client: made, madeAt: now, usedAt: now)
      if state.clients.count > Self.hostsMax, let oldest = state.clients.min(by: { $0.value.usedAt < $1.value.usedAt })
      {
        state.clients[oldest.key] = nil
        unused.append(oldest.value.client)
      }
      return (made, unused)
    }
    for client in unused { Self.retire(client) }
    guard let chosen else { throw .notSent("the channel is shutting down") }
    return chosen
  }

  private func known(_ host: String, _ now: NIODeadline) -> HTTPClient? {
    state.withLock { state in
      guard let entry = state.clients[host] else { return nil }
      if !configuration.allowsPrivateTargets, now - entry.madeAt > .minutes(Self.lookupMinutes) { return nil }
      state.clients[host]!.usedAt = now
      return entry.client
    }
  }

  private func make(_ host: String, _ pinned: String?) -> HTTPClient {
    var settings = HTTPClient.Configuration()
    settings.redirectConfiguration = .disallow
    settings.timeout.connect = .seconds(Int64(configuration.connectSeconds))
    settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connectionsPerHost
    // A dead host is the channel's to wait for, not the client's.
    settings.connectionPool.retryConnectionEstablishment = false
    if let pinned { settings.dnsOverride = [host: pinned] }
    if !roots.isEmpty {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.additionalTrustRoots = [.certificates(roots)]
      settings.tlsConfiguration = tls
    }
    return HTTPClient(eventLoopGroupProvider: .shared(group), configuration: settings)
  }

  /// What is under way may end; nothing new goes there.
  private static func retire(_ client: HTTPClient) {
    Task {
      do { try await Task.sleep(for: .seconds(60)) } catch {}
      do { try await client.shutdown() } catch {}
    }
  }

  /// The first of a host's addresses if all of them are public.
  private func publicAddress(of host: String) async throws(WebFailure) -> String {
    let found: [SocketAddress]
    do { found = try await lookUp(host) } catch { throw .notSent("the host \(host) cannot be found") }
    guard let first = found.first else { throw .notSent("the host \(host) has no address") }
    guard found.allSatisfy(NetworkAddress.isPublic), let address = first.ipAddress else {
      throw .refused(
        "\(host) lies in a private network; a channel may go there only if it says \"allowPrivateTargets\": true")
    }
    return address
  }

  /// `getaddrinfo` blocks, so it runs on threads for that.
  private func lookUp(_ host: String) async throws -> [SocketAddress] {
    try await NIOThreadPool.singleton.runIfActive {
      var hints = addrinfo()
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      var list: UnsafeMutablePointer<addrinfo>?
      guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
      defer { freeaddrinfo(list) }
      var found: [SocketAddress] = []
      var next = list
      while let entry = next?.pointee {
        switch entry.ai_family {
        case AF_INET:
          entry.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { found.append(SocketAddress($0.pointee)) }
        case AF_INET6:
          entry.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
            found.append(SocketAddress($0.pointee))
          }
        default: break
        }
        next = entry.ai_next
      }
      return found
    }
  }

  /// Closes all connections.
  public func shutdown() async {
    let clients = state.withLock { state in
      state.isShutDown = true
      defer { state.clients = [:] }
      return state.clients.values.map(\.client)
    }
    for client in clients { do { try await client.shutdown() } catch {} }
  }
}
