/// The client's side of an SMTP conversation (RFC 5321), as a pure state machine.
///
/// Each event is a call that returns what to do. The caller owns the socket, the bytes and the clock.
struct SMTPSession: Sendable {
  /// What to do next.
  enum Action: Equatable {
    /// Nothing, as long as the phase may last.
    case wait
    case send([SMTPCommand])
    /// Begin the TLS handshake; call `tlsEstablished()` when it is done.
    case startTLS
    /// The connection can take a message.
    case ready
    /// Write the message with its final dot; call `messageWriting()` and `messageWritten(_:)`.
    case sendMessage
    /// Write a lone final dot.
    case sendEmptyMessage
    /// The envelope's outcomes are known and the connection can take the next one.
    case complete([DeliveryOutcome])
    /// The envelope's outcomes are known, and the next one's commands are on their way.
    case completeAndContinue([DeliveryOutcome])
    /// The envelope's outcomes are known; send RSET, and wait for `ready`.
    case completeAndReset([DeliveryOutcome])
    /// The envelope's outcomes are known; close the connection.
    case completeAndFail([DeliveryOutcome], SMTPFailure)
    /// Nothing was sent of the envelope and another connection may take it; close this one.
    case giveBack(SMTPFailure)
    /// Close the connection.
    case fail(SMTPFailure)
    /// Close the connection: both sides are done.
    case close
  }

  enum State: Equatable {
    case initial, greeting, hello, helloFallback, startTLS, tlsHandshake, authPlain, authLogin, authLoginUser,
      authLoginPassword, ready, transaction, reset, quitting, closed
  }

  let tls: SMTPConfiguration.TLS
  let credentials: SMTPCredentials?
  let clientName: String
  var state = State.initial
  var isSecure: Bool
  private(set) var capabilities = SMTPCapabilities()
  private var transaction: SMTPTransaction?
  /// The next one, whose commands went along with the end of this one's message (RFC 2920 3.1). Whatever becomes of the
  /// connection, nothing of its message was ever sent.
  private var following: SMTPTransaction?
  private var transactionsBegun = 0

  init(configuration: SMTPConfiguration) {
    tls = configuration.tls
    credentials = configuration.credentials
    clientName = configuration.clientName
    isSecure = configuration.tls == .implicit
  }

  /// Where the conversation stands, for its time limit.
  var phase: SMTPPhase {
    switch state {
    case .initial: .connect
    case .greeting: .greeting
    case .hello, .helloFallback: .hello
    case .startTLS: .startTLS
    case .tlsHandshake: .tlsHandshake
    case .authPlain, .authLogin, .authLoginUser, .authLoginPassword: .authentication
    case .ready, .closed: .idle
    case .transaction: transaction?.phase ?? .idle
    case .reset: .reset
    case .quitting: .quit
    }
  }

  var isClosed: Bool { state == .closed }
  /// The envelope in hand.
  var envelope: SMTPEnvelope? { transaction?.envelope }

  /// The connection stands (with implicit TLS: the handshake may still be going on).
  mutating func connected() -> Action {
    state = .greeting
    return .wait
  }

  /// The handshake that STARTTLS asked for is done: everything known about the server is forgotten (RFC 3207 4.2).
  mutating func tlsEstablished() -> Action {
    guard state == .tlsHandshake else { return .wait }
    isSecure = true
    return hello()
  }

  /// A complete reply arrived.
  mutating func replied(_ reply: SMTPReply) -> Action {
    switch state {
    case .transaction: return repliedInTransaction(reply)
    case .reset:
      guard reply.kind == .success else { return fail(.refused, reply, "The server refused RSET") }
      state = .ready
      return .ready
    case .quitting:
      state = .closed
      return .close
    case .ready where reply.code == 421: return fail(.connectionLost, reply, "The server ended an idle connection")
    case .ready, .initial, .tlsHandshake, .closed:
      return fail(.protocolViolation, reply, "The server answered without having been asked")
    default: return repliedInHandshake(reply)
    }
  }

  mutating func hello() -> Action {
    state = .hello
    capabilities = SMTPCapabilities()
    return .send([.ehlo(clientName)])
  }

  mutating func adopt(_ capabilities: SMTPCapabilities) { self.capabilities = capabilities }

  /// Takes an envelope; only a ready connection can.
  mutating func deliver(_ envelope: SMTPEnvelope) -> Action {
    guard state == .ready else {
      return .giveBack(SMTPFailure(.connectionLost, phase: phase, detail: "The connection has ended"))
    }
    if let refusal = refusal(of: envelope) {
      return .complete(Array(repeating: refusal, count: envelope.recipients.count))
    }
    let transaction = SMTPTransaction(envelope: envelope, capabilities: capabilities)
    self.transaction = transaction
    transactionsBegun += 1
    state = .transaction
    return .send(transaction.opening)
  }

  /// What comes of an envelope that is to follow the one in hand.
  enum Follow: Equatable {
    /// Send these right after the final dot.
    case send([SMTPCommand])
    case refused([DeliveryOutcome])
  }

  /// Whether another envelope's commands may be sent with the end of the message in hand.
  var canBeFollowed: Bool { state == .transaction && capabilities.pipelining && following == nil }

  /// Takes the envelope that comes next; only where `canBeFollowed`.
  mutating func follow(with envelope: SMTPEnvelope) -> Follow {
    if let refusal = refusal(of: envelope) {
      return .refused(Array(repeating: refusal, count: envelope.recipients.count))
    }
    var transaction = SMTPTransaction(envelope: envelope, capabilities: capabilities)
    transaction.isFollowing = true
    following = transaction
    transactionsBegun += 1
    return .send(transaction.opening)
  }

  /// What the server's announcements already tell: sending would only waste both sides' time.
  private func refusal(of envelope: SMTPEnvelope) -> DeliveryOutcome? {
    if let sizeMax = capabilities.sizeMax, envelope.size > sizeMax {
      return .rejected(
        code: 552, enhanced: EnhancedStatus(category: 5, subject: 3, detail: 4),
        reply: "The message has \(envelope.size) bytes and the server takes \(sizeMax)")
    }
    if envelope.needsUTF8, !capabilities.smtpUTF8 {
      return .rejected(
        code: 553, enhanced: EnhancedStatus(category: 5, subject: 6, detail: 7),
        reply: "An address is outside ASCII and the server has no SMTPUTF8")
    }
    if envelope.needsEightBit, !envelope.needsUTF8, !capabilities.eightBitMIME {
      return .rejected(
        code: 554, enhanced: EnhancedStatus(category: 5, subject: 6, detail: 3),
        reply: "The message has bytes above 127 and the server has no 8BITMIME")
    }
    return nil
  }

  private mutating func repliedInTransaction(_ reply: SMTPReply) -> Action {
    if reply.code == 421 {
      return lost(
        SMTPFailure(.refused, phase: phase, reply: reply, detail: "The server ended the session"), .answered)
    }
    switch transaction?.replied(reply) ?? .violation {
    case .wait: return .wait
    case .send(let commands): return .send(commands)
    case .sendMessage: return .sendMessage
    case .sendEmptyMessage: return .sendEmptyMessage
    case .finished(let outcomes, let after): return finish(outcomes, after)
    case .violation: return fail(.protocolViolation, reply, "The reply does not fit the command")
    }
  }

  private mutating func finish(_ outcomes: [DeliveryOutcome], _ after: SMTPTransaction.After) -> Action {
    let failure = SMTPFailure(.connectionLost, phase: phase, detail: "The server answered before the message ended")
    transaction = nil
    switch after {
    case .nothing, .reset:
      guard let following else { break }
      // Also a message that was refused ends its transaction (RFC 5321 4.1.1.4).
      transaction = following
      self.following = nil
      return .completeAndContinue(outcomes)
    case .close: following = nil
    }
    switch after {
    case .nothing:
      state = .ready
      return .complete(outcomes)
    case .reset:
      state = .reset
      return .completeAndReset(outcomes)
    case .close:
      state = .closed
      return .completeAndFail(outcomes, failure)
    }
  }

  mutating func messageWriting() { transaction?.messageWriting() }
  mutating func messageWritten(_ succeeded: Bool) { transaction?.messageWritten(succeeded) }

  /// Ends an unused connection politely.
  mutating func quit() -> Action {
    guard state == .ready else {
      return state == .closed ? .wait : fail(.shutDown, nil, "The transport was shut down")
    }
    state = .quitting
    return .send([.quit])
  }

  /// The phase lasted too long.
  mutating func timedOut() -> Action {
    let failure = SMTPFailure(.timedOut, phase: phase, detail: "The server did not answer in time")
    return lost(failure, .timeout)
  }

  /// The connection ended, or its bytes made no sense.
  mutating func failed(_ code: SMTPFailure.Code, detail: String) -> Action {
    fail(code, nil, detail)
  }

  mutating func fail(_ code: SMTPFailure.Code, _ reply: SMTPReply?, _ detail: String) -> Action {
    lost(SMTPFailure(code, phase: phase, reply: reply, detail: detail), .broken)
  }

  private mutating func lost(_ failure: SMTPFailure, _ loss: SMTPTransaction.Loss) -> Action {
    guard state != .closed else { return .wait }
    let isGoodbye = state == .quitting
    state = .closed
    following = nil
    guard var transaction else { return isGoodbye ? .close : .fail(failure) }
    self.transaction = nil
    // A server may close an idle connection in the very moment it is used again.
    if transaction.isUntouched, transactionsBegun > 1, loss != .timeout, failure.code != .protocolViolation {
      return .giveBack(failure)
    }
    // The server's replies do not fit: it was never asked to take this one's text.
    if transaction.isFollowing, transaction.isUnwritten, failure.code == .protocolViolation {
      return .giveBack(failure)
    }
    return .completeAndFail(transaction.lost(failure, loss), failure)
  }
}
