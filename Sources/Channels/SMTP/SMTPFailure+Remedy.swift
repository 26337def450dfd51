extension SMTPFailure {
  /// What a person can do about it, in one or two sentences.
  func remedy(for configuration: SMTPConfiguration) -> String {
    let address = "\(configuration.host):\(configuration.port)"
    switch code {
    case .unreachable:
      return "Check that a mail server listens on \(address), that the name is right and that no firewall is between"
    case .timedOut where phase == .connect:
      return "Nothing answers on \(address): many hosters block port 25; try 587, or 465 with smtps://"
    case .timedOut where phase == .greeting:
      return configuration.tls == .implicit
        ? "The port may not expect TLS from the first byte; try smtp:// with port 587"
        : "The port may expect TLS from the first byte; try smtps:// with port 465"
    case .timedOut: return "The server is overloaded or blocks this client; ask its operator, or raise timeout="
    case .connectionLost: return "The server hangs up on this client; ask its operator whether this address is allowed"
    case .protocolViolation: return "Something else than a mail server may listen on \(address); check host and port"
    case .refused: return "Ask the server's operator with the reply above; set helo= to this machine's full name"
    case .tlsNotOffered:
      return "Use a server that offers STARTTLS, smtps:// for TLS from the first byte, or tls=opportunistic"
    case .tlsFailed:
      return configuration.tls == .implicit
        ? "Check that the port expects TLS from the first byte; trust a private certificate with roots=FILE.pem"
        : "Use the host name that the certificate is for; trust a private certificate with roots=FILE.pem"
    case .authenticationUnavailable:
      return "Use a port with TLS and AUTH PLAIN or LOGIN (mostly 587 or 465), or remove user and password from the URL"
    case .authenticationRefused: return "Check user and password in the channel's URL, percent-encoded where needed"
    case .shutDown: return "Try again"
    }
  }
}
