import Logging
import NIOCore
import RoostCore
import Synchronization

/// Text messages by SMPP 3.4: connections to a message centre that are kept open, for what they bring as well.
public final class SMPPTransport: MessageTransport {
  private struct State {
    var pool: SMPPPool<SMPPWork>
    var connections: [Int: SMPPConnection<SMPPTransport>] = [:]
    var drained: [CheckedContinuation<Void, Never>] = []
  }
  public let configuration: SMPPConfiguration
  private let connector: SMPPConnector
  private let group: any EventLoopGroup
  private let logger: Logger
  private let now: @Sendable () -> Instant
  private let receive: @Sendable (SMPPInbound) async -> Bool
  private let state: Mutex<State>

  private static let queueMax = 10_000
  private static let graceSeconds: Int64 = 10

  /// Begins to connect.
  ///
  /// - Parameters:
  ///   - group: where connections live; not shut down here.
  ///   - now: for the lifetime of messages.
  ///   - receive: takes what the centre brings; `false`: the centre is to bring it again later.
  /// - Throws: `SMTPConfigurationError` when the trust roots cannot be read.
  public init(
    configuration: SMPPConfiguration, group: any EventLoopGroup, logger: Logger,
    now: @escaping @Sendable () -> Instant, receive: @escaping @Sendable (SMPPInbound) async -> Bool
  ) throws(SMTPConfigurationError) {
    self.configuration = configuration
    self.group = group
    self.logger = logger
    self.now = now
    self.receive = receive
    connector = try SMPPConnector(configuration: configuration, group: group)
    let pool = SMPPPool<SMPPWork>(roles: configuration.roles, window: configuration.window, queueMax: Self.queueMax)
    state = Mutex(State(pool: pool))
    for id in pool.ids { open(id) }
  }

  public func send(_ envelopes: [MessageEnvelope]) async -> [TransportOutcome] {
    await concurrently(envelopes) { await self.send($0) }
  }

  private func send(_ envelope: MessageEnvelope) async -> TransportOutcome {
    let lifetime = envelope.expiresAt.map { $0 - now() }
    if let lifetime, lifetime.milliseconds <= 0 { return .rejected(detail: "it is too late for this message") }
    switch configuration.parts(
      envelope.field("text") ?? "", to: envelope.address, id: envelope.id, lifetime: lifetime)
    {
    case .failure(let refusal): return .rejected(detail: refusal.detail)
    case .success(let parts):
      return await withCheckedContinuation { continuation in
        submit(SMPPWork(parts: parts, complete: { continuation.resume(returning: $0) }))
      }
    }
  }

  private func submit(_ work: SMPPWork) {
    let (place, connection, failure) = state.withLock { state in
      let place = state.pool.submit(work)
      let connection: SMPPConnection<SMPPTransport>? =
        if case .deliver(_, let id) = place { state.connections[id] } else { nil }
      return (place, connection, state.pool.lastFailure)
    }
    switch place {
    case .wait: break
    case .deliver(let work, let id):
      guard let connection else { return returned(id, work) }
      connection.submit(work)
    case .refuse(let work):
      work.complete(failure?.outcome ?? .deferred(detail: "the channel is full", retryAfter: nil, fault: .channel))
    }
  }

  /// Whether messages would be taken: whether connections are bound. None is opened for the question, since centres count
  /// them.
  public func probe() async -> ChannelProbe {
    for _ in 0..<50 {
      let (isComplete, failure) = state.withLock { ($0.pool.isComplete, $0.pool.lastFailure) }
      if isComplete || failure != nil { break }
      do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
    }
    let (bound, total, failure) = state.withLock { ($0.pool.boundCount, $0.pool.ids.count, $0.pool.lastFailure) }
    if bound == total, bound > 0 {
      return ChannelProbe(isReady: true, cause: "\(bound) of \(total) connections are bound")
    }
    return ChannelProbe(
      isReady: bound > 0 && configuration.bind != .separate,
      cause: "\(bound) of \(total) connections are bound" + (failure.map { "; \($0)" } ?? ""),
      remedy: failure?.remedy(for: configuration.server) ?? "the centre has not answered yet: look again in a moment")
  }

  public func shutdown() async {
    let (deferred, connections) = state.withLock { state in
      (state.pool.shutDown(), Array(state.connections.values))
    }
    for work in deferred {
      work.complete(.deferred(detail: "the channel shuts down", retryAfter: nil, fault: .channel))
    }
    for connection in connections { connection.unbind() }
    let limit = group.next().scheduleTask(in: .seconds(Self.graceSeconds)) { [self] in
      for connection in state.withLock({ Array($0.connections.values) }) { connection.cut() }
    }
    await withCheckedContinuation { continuation in
      let isDrained = state.withLock { state in
        if !state.pool.isDrained { state.drained.append(continuation) }
        return state.pool.isDrained
      }
      if isDrained { continuation.resume() }
    }
    limit.cancel()
  }

  private func open(_ id: Int) {
    connector.open(id, role: state.withLock { $0.pool.role(of: id) }, owner: self) { [self] connection in
      let isWanted = state.withLock { state in
        guard !state.pool.isShutDown else { return false }
        state.connections[id] = connection
        return true
      }
      if !isWanted { connection.cut() }
    }
  }

  private func hand(_ works: [SMPPWork], to id: Int) {
    guard !works.isEmpty else { return }
    let connection = state.withLock { $0.connections[id] }
    for work in works {
      guard let connection else {
        returned(id, work)
        continue
      }
      connection.submit(work)
    }
  }
}

extension SMPPTransport: SMPPConnectionOwner {
  func bound(_ id: Int) { hand(state.withLock { $0.pool.bound(id) }, to: id) }

  func finished(_ id: Int, _ work: SMPPWork, _ outcome: TransportOutcome) {
    hand(state.withLock { $0.pool.finished(id) }, to: id)
    work.complete(outcome)
  }

  func returned(_ id: Int, _ work: SMPPWork) {
    let failure = state.withLock { state in
      _ = state.pool.finished(id)
      return state.pool.lastFailure
    }
    guard !work.isReturned else {
      return work.complete(
        failure?.outcome ?? .deferred(detail: "the connection ended", retryAfter: nil, fault: .channel))
    }
    var again = work
    again.isReturned = true
    submit(again)
  }

  func received(_ inbound: SMPPInbound) async -> Bool { await receive(inbound) }

  func closed(_ id: Int, _ failure: SMPPFailure) {
    if failure.code != .shutDown {
      logger.warning(
        "an SMPP connection ended",
        metadata: ["connection": "\(id)", "centre": "\(configuration.server.host)", "cause": "\(failure)"])
    }
    let (deferred, pause, drained) = state.withLock { state in
      state.connections[id] = nil
      let (deferred, pause) = state.pool.closed(id, failure, random: UInt64.random(in: .min ... .max))
      guard state.pool.isDrained else { return (deferred, pause, [CheckedContinuation<Void, Never>]()) }
      defer { state.drained = [] }
      return (deferred, pause, state.drained)
    }
    for work in deferred { work.complete(failure.outcome) }
    for continuation in drained { continuation.resume() }
    guard let pause else { return }
    group.next().scheduleTask(in: .milliseconds(pause)) { [self] in
      if state.withLock({ $0.pool.reopen(id) }) { open(id) }
    }
  }
}

extension SMPPConfiguration {
  /// The connections that are kept open.
  var roles: [SMPPRole] {
    let senders = Array(repeating: bind == .transceiver ? SMPPRole.transceiver : .transmitter, count: connectionsMax)
    return bind == .separate ? senders + [.receiver] : senders
  }
}
