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
  func send(_ handoffs: [Handoff]) async -> [HandoffResult] {
    var outcomes: [DeliveryOutcome?] = Array(repeating: nil, count: handoffs.count)
    var envelopes: [(place: Int, envelope: SMTPEnvelope)] = []
    for (place, handoff) in handoffs.enumerated() {
      do throws(Problem) { envelopes.append((place, try identity.envelope(handoff))) } catch {
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
      HandoffResult(message: handoff.message, outcome: outcome ?? .deferred(code: nil, reply: "no account took it"))
    }
  }

  /// Ends the connections; what is under way may finish.
  func shutdown() async {
    for transport in transports { await transport.shutdown() }
  }
}
