/// Why a connection could not be made or used any longer. Safe for logs: holds no credentials and no message.
struct SMPPFailure: Error, Sendable, Equatable, CustomStringConvertible {
  enum Code: Sendable, Equatable {
    case unreachable, tlsFailed, timedOut, connectionLost, protocolViolation
    /// The bind was refused; because of name or password where `isCredentials`.
    case bindRefused(isCredentials: Bool)
    /// The centre said goodbye.
    case unbound
    case shutDown
  }
  var code: Code
  var detail: String

  init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  var description: String { detail }

  /// For a message of which nothing was sent.
  var outcome: TransportOutcome { .deferred(detail: detail, retryAfter: nil, fault: .channel) }

  /// What to do about it.
  func remedy(for server: SMTPConfiguration) -> String {
    let place = "\(server.host):\(server.port)"
    return switch code {
    case .unreachable: "check that a message centre listens on \(place), and that no firewall is between"
    case .tlsFailed: "check that \(place) speaks TLS; trust a private certificate with ?roots=FILE.pem in the url"
    case .timedOut, .connectionLost:
      "ask the centre's operator whether this machine's address is allowed; behind TLS the url begins with smpps://"
    case .protocolViolation: "something else than SMPP may listen on \(place); check host and port"
    case .bindRefused(isCredentials: true): "check user and password in the channel's url"
    case .bindRefused: "the centre may allow fewer connections: lower connections, or end the other client"
    case .unbound, .shutDown: "it is tried again by itself"
    }
  }
}
