import Channels
import Delivery
import Engine
import Logging
import RoostCore
import Synchronization

/// Hands messages over: claims what is due (durably, before anything is said to a server), sends, records the outcomes.
/// Each channel has hand-offs of its own under way, so that a slow one slows no other.
final class Courier: Sendable {
  private struct State {
    var underWay: [ChannelRef: Int] = [:]
    var isStopping = false
    var loop: Task<Void, Never>?
    /// Keeps connected what brings something by itself.
    var keeper: Task<Void, Never>?
    var hasNews = false
    var sleeper: CheckedContinuation<Void, Never>?
    /// Outcomes that wait to be recorded, each with who waits for that.
    var outcomes: [(results: [HandoffResult], done: CheckedContinuation<Void, Never>)] = []
    var isRecording = false
  }
  private let state = Mutex(State())
  let carriers: Carriers
  private let logger: Logger

  /// Handed over together, by one task.
  static let chunk = 10
  /// While more are under way than this, outcomes wait a moment for others to share their commit: what a crash meets
  /// unrecorded is ambiguous, and of so many it meets some in any case.
  private static let manyUnderWay = 100
  private static let fewOutcomes = 80

  init(keys: String, secretBox: SecretBox, isSandbox: Bool, logger: Logger) {
    carriers = Carriers(keys: keys, secretBox: secretBox, isSandbox: isSandbox, logger: logger)
    self.logger = logger
  }

  func start(node: Node) {
    carriers.receive { [weak node] in await node?.receive($0, by: $1, $2) ?? false }
    let keeper = Task { [self] in
      while !state.withLock({ $0.isStopping }) {
        await connect(node)
        do { try await Task.sleep(for: .seconds(1)) } catch { return }
      }
    }
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
    state.withLock { state in
      state.loop = loop
      state.keeper = keeper
    }
    _ = ticker
  }

  /// A channel's definition with its credentials.
  func opened(_ channel: ClaimedChannel) throws(Problem) -> ChannelDefinition { try carriers.opened(channel) }

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
    let (loop, keeper) = state.withLock { state in
      state.isStopping = true
      return (state.loop, state.keeper)
    }
    poke()
    keeper?.cancel()
    await keeper?.value
    await loop?.value
    for _ in 0..<6_000 where state.withLock({ $0.underWay.values.contains { $0 > 0 } }) {
      do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
    }
    await carriers.shutdown()
  }

  /// Whether anything is under way.
  var isHandingOver: Bool { state.withLock { $0.underWay.values.contains { $0 > 0 } } }

  /// How many hand-offs of each channel are under way.
  var underWay: [ChannelRef: Int] { state.withLock { $0.underWay } }

  /// Hand-offs of a channel that are under way.
  func underWay(_ channel: ChannelRef) -> Int { state.withLock { $0.underWay[channel] ?? 0 } }

  /// Tries a channel without sending anything to anybody.
  func probe(_ channel: ClaimedChannel) async -> ChannelProbe {
    do throws(Problem) { return await (try carriers.carrier(of: channel)).probe() } catch {
      return ChannelProbe(isReady: false, cause: error.message, remedy: "mend what is named, or put the channel again")
    }
  }

  /// Channels whose other side brings something by itself are connected, also while nothing is sent. Why one cannot be is
  /// told by its health.
  private func connect(_ node: Node) async {
    do throws(Problem) {
      for channel in try await node.perform({ partition throws(Problem) in partition.receivingChannels() }) {
        do throws(Problem) { _ = try carriers.carrier(of: channel) } catch { continue }
      }
    } catch { return }
  }

  /// `true` if there was something to hand over.
  private func claimAndSend(_ node: Node) async -> Bool {
    let claimed: [Handoff]
    do throws(Problem) {
      claimed = try await node.perform { [self] partition throws(Problem) in try claim(partition) }
    } catch { return false }
    handOver(claimed, node)
    return !claimed.isEmpty
  }

  /// Claims what is due. What is under way is counted on the committer's thread: two who ask never fill the same room.
  private func claim(_ partition: Partition) throws(Problem) -> [Handoff] {
    let underWay = state.withLock { $0.isStopping ? nil : $0.underWay.filter { $0.value > 0 } }
    guard let underWay else { return [] }
    let claimed = try partition.claimHandoffs(underWay: underWay)
    for (channel, handoffs) in Dictionary(grouping: claimed, by: \.channel.ref) {
      state.withLock { $0.underWay[channel, default: 0] += handoffs.count }
    }
    return claimed
  }

  private func handOver(_ claimed: [Handoff], _ node: Node) {
    for handoffs in Dictionary(grouping: claimed, by: \.channel.ref).values {
      for start in stride(from: 0, to: handoffs.count, by: Self.chunk) {
        let some = Array(handoffs[start..<min(start + Self.chunk, handoffs.count)])
        Task { [self] in await send(some, node) }
      }
    }
  }

  /// Hand-offs of one channel.
  private func send(_ handoffs: [Handoff], _ node: Node) async {
    guard let first = handoffs.first else { return }
    let results: [HandoffResult]
    do throws(Problem) {
      results = await (try carriers.carrier(of: first.channel)).send(handoffs, links: node.letterLinks)
    } catch {
      results = handoffs.map {
        HandoffResult($0, .deferred(detail: error.message, retryAfter: nil, fault: .channel))
      }
    }
    await record(results, node)
  }

  /// Returns when the outcomes are durable. Those that come while others are being recorded share the next commit.
  private func record(_ results: [HandoffResult], _ node: Node) async {
    await withCheckedContinuation { continuation in
      let isFirst = state.withLock { state in
        state.outcomes.append((results, continuation))
        defer { state.isRecording = true }
        return !state.isRecording
      }
      if isFirst { Task { [self] in await recordOutcomes(node) } }
    }
  }

  private var isWorthAMoment: Bool {
    state.withLock { state in
      !state.isStopping && !state.outcomes.isEmpty
        && state.outcomes.reduce(0) { $0 + $1.results.count } < Self.fewOutcomes
        && state.underWay.values.reduce(0, +) > Self.manyUnderWay
    }
  }

  private func recordOutcomes(_ node: Node) async {
    while true {
      if isWorthAMoment {
        do { try await Task.sleep(for: .milliseconds(5)) } catch {}
      }
      let waiting = state.withLock { state in
        defer { state.outcomes = [] }
        if state.outcomes.isEmpty { state.isRecording = false }
        return state.outcomes
      }
      guard !waiting.isEmpty else { return }
      let results = waiting.flatMap(\.results)
      let claimed: Result<[Handoff], Problem>
      do throws(Problem) {
        claimed = try await node.perform { [self] partition in exchange(results, partition) }
      } catch {
        settled(results)
        claimed = .failure(error)
      }
      switch claimed {
      case .success(let handoffs): handOver(handoffs, node)
      case .failure(let error):
        logger.error(
          "outcomes could not be recorded; they are ambiguous after a restart", metadata: ["error": "\(error)"])
      }
      for item in waiting { item.done.resume() }
    }
  }

  private func exchange(_ results: [HandoffResult], _ partition: Partition) -> Result<[Handoff], Problem> {
    do throws(Problem) {
      return .success(
        try partition.exchange(results) { () throws(Problem) in
          settled(results)
          return try claim(partition)
        })
    } catch { return .failure(error) }
  }

  /// They are under way no longer.
  private func settled(_ results: [HandoffResult]) {
    state.withLock { state in
      for result in results { state.underWay[result.channel, default: 0] -= 1 }
    }
  }
}
