/// Which connections a channel has, and which of them takes which message. Pure: times and randomness come in.
///
/// Connections are kept open, since receipts come whenever they come; one that ends is opened again, after a pause that
/// doubles while nothing works.
struct SMPPPool<Job: Sendable>: Sendable {
  private enum Use { case opening, bound, resting, closing }
  private struct Connection {
    var role: SMPPRole
    var use: Use
    /// Messages it has.
    var load = 0
  }

  private let window: Int
  private let queueMax: Int
  private var connections: [Int: Connection] = [:]
  private var queue: [Job] = []
  private var failures = 0
  private(set) var isShutDown = false
  /// Why the last connection ended, if none has come up since.
  private(set) var lastFailure: SMPPFailure?

  private static var pauseMin: Int64 { 1_000 }
  private static var pauseMax: Int64 { 60_000 }

  /// - Parameters:
  ///   - window: messages of a connection at a time.
  ///   - queueMax: messages that wait for a connection; one more is deferred at once.
  init(roles: [SMPPRole], window: Int, queueMax: Int) {
    self.window = window
    self.queueMax = queueMax
    for (id, role) in roles.enumerated() { connections[id] = Connection(role: role, use: .opening) }
  }

  var isDrained: Bool { connections.isEmpty }
  var ids: [Int] { connections.keys.sorted() }
  var boundCount: Int { connections.values.count { $0.use == .bound } }
  /// Every connection that is to be there is there.
  var isComplete: Bool { connections.values.allSatisfy { $0.use == .bound } }
  func role(of id: Int) -> SMPPRole { connections[id]?.role ?? .transceiver }

  enum Place {
    case deliver(Job, Int)
    case wait
    case refuse(Job)
  }

  /// Finds a message its connection: the one with least to do.
  mutating func submit(_ job: Job) -> Place {
    guard !isShutDown else { return .refuse(job) }
    if let id = freest() {
      connections[id]?.load += 1
      return .deliver(job, id)
    }
    let mayComeFree = connections.values.contains { $0.role.sends && ($0.use == .bound || $0.use == .opening) }
    guard mayComeFree, queue.count < queueMax else { return .refuse(job) }
    queue.append(job)
    return .wait
  }

  /// A connection can take messages.
  ///
  /// - Returns: what waited for it.
  mutating func bound(_ id: Int) -> [Job] {
    guard connections[id]?.use == .opening else { return [] }
    connections[id]?.use = .bound
    failures = 0
    lastFailure = nil
    return take(for: id)
  }

  /// A message of a connection has its outcome.
  mutating func finished(_ id: Int) -> [Job] {
    // One that was opened anew has none of what its predecessor had.
    if let load = connections[id]?.load, load > 0 { connections[id]?.load = load - 1 }
    return take(for: id)
  }

  private mutating func take(for id: Int) -> [Job] {
    guard let connection = connections[id], connection.use == .bound, connection.role.sends, !isShutDown else {
      return []
    }
    let count = min(queue.count, max(0, window - connection.load))
    defer {
      queue.removeFirst(count)
      connections[id]?.load += count
    }
    return Array(queue.prefix(count))
  }

  /// A connection ended.
  ///
  /// - Returns: messages to be deferred, because nothing is left that could take them soon; and after how many
  ///   milliseconds it is opened again, `nil` if it is not.
  mutating func closed(_ id: Int, _ failure: SMPPFailure, random: UInt64) -> (deferred: [Job], reopenAfter: Int64?) {
    if failure.code != .shutDown { lastFailure = failure }
    guard !isShutDown, connections[id] != nil else {
      connections[id] = nil
      return ([], nil)
    }
    connections[id]?.use = .resting
    connections[id]?.load = 0
    failures = min(failures + 1, 16)
    var ceiling = min(Self.pauseMax, Self.pauseMin << Int64(failures - 1))
    // Accounts are locked after a few wrong passwords.
    if case .bindRefused(isCredentials: true) = failure.code { ceiling = Self.pauseMax }
    let pause = ceiling / 2 + Int64(UInt64(ceiling / 2 + 1).multipliedFullWidth(by: random).high)
    let mayComeFree = connections.values.contains { $0.role.sends && ($0.use == .bound || $0.use == .opening) }
    guard !mayComeFree else { return ([], pause) }
    defer { queue = [] }
    return (queue, pause)
  }

  /// The pause is over.
  ///
  /// - Returns: whether the connection is to be opened.
  mutating func reopen(_ id: Int) -> Bool {
    guard !isShutDown, connections[id]?.use == .resting else { return false }
    connections[id]?.use = .opening
    return true
  }

  /// Takes no more messages.
  ///
  /// - Returns: the messages to be deferred; connections that rest are gone, the others are to be ended.
  mutating func shutDown() -> [Job] {
    isShutDown = true
    defer { queue = [] }
    connections = connections.filter { $0.value.use != .resting }
    for id in connections.keys { connections[id]?.use = .closing }
    return queue
  }

  private func freest() -> Int? {
    connections.filter { $0.value.use == .bound && $0.value.role.sends && $0.value.load < window }
      .min { ($0.value.load, $0.key) < ($1.value.load, $1.key) }?.key
  }
}
