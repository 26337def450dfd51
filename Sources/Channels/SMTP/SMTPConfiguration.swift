/// How to reach a mail server.
public struct SMTPConfiguration: Sendable, Equatable {
  /// How a connection is protected.
  public enum TLS: String, Sendable, Equatable {
    /// From the first byte (RFC 8314 3.3): `smtps://`.
    case implicit
    /// STARTTLS, or no message.
    case required
    /// STARTTLS where the server offers it.
    case opportunistic
    /// Never, even where it is offered.
    case none
  }

  /// The server's name or address; IPv6 without brackets.
  public var host: String
  /// 1 to 65535; 25, or 465 for implicit TLS, unless the URL says otherwise.
  public var port: Int
  public var tls: TLS
  public var credentials: SMTPCredentials?
  /// How the client names itself in EHLO: its own full domain name, or an address literal.
  public var clientName = "[127.0.0.1]"
  /// A PEM file of certificates trusted instead of the system's.
  public var trustRoots: String?
  /// Whether the server's certificate must be valid for its name.
  public var verifiesCertificate = true
  public var timeouts = SMTPTimeouts()
  /// The most connections open at a time.
  public var connectionsMax = 20
  /// After how many messages a connection is closed; servers begin to refuse around a hundred or a thousand.
  public var messagesPerConnectionMax = 1000
  /// How many envelopes may wait for a connection; one more is deferred at once.
  public var queueMax = 10_000

  public init(host: String, port: Int, tls: TLS = .opportunistic, credentials: SMTPCredentials? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
    self.credentials = credentials
  }
}
