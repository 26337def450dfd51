import Logging
import NIOCore
import RoostCore
import Synchronization

/// Hands messages to one mail server over a pool of connections.
///
/// An outcome comes for every recipient of every envelope, whatever happens to the connections. Nothing is retried here
/// but an envelope that an idle connection, closed by the server meanwhile, could not begin.
public final class SMTPTransport: Sendable {
  fileprivate struct State {
    var pool: SMTPPool<SMTPJob>
    var connections: [Int: SMTPConnection<SMTPTransport>] = [:]
    var drained: [CheckedContinuation<Void, Never>] = []
  }

  let connector: SMTPConnector
  private let logger: Logger
  private let state: Mutex<State>

  /// - Parameters:
  ///   - configuration: the server and the limits.
  ///   - group: where connections live; not shut down here.
  /// - Throws: `SMTPConfigurationError` when the trust roots cannot be read.
  public init(
    configuration: SMTPConfiguration, group: any EventLoopGroup, logger: Logger
  ) throws(SMTPConfigurationError) {
    connector = try SMTPConnector(configuration: configuration, group: group)
    self.logger = logger
    state = Mutex(
      State(
        pool: SMTPPool(
          connectionsMax: configuration.connectionsMax,
          messagesPerConnectionMax: configuration.messagesPerConnectionMax, queueMax: configuration.queueMax)))
  }

  /// Hands over one message.
  ///
  /// - Returns: an outcome for each recipient, in their order. A cancelled task still gets the true outcome.
  public func send(_ envelope: SMTPEnvelope) async -> [DeliveryOutcome] {
    await withCheckedContinuation { continuation in
      submit(envelope) { continuation.resume(returning: $0) }
    }
  }

  /// Hands over many messages, as many at a time as there are connections.
  ///
  /// - Returns: for each envelope the outcomes of its recipients, in their order.
  public func send(_ envelopes: [SMTPEnvelope]) async -> [[DeliveryOutcome]] {
    guard !envelopes.isEmpty else { return [] }
    return await withCheckedContinuation { continuation in
      let gathered = SMTPGathering(count: envelopes.count) { continuation.resume(returning: $0) }
      for (index, envelope) in envelopes.enumerated() {
        submit(envelope) { gathered.finished(index, $0) }
      }
    }
  }

  /// Hands over one message without waiting.
  ///
  /// - Parameter completion: called once, mostly on an event loop, with an outcome for each recipient; must not block.
  public func submit(_ envelope: SMTPEnvelope, completion: @escaping @Sendable ([DeliveryOutcome]) -> Void) {
    let job = SMTPJob(envelope: envelope, complete: completion)
    carryOut(
      state.withLock { $0.submit(job) }, refusal: "The queue of the mail channel is full, or it is shutting down")
  }

  /// Ends all connections: messages that wait are deferred, those under way may finish within `grace`.
  public func shutdown(grace: TimeSpan = .seconds(10)) async {
    let (deferred, quitting) = state.withLock { state in
      let (deferred, quit) = state.pool.shutDown()
      return (deferred, quit.compactMap { state.connections[$0] })
    }
    for job in deferred { job.complete(all: .deferred(code: nil, reply: "The mail channel is shutting down")) }
    for connection in quitting { connection.quit() }
    let limit = state.withLock { $0.connections.values.first?.channel.eventLoop }?
      .scheduleTask(in: .milliseconds(grace.milliseconds)) { [self] in
        for connection in state.withLock({ Array($0.connections.values) }) { connection.quit() }
      }
    await withCheckedContinuation { continuation in
      let isDrained = state.withLock { state in
        if !state.pool.isDrained { state.drained.append(continuation) }
        return state.pool.isDrained
      }
      if isDrained { continuation.resume() }
    }
    limit?.cancel()
  }

  /// Connects, says EHLO, starts TLS and authenticates as sending would, and tells how far it came.
  public func probe() async -> SMTPProbeReport {
    await withCheckedContinuation { continuation in
      let probe = SMTPProbe(configuration: connector.configuration) { continuation.resume(returning: $0) }
      connector.open(0, owner: probe) { _ in }
    }
  }

  private func open(_ id: Int) {
    connector.open(id, owner: self) { [self] connection in
      let isWanted = state.withLock { state in
        guard !state.pool.isShutDown else { return false }
        state.connections[id] = connection
        return true
      }
      if !isWanted { connection.quit() }
    }
  }

  /// What a step of the pool asks for, with the connection it concerns.
  fileprivate enum Effect {
    case none
    case deliver(SMTPJob, SMTPConnection<SMTPTransport>)
    case open(Int)
    case refuse(SMTPJob)
  }

  private func carryOut(_ effect: Effect, refusal: String) {
    switch effect {
    case .none: break
    case .deliver(let job, let connection): connection.deliver(job)
    case .open(let id): open(id)
    case .refuse(let job): job.complete(all: .deferred(code: nil, reply: refusal))
    }
  }
}

extension SMTPTransport: SMTPConnectionOwner {
  func ready(_ id: Int, capabilities: SMTPCapabilities, isSecure: Bool) -> SMTPNext {
    switch state.withLock({ $0.pool.ready(id, nowMilliseconds: Self.nowMilliseconds) }) {
    case .deliver(let job): return .deliver(job)
    case .idle: return .idle
    case .quit(let replacement):
      if let replacement { open(replacement) }
      return .quit
    }
  }

  /// One that came back begins on its own, so that a server whose replies do not fit gets every message in the end.
  func following(_ id: Int) -> SMTPJob? { state.withLock { $0.pool.following(id) { !$0.isReturned } } }

  func expire(_ id: Int) -> Bool { state.withLock { $0.pool.expire(id) } }

  func giveBack(_ job: SMTPJob, failure: SMTPFailure) {
    guard !job.isReturned else {
      job.complete(all: failure.outcome)
      return
    }
    var returned = job
    returned.isReturned = true
    carryOut(state.withLock { $0.giveBack(returned) }, refusal: "The mail channel is shutting down")
  }

  func closed(_ id: Int, failure: SMTPFailure?) {
    if let failure, failure.code != .shutDown {
      logger.log(
        level: failure.phase == .idle ? .debug : .warning, "An SMTP connection ended",
        metadata: ["connection": "\(id)", "server": "\(connector.configuration.host)", "cause": "\(failure)"])
    }
    let (deferred, replacement, drained) = state.withLock { state in
      let (deferred, replacement) = state.pool.closed(id, nowMilliseconds: Self.nowMilliseconds)
      state.connections[id] = nil
      guard state.pool.isDrained else { return (deferred, replacement, [CheckedContinuation<Void, Never>]()) }
      defer { state.drained = [] }
      return (deferred, replacement, state.drained)
    }
    let outcome = failure?.outcome ?? .deferred(code: nil, reply: "The connection ended before it was ready")
    for job in deferred { job.complete(all: outcome) }
    if let replacement { open(replacement) }
    for continuation in drained { continuation.resume() }
  }

  fileprivate static var nowMilliseconds: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
}

extension SMTPTransport.State {
  fileprivate mutating func submit(_ job: SMTPJob) -> SMTPTransport.Effect {
    // In two steps: as an argument, the change would be made while a copy of the whole queue is held.
    let submission = pool.submit(job, nowMilliseconds: SMTPTransport.nowMilliseconds)
    return effect(submission)
  }

  fileprivate mutating func giveBack(_ job: SMTPJob) -> SMTPTransport.Effect {
    let submission = pool.giveBack(job, nowMilliseconds: SMTPTransport.nowMilliseconds)
    return effect(submission)
  }

  private func effect(_ submission: SMTPPool<SMTPJob>.Submission) -> SMTPTransport.Effect {
    switch submission {
    case .deliver(let job, let id): connections[id].map { .deliver(job, $0) } ?? .refuse(job)
    case .open(let id): .open(id)
    case .queued: .none
    case .refuse(let job): .refuse(job)
    }
  }
}
