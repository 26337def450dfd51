import Channels
import Delivery
import Engine
import Logging
import NIOCore
import RoostCore
import Synchronization

/// An e-mail channel in work: connections to its accounts, and the keys with which it signs.
final class EmailSender: Sendable {
  let channel: ChannelDefinition
  private let transports: [SMTPTransport]
  private let rotation: Mutex<AccountRotation>
  private let identity: SenderIdentity

  /// - Parameter keys: the folder of key files.
  init(_ channel: ChannelDefinition, keys: String, group: any EventLoopGroup, logger: Logger) throws(Problem) {
    self.channel = channel
    identity = try SenderIdentity(channel, keys: keys)
    var transports: [SMTPTransport] = []
    for (place, account) in channel.email.accounts.enumerated() {
      do throws(SMTPConfigurationError) {
        transports.append(
          try SMTPTransport(configuration: try SMTPConfiguration(url: account.url), group: group, logger: logger))
      } catch { throw .invalid("/accounts/\(place)/url", "\(error.field): \(error.detail)") }
    }
    self.transports = transports
    rotation = Mutex(AccountRotation(weights: channel.email.accounts.map(\.weight)))
  }

  /// Hands messages over; one outcome for each.
  ///
  /// - Parameter links: what makes links that lead back here; `nil` where nobody would answer them.
  func send(_ handoffs: [Handoff], links: LetterLinks?) async -> [HandoffResult] {
    var outcomes: [DeliveryOutcome?] = Array(repeating: nil, count: handoffs.count)
    var envelopes: [(place: Int, envelope: SMTPEnvelope)] = []
    for (place, handoff) in handoffs.enumerated() {
      do throws(Problem) { envelopes.append((place, try identity.envelope(handoff, links: links))) } catch {
        outcomes[place] = .rejected(code: 0, enhanced: nil, reply: error.message)
      }
    }
    var tried: Set<Int> = []
    while !envelopes.isEmpty, let account = rotation.withLock({ $0.next(at: wallClock(), except: tried) }) {
      tried.insert(account)
      var again: [(place: Int, envelope: SMTPEnvelope)] = []
      for (job, answer) in zip(envelopes, await transports[account].send(envelopes.map(\.envelope))) {
        let outcome = answer.first ?? .unknown(reason: "no outcome")
        outcomes[job.place] = outcome
        if outcome.isAccountFailure { again.append(job) }
      }
      let isFailure = !again.isEmpty && again.count == envelopes.count
      rotation.withLock { rotation in
        if isFailure { rotation.failed(account, at: wallClock()) } else { rotation.succeeded(account) }
      }
      envelopes = again
    }
    return zip(handoffs, outcomes).map { handoff, outcome in
      HandoffResult(
        handoff, TransportOutcome(outcome ?? .deferred(code: nil, reply: "no account took it")))
    }
  }

  /// Whether each account would take messages.
  func probe() async -> ChannelProbe {
    var reports: [SMTPProbeReport] = []
    for transport in transports { reports.append(await transport.probe()) }
    // One account that works is enough; one that does not is named.
    let report = reports.first { !$0.isReady } ?? reports.first { !$0.remedy.isEmpty } ?? reports.first
    return ChannelProbe(
      isReady: reports.contains(where: \.isReady), cause: report?.cause ?? "the channel has no account",
      remedy: report?.remedy ?? "put the channel with a url")
  }

  /// Ends the connections; what is under way may finish.
  func shutdown() async {
    for transport in transports { await transport.shutdown() }
  }
}

extension TransportOutcome {
  /// Whether a refusal is about the mailbox itself, and not about this letter or its sender (RFC 3463 3.2: 5.1.1 no such
  /// mailbox, 5.1.2 no such system, 5.1.3 bad syntax, 5.1.6 moved, 5.1.10 null MX, 5.2.1 disabled).
  private static func isAddressDead(_ code: Int, _ enhanced: EnhancedStatus?, _ reply: String) -> Bool {
    if let enhanced {
      return switch (enhanced.category, enhanced.subject, enhanced.detail) {
      case (5, 1, 1), (5, 1, 2), (5, 1, 3), (5, 1, 6), (5, 1, 10), (5, 2, 1): true
      default: false
      }
    }
    guard [550, 551, 553].contains(code) else { return false }
    let words = reply.lowercased()
    return ["user unknown", "unknown user", "no such user", "no such recipient", "does not exist", "unknown mailbox"]
      .contains { words.contains($0) }
  }

  /// A reply with 4xx is about the message; without any reply nothing gets through. 421 closes the channel (RFC 5321 3.8).
  init(_ outcome: DeliveryOutcome) {
    switch outcome {
    case .sent(let reply): self = .sent(id: "", detail: reply)
    case .rejected(let code, let enhanced, let reply):
      self = Self.isAddressDead(code, enhanced, reply) ? .gone(detail: reply, since: nil) : .rejected(detail: reply)
    case .deferred(let code, let reply):
      self = .deferred(detail: reply, retryAfter: nil, fault: code == nil || code == 421 ? .channel : .message)
    case .unknown(let reason): self = .unknown(detail: reason)
    }
  }
}
