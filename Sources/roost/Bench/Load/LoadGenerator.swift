import Glibc

/// What a load led to.
struct LoadResult {
  var events = 0
  var calls = 0
  /// Answers 429; each such call was sent again.
  var refused = 0
  var seconds = 0.0
  /// Of this process.
  var cpuSeconds = 0.0
  /// Of each acknowledged call, ms.
  var milliseconds: [Double] = []

  var eventsPerSecond: Double { Double(events) / seconds }
}

/// Sends calls over connections that each wait for their answer before the next call (a closed loop), from one thread and
/// without a copy, so that next to the server it costs little.
final class LoadGenerator {
  private let connections: [LoadConnection]
  private var numbers: CallNumbers

  init(port: UInt16, connections count: Int, templates: [CallTemplate], numbers: CallNumbers) throws(Failure) {
    var connections: [LoadConnection] = []
    for place in 0..<count {
      connections.append(try LoadConnection(port: port, templates[place % templates.count]))
    }
    self.connections = connections
    self.numbers = numbers
  }

  /// Sends until so many events are acknowledged.
  ///
  /// - Parameter drains: `false` returns with calls still under way, as a crash would find the server.
  func run(events: Int, drains: Bool = true) throws(Failure) -> LoadResult {
    var result = LoadResult()
    let watch = Stopwatch()
    var started = 0
    for connection in connections where started < events { started += try begin(connection) }
    var polled = connections.map { pollfd(fd: $0.descriptor, events: 0, revents: 0) }
    while result.events < started {
      if !drains, result.events >= events { break }
      for (place, connection) in connections.enumerated() {
        polled[place].events = connection.isBusy ? Int16(connection.isSending ? POLLOUT : POLLIN) : 0
      }
      guard poll(&polled, nfds_t(polled.count), 30_000) > 0 else {
        if errno == EINTR { continue }
        throw Failure(.unavailable, "the server has not answered for 30 s")
      }
      for (place, connection) in connections.enumerated() where polled[place].revents != 0 {
        guard try advance(connection, &result) else { continue }
        if started < events || !drains { started += try begin(connection) }
      }
    }
    result.seconds = watch.seconds
    result.cpuSeconds = watch.cpuSeconds
    return result
  }

  private func begin(_ connection: LoadConnection) throws(Failure) -> Int {
    numbers.fill(connection.request, connection.template, now: Stopwatch.wallClock)
    try connection.start()
    return connection.template.events
  }

  /// Whether the connection's call was acknowledged.
  private func advance(_ connection: LoadConnection, _ result: inout LoadResult) throws(Failure) -> Bool {
    if connection.isSending {
      try connection.write()
      return false
    }
    guard case .answered(let status) = try connection.read() else { return false }
    switch status {
    case 200:
      result.milliseconds.append(
        Double(Stopwatch.nanoseconds(CLOCK_MONOTONIC) - connection.startedAt) / 1e6)
      result.calls += 1
      result.events += connection.template.events
      return true
    case 429:
      result.refused += 1
      usleep(10_000)
      try connection.start()
      return false
    default: throw Failure(.unavailable, "the server answered \(status): \(connection.answerText.suffix(400))")
    }
  }
}
