import Channels
import Delivery
import Engine
import Logging
import NIOCore
import NIOPosix
import RoostCore
import Synchronization

/// A claimed message on its way out.
struct Handoff: Sendable {
  var message: MessageRecord
  var channel: ChannelDefinition
  var content: MessageContent?
}

/// What became of a claimed message, to be recorded.
struct HandoffResult: Sendable {
  var message: MessageRecord
  var outcome: DeliveryOutcome
}

/// Hands messages over: claims what is due (durably, before anything is said to a server), sends, records the outcomes.
/// Each channel has hand-offs of its own under way, so that a slow one slows no other.
final class Courier: Sendable {
  private struct State {
    var underWay: [String: Int] = [:]
    var senders: [ChannelPlace: EmailSender] = [:]
    var isStopping = false
    var loop: Task<Void, Never>?
    var hasNews = false
    var sleeper: CheckedContinuation<Void, Never>?
  }
  /// Two workspaces may have channels of one key.
  private struct ChannelPlace: Hashable {
    var workspace: WorkspaceID
    var key: String
  }
  private let state = Mutex(State())
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  /// The folder of signing keys.
  private let keys: String
  private let logger: Logger

  /// Hand-offs of one channel at a time.
  static let underWayMax = 400
  static let claimsMax = 200
  /// Outcomes are recorded for so many at once: what a crash meets unrecorded is ambiguous.
  static let chunk = 10

  init(keys: String, logger: Logger) {
    self.keys = keys
    self.logger = logger
  }

  func start(node: Node) {
    let loop = Task { [self] in
      while !state.withLock({ $0.isStopping }) {
        let didWork = await claimAndSend(node)
        if !didWork { await sleep() }
      }
    }
    let ticker = Task { [self] in
      // Retries come due without anybody saying so.
      while !state.withLock({ $0.isStopping }) {
        poke()
        do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
      }
    }
    state.withLock { $0.loop = loop }
    _ = ticker
  }

  /// Something may be due.
  func poke() {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.hasNews = true
      defer { state.sleeper = nil }
      return state.sleeper
    }?.resume()
  }

  private func sleep() async {
    await withCheckedContinuation { continuation in
      let isNews = state.withLock { state in
        if state.hasNews || state.isStopping {
          state.hasNews = false
          return true
        }
        state.sleeper = continuation
        return false
      }
      if isNews { continuation.resume() }
    }
    state.withLock { $0.hasNews = false }
  }

  /// Claims nothing more and returns when every hand-off's outcome is recorded (at most about a minute).
  func stop() async {
    let loop = state.withLock { state in
      state.isStopping = true
      return state.loop
    }
    poke()
    await loop?.value
    for _ in 0..<6_000 where state.withLock({ $0.underWay.values.contains { $0 > 0 } }) {
      do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
    }
    for (_, sender) in state.withLock({ $0.senders }) { await sender.shutdown() }
    do { try await group.shutdownGracefully() } catch {
      logger.warning("the mail connections' threads did not end", metadata: ["error": "\(error)"])
    }
  }

  /// `true` if there was something to hand over.
  private func claimAndSend(_ node: Node) async -> Bool {
    let busy = state.withLock { state in Set(state.underWay.filter { $0.value >= Self.underWayMax }.keys) }
    let claimed: [Handoff]
    do throws(Problem) {
      claimed = try await node.perform { partition throws(Problem) in
        try partition.claimHandoffs(limit: Self.claimsMax, except: busy)
      }
    } catch { return false }
    guard !claimed.isEmpty else { return false }
    for (channel, handoffs) in Dictionary(grouping: claimed, by: \.channel.key) {
      state.withLock { $0.underWay[channel, default: 0] += handoffs.count }
      for start in stride(from: 0, to: handoffs.count, by: Self.chunk) {
        let some = Array(handoffs[start..<min(start + Self.chunk, handoffs.count)])
        Task { [self] in
          await send(some, node)
          state.withLock { $0.underWay[channel, default: 0] -= some.count }
          poke()
        }
      }
    }
    return true
  }

  private func send(_ handoffs: [Handoff], _ node: Node) async {
    guard let first = handoffs.first else { return }
    let results: [HandoffResult]
    do throws(Problem) {
      results = await (try sender(first)).send(handoffs)
    } catch {
      results = handoffs.map {
        HandoffResult(message: $0.message, outcome: .deferred(code: nil, reply: error.message))
      }
    }
    await record(results, node)
  }

  private func record(_ results: [HandoffResult], _ node: Node) async {
    do throws(Problem) {
      try await node.perform { partition throws(Problem) in try partition.closeHandoffs(results) }
    } catch {
      logger.error(
        "outcomes could not be recorded; they are ambiguous after a restart", metadata: ["error": "\(error)"])
    }
  }

  private func sender(_ handoff: Handoff) throws(Problem) -> EmailSender {
    let place = ChannelPlace(workspace: handoff.message.workspace, key: handoff.channel.key)
    if let known = state.withLock({ $0.senders[place] }), known.channel == handoff.channel { return known }
    let sender = try EmailSender(handoff.channel, keys: keys, group: group, logger: logger)
    // Two hand-offs may find none at the same time: the first one's is kept, or its connections would be shut down
    // under it.
    let (chosen, unused) = state.withLock { state -> (EmailSender, EmailSender?) in
      if let known = state.senders[place], known.channel == handoff.channel { return (known, sender) }
      let old = state.senders.updateValue(sender, forKey: place)
      return (sender, old)
    }
    if let unused { Task { await unused.shutdown() } }
    return chosen
  }
}
