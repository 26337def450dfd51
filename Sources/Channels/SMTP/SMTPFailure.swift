/// Why a connection could not be made or used any longer. Safe for logs: holds no credentials and no message.
public struct SMTPFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of failures.
  public enum Code: Sendable, Equatable {
    /// No connection: refused, unreachable, name not found.
    case unreachable
    /// Nothing happened for as long as the phase may last.
    case timedOut
    /// The server closed the connection, or the network broke it.
    case connectionLost
    /// The server's bytes are no SMTP replies, or none that fit here.
    case protocolViolation
    /// The server answered a command of the session, not of a message, with 4xx or 5xx.
    case refused
    /// STARTTLS is required and not offered.
    case tlsNotOffered
    /// The handshake failed, mostly because of the certificate.
    case tlsFailed
    /// No common way to authenticate, or none that keeps the password secret.
    case authenticationUnavailable
    /// The server refused the credentials.
    case authenticationRefused
    /// The connection was closed on purpose.
    case shutDown
  }

  public var code: Code
  /// Where the conversation stood.
  public var phase: SMTPPhase
  /// What the server said, if it said anything.
  public var reply: SMTPReply?
  /// What happened, in words.
  public var detail: String

  public init(_ code: Code, phase: SMTPPhase, reply: SMTPReply? = nil, detail: String) {
    self.code = code
    self.phase = phase
    self.reply = reply
    self.detail = detail
  }

  public var description: String {
    guard let reply else { return "\(detail) (\(phase.rawValue))" }
    return "\(detail) (\(phase.rawValue)): \(reply)"
  }

  /// What it means for a message of which the final dot was not written.
  var outcome: DeliveryOutcome { .deferred(code: reply?.code, reply: description) }
}
