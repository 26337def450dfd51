import NIOCore

/// Which connection takes which message, as a pure state machine. The caller opens sockets and carries jobs.
struct SMTPPool<Job: Sendable>: Sendable {
  /// What to do with a submitted job.
  enum Submission {
    case deliver(Job, on: Int)
    /// It waits, and this connection is to be opened.
    case open(Int)
    case queued
    /// The queue is full or the pool is shut down.
    case refuse(Job)
  }

  /// What a connection does next.
  enum Next {
    case deliver(Job)
    case idle
    /// Say QUIT; open the replacement if there is one.
    case quit(replacement: Int?)
  }

  private enum Use { case opening, busy, idle, closing }
  private struct Connection {
    var use = Use.opening
    var served = 0
  }

  /// How long a server's refusal of one more connection is respected.
  static var ceilingMilliseconds: Int64 { 30_000 }

  private let connectionsMax: Int
  private let messagesPerConnectionMax: Int
  private let queueMax: Int
  private var connections: [Int: Connection] = [:]
  private var idle: [Int] = []
  private var queue = CircularBuffer<Job>()
  private var lastID = 0
  private var ceiling: (connections: Int, untilMilliseconds: Int64) = (0, .min)
  private(set) var isShutDown = false

  init(connectionsMax: Int, messagesPerConnectionMax: Int, queueMax: Int) {
    self.connectionsMax = connectionsMax
    self.messagesPerConnectionMax = messagesPerConnectionMax
    self.queueMax = queueMax
  }

  var queuedCount: Int { queue.count }
  var isDrained: Bool { connections.isEmpty }

  /// A message to deliver.
  mutating func submit(_ job: Job, nowMilliseconds: Int64) -> Submission {
    guard !isShutDown, queue.count < queueMax else { return .refuse(job) }
    if let id = takeIdle() { return .deliver(job, on: id) }
    queue.append(job)
    return open(nowMilliseconds: nowMilliseconds).map { .open($0) } ?? .queued
  }

  /// A connection is open, or is done with its message.
  mutating func ready(_ id: Int, nowMilliseconds: Int64) -> Next {
    guard var connection = connections[id] else { return .quit(replacement: nil) }
    if isShutDown || connection.served >= messagesPerConnectionMax {
      connection.use = .closing
      connections[id] = connection
      return .quit(replacement: open(nowMilliseconds: nowMilliseconds))
    }
    guard let job = queue.popFirst() else {
      connection.use = .idle
      connections[id] = connection
      idle.append(id)
      return .idle
    }
    connection.use = .busy
    connection.served += 1
    connections[id] = connection
    return .deliver(job)
  }

  /// A connection writes its message and could begin another one in the same breath.
  ///
  /// - Parameter mayFollow: whether a job may be begun so.
  /// - Returns: a job only where so many wait that every other connection finds one too: none shall wait behind a slow
  ///   answer while another connection has nothing to do.
  mutating func following(_ id: Int, where mayFollow: (Job) -> Bool = { _ in true }) -> Job? {
    guard !isShutDown, queue.count >= connections.count, let connection = connections[id], connection.use == .busy,
      connection.served < messagesPerConnectionMax, queue.first.map(mayFollow) == true
    else { return nil }
    connections[id]!.served += 1
    return queue.popFirst()
  }

  /// A connection could not begin the job it was given: the job is the first to be taken by another one, or by a new one
  /// if the connection was the last and is gone already.
  mutating func giveBack(_ job: Job, nowMilliseconds: Int64) -> Submission {
    guard !isShutDown else { return .refuse(job) }
    if let id = takeIdle() { return .deliver(job, on: id) }
    queue.prepend(job)
    guard connections.isEmpty else { return .queued }
    return open(nowMilliseconds: nowMilliseconds).map { .open($0) } ?? .queued
  }

  /// A connection was idle for too long; false when a job was given to it meanwhile.
  mutating func expire(_ id: Int) -> Bool {
    guard let index = idle.firstIndex(of: id) else { return false }
    idle.remove(at: index)
    connections[id]?.use = .closing
    return true
  }

  /// A connection has ended.
  ///
  /// - Returns: the jobs that no connection will take, to be deferred, and a connection to open.
  mutating func closed(_ id: Int, nowMilliseconds: Int64) -> (deferred: [Job], open: Int?) {
    idle.removeAll { $0 == id }
    guard let connection = connections.removeValue(forKey: id) else { return ([], nil) }
    guard connection.use == .opening else { return ([], open(nowMilliseconds: nowMilliseconds)) }
    let established = connections.values.count { $0.use == .busy || $0.use == .idle }
    if established > 0 {
      // Servers limit connections by client: those that stand carry on alone for a while.
      ceiling = (established, nowMilliseconds + Self.ceilingMilliseconds)
      return ([], nil)
    }
    // Each attempt answers for its share, so that jobs neither fail for another's bad luck nor wait for ever.
    let openings = connections.values.count { $0.use == .opening }
    let share = (queue.count + openings) / (openings + 1)
    let deferred = Array(queue.prefix(share))
    queue.removeFirst(share)
    return (deferred, nil)
  }

  /// Takes no more jobs: idle connections say QUIT, opening ones are forgotten, busy ones finish.
  ///
  /// - Returns: the jobs to be deferred, and the connections to end.
  mutating func shutDown() -> (deferred: [Job], quit: [Int]) {
    isShutDown = true
    let deferred = Array(queue)
    queue.removeAll()
    idle.removeAll()
    let quit = connections.filter { $0.value.use == .idle || $0.value.use == .opening }.keys.sorted()
    for id in quit {
      if connections[id]?.use == .opening { connections[id] = nil } else { connections[id]?.use = .closing }
    }
    return (deferred, quit)
  }

  /// The connection used last: the others may grow old and close.
  private mutating func takeIdle() -> Int? {
    guard let id = idle.popLast() else { return nil }
    connections[id]?.use = .busy
    connections[id]?.served += 1
    return id
  }

  /// A new connection, if jobs wait for one and the limits allow it.
  private mutating func open(nowMilliseconds: Int64) -> Int? {
    let limit = nowMilliseconds < ceiling.untilMilliseconds ? max(1, ceiling.connections) : connectionsMax
    let openings = connections.values.count { $0.use == .opening }
    let alive = connections.values.count { $0.use != .closing }
    guard !isShutDown, queue.count > openings, alive < limit else { return nil }
    lastID += 1
    connections[lastID] = Connection()
    return lastID
  }
}
