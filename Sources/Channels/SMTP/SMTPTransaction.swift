/// One mail transaction (RFC 5321 3.3): MAIL, a RCPT for each recipient, DATA, the message.
///
/// Commands may be sent at once (RFC 2920) or one by one; replies always come in the same order, so one counter says
/// which command a reply belongs to.
struct SMTPTransaction: Sendable {
  /// What a reply leads to.
  enum Step: Equatable {
    case wait
    case send([SMTPCommand])
    case sendMessage
    case sendEmptyMessage
    case finished([DeliveryOutcome], After)
    case violation
  }

  /// What the connection needs before the next message.
  enum After: Equatable { case nothing, reset, close }

  /// How far the message got into the network.
  private enum Writing { case notBegun, begun, done, failed }

  let envelope: SMTPEnvelope
  private let isPipelined: Bool
  private let mail: SMTPCommand
  /// The command whose reply comes next: 0 MAIL, 1…n RCPT, n+1 DATA, n+2 the final dot.
  private var awaited = 0
  /// A recipient's outcome; nil while the server's answers for it were good.
  private var outcomes: [DeliveryOutcome?]
  private var writing = Writing.notBegun
  private var isEmptyMessage = false

  init(envelope: SMTPEnvelope, capabilities: SMTPCapabilities) {
    self.envelope = envelope
    isPipelined = capabilities.pipelining
    mail = .mail(
      from: envelope.sender, size: capabilities.size ? envelope.size : nil,
      eightBit: envelope.needsEightBit && capabilities.eightBitMIME,
      utf8: envelope.needsUTF8 && capabilities.smtpUTF8)
    outcomes = Array(repeating: nil, count: envelope.recipients.count)
  }

  /// Its commands went along with the end of the message before: one reply too many there is taken for one of its own.
  var isFollowing = false
  /// Nothing of the message was handed to the network.
  var isUnwritten: Bool { writing == .notBegun }

  /// The first commands.
  var opening: [SMTPCommand] {
    isPipelined ? [mail] + envelope.recipients.map { .rcpt(to: $0) } + [.data] : [mail]
  }

  /// True until the server has answered anything.
  var isUntouched: Bool { awaited == 0 }

  var phase: SMTPPhase {
    switch awaited {
    case 0: .mail
    case ...outcomes.count: .recipient
    case outcomes.count + 1: .data
    default: writing == .begun ? .message : .finalDot
    }
  }

  private var hasAccepted: Bool { outcomes.contains { $0 == nil } }

  /// A reply arrived.
  mutating func replied(_ reply: SMTPReply) -> Step {
    let command = awaited
    awaited += 1
    switch command {
    case 0: return repliedToMail(reply)
    case ...outcomes.count: return repliedToRecipient(command - 1, reply)
    case outcomes.count + 1: return repliedToData(reply)
    default:
      awaited -= 1
      return repliedToMessage(reply)
    }
  }

  private mutating func repliedToMail(_ reply: SMTPReply) -> Step {
    guard reply.kind != .intermediate else { return .violation }
    if reply.kind != .success { settle(reply.outcome) }
    if isPipelined { return .wait }
    return reply.kind == .success ? .send([.rcpt(to: envelope.recipients[0])]) : .finished(final(), .reset)
  }

  private mutating func repliedToRecipient(_ index: Int, _ reply: SMTPReply) -> Step {
    guard reply.kind != .intermediate else { return .violation }
    if reply.kind != .success, outcomes[index] == nil { outcomes[index] = reply.outcome }
    if isPipelined { return .wait }
    if index + 1 < outcomes.count { return .send([.rcpt(to: envelope.recipients[index + 1])]) }
    return hasAccepted ? .send([.data]) : .finished(final(), .reset)
  }

  private mutating func repliedToData(_ reply: SMTPReply) -> Step {
    switch reply.kind {
    case .intermediate:
      if hasAccepted { return .sendMessage }
      // The server wants a message for nobody: RFC 2920 3.1 says to send a lone dot.
      isEmptyMessage = true
      return .sendEmptyMessage
    case .success: return .violation
    case .transient, .permanent:
      settle(reply.outcome)
      return .finished(final(), .reset)
    }
  }

  private mutating func repliedToMessage(_ reply: SMTPReply) -> Step {
    if isEmptyMessage { return reply.kind == .intermediate ? .violation : .finished(final(), .reset) }
    switch reply.kind {
    case .intermediate: return .violation
    case .success:
      // Before the end of the message there is nothing to accept.
      guard writing == .done else { return .violation }
      settle(reply.outcome)
      return .finished(final(), .nothing)
    case .transient, .permanent:
      settle(reply.outcome)
      return .finished(final(), writing == .done ? .reset : .close)
    }
  }

  /// The message was handed to the network.
  mutating func messageWriting() { writing = .begun }

  /// The network took the message with its final dot, or failed to.
  mutating func messageWritten(_ succeeded: Bool) {
    if writing == .begun { writing = succeeded ? .done : .failed }
  }

  /// Why a transaction ended early, as far as it matters to a message under way.
  enum Loss: Equatable {
    /// The connection broke: what was written may have arrived.
    case broken
    /// The connection still stood when patience ended; what the network had not taken by then never left.
    case timeout
    /// The server said (421) that it did not do what it was asked.
    case answered
  }

  /// The connection is lost: what that means for each recipient.
  mutating func lost(_ failure: SMTPFailure, _ loss: Loss) -> [DeliveryOutcome] {
    let mayHaveArrived =
      switch (writing, loss) {
      case (_, .answered), (.notBegun, _), (.failed, _), (.begun, .timeout): false
      case (.done, _), (.begun, .broken): true
      }
    settle(mayHaveArrived ? .unknown(reason: failure.description) : failure.outcome)
    return final()
  }

  private mutating func settle(_ outcome: DeliveryOutcome) {
    for index in outcomes.indices where outcomes[index] == nil { outcomes[index] = outcome }
  }

  private func final() -> [DeliveryOutcome] { outcomes.compactMap { $0 } }
}
