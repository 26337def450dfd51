import RoostCore

/// Where a conversation stands. Each phase has its own time limit and its own place in an error.
public enum SMTPPhase: String, Sendable, Equatable, CaseIterable {
  case connect, greeting, hello, startTLS, tlsHandshake, authentication, idle, mail, recipient, data, message, finalDot,
    reset, quit
}

/// How long each phase may last. The defaults are those of RFC 5321 4.5.3.2, but for connecting, the
/// greeting and the commands before the first message: a server that is silent then keeps messages waiting that another
/// attempt may deliver.
public struct SMTPTimeouts: Sendable, Equatable {
  public var connect: TimeSpan = .seconds(30)
  public var greeting: TimeSpan = .seconds(30)
  /// EHLO, HELO, STARTTLS, the TLS handshake and AUTH, each.
  public var handshake: TimeSpan = .seconds(60)
  public var mail: TimeSpan = .seconds(300)
  public var recipient: TimeSpan = .seconds(300)
  public var data: TimeSpan = .seconds(120)
  /// Writing the whole message.
  public var message: TimeSpan = .seconds(180)
  /// From the final dot to its reply. Long, because giving up here leaves the message's fate unknown.
  public var finalDot: TimeSpan = .seconds(600)
  /// How long an unused connection is kept; servers close theirs after five minutes (RFC 5321 4.5.3.2.7).
  public var idle: TimeSpan = .seconds(30)
  /// RSET and QUIT.
  public var quit: TimeSpan = .seconds(10)

  public init() {}

  /// The time limit of a phase.
  public func limit(of phase: SMTPPhase) -> TimeSpan {
    switch phase {
    case .connect: connect
    case .greeting: greeting
    case .hello, .startTLS, .tlsHandshake, .authentication: handshake
    case .idle: idle
    case .mail: mail
    case .recipient: recipient
    case .data: data
    case .message: message
    case .finalDot: finalDot
    case .reset, .quit: quit
    }
  }
}
