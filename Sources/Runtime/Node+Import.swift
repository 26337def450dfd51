import Events
import Profiles
import RoostCore

/// What an import does besides filling people and segments.
public enum ImportMode: Sendable {
  /// Nothing: no journey starts.
  case history
  /// The sandbox's clock follows the events, and journeys act.
  case replay
}

extension Node {
  /// Takes in a batch in the shape of `/v1/import`; the answer is the same as there.
  ///
  /// With `.replay` the events must come in order of time: the clock moves along with them.
  public func importEvents(
    _ workspace: WorkspaceID, _ body: [UInt8], _ mode: ImportMode
  ) async throws(Problem) -> JSONValue {
    guard let symbols = keys.symbols(workspace) else { throw Problem(.notFound, "there is no such workspace") }
    if mode == .history, configuration.isSandbox, receiptTime() < Instant(milliseconds: 31_536_000_000) {
      throw Problem(
        .conflict,
        "the sandbox's clock still stands in 1970, before every event: move it first (POST /api/v1/clock), or import with "
          + "--replay, which moves it along")
    }
    var parser = EventParser(symbols: symbols)
    let receivedAt = mode == .replay ? Instant.replayHorizon : receiptTime()
    let parsed: Result<ParsedCall, Problem> = body.withUnsafeBytes { bytes in
      do throws(Problem) {
        return .success(try parser.parse(bytes, as: mode == .replay ? .batch : .import, receivedAt: receivedAt))
      } catch { return .failure(error) }
    }
    let call = try parsed.get()
    let quarantined = call.rejected.map { rejection in
      QuarantineItem(
        workspace: workspace, receivedAt: receiptTime(), reason: rejection.reason, pointer: rejection.pointer,
        detail: rejection.detail, raw: Array(body[rejection.raw]), isHistorical: mode == .history)
    }
    switch mode {
    case .history:
      try await store(
        EventSubmission(
          workspace: workspace, records: call.events.bytes, count: call.ranges.count, quarantined: quarantined
        ) { _ in })
    case .replay: try await replay(workspace, call, quarantined)
    }
    return [
      "success": true, "accepted": .int(Int64(call.ranges.count)),
      "rejected": .array(
        call.rejected.map {
          [
            "index": .int(Int64($0.index)), "pointer": .string($0.pointer), "reason": .string($0.reason.rawValue),
            "detail": .string($0.detail),
          ]
        }),
    ]
  }

  /// Returns when a submission is durable; waits while the queue is full.
  func store(_ submission: EventSubmission) async throws(Problem) {
    while true {
      let problem = await withCheckedContinuation { (continuation: CheckedContinuation<StoreOutcome, Never>) in
        var copy = submission
        copy.completion = { continuation.resume(returning: $0.map(StoreOutcome.refused) ?? .stored) }
        if !submit(copy) { continuation.resume(returning: .queueFull) }
      }
      switch problem {
      case .stored: return
      case .refused(let problem): throw problem
      case .queueFull:
        do { try await Task.sleep(for: .milliseconds(20)) } catch { throw Problem(.unavailable, "Roost is ending") }
      }
    }
  }

  private enum StoreOutcome: Sendable {
    case stored
    case queueFull
    case refused(Problem)
  }

  /// Events of one moment after another, each handled at its own time.
  private func replay(
    _ workspace: WorkspaceID, _ call: ParsedCall, _ quarantined: [QuarantineItem]
  ) async throws(Problem) {
    guard configuration.isSandbox else {
      throw Problem(.conflict, "only a sandbox can replay; start with roost serve --sandbox")
    }
    var moments: [(at: Instant, records: [UInt8], count: Int)] = []
    call.events.bytes.withUnsafeBytes { bytes in
      for range in call.ranges {
        var record = Array(bytes[range])
        let at = record.withUnsafeBytes { EventView(trusted: $0).timestamp }
        // Received when it happened: the replay's clock is there now.
        record.patch(at: EventView.receivedAtOffset, word: at.milliseconds)
        if moments.last?.at == at {
          moments[moments.count - 1].records += record
          moments[moments.count - 1].count += 1
        } else {
          moments.append((at, record, 1))
        }
      }
    }
    if !quarantined.isEmpty {
      try await store(EventSubmission(workspace: workspace, records: [], count: 0, quarantined: quarantined) { _ in })
    }
    var done = 0
    while done < moments.count {
      let rest = Array(moments[done...])
      let handled = try await perform { partition throws(Problem) in try partition.replay(workspace, rest) }
      done += handled
      if handled == 0, done < moments.count { _ = try await advanceClock(.to(moments[done].at)) }
    }
  }
}

extension Instant {
  /// Far enough ahead that no recorded event is later: a replay's events say themselves when they were received.
  static let replayHorizon = Instant(milliseconds: 253_370_764_800_000)
}

extension Partition {
  /// Handles moments of a replay until a hand-off has to be waited for; how many were handled.
  func replay(
    _ workspace: WorkspaceID, _ moments: [(at: Instant, records: [UInt8], count: Int)]
  ) throws(Problem) -> Int {
    try gathering { () throws(Problem) -> Int in try handle(moments, of: workspace) }
  }

  private func handle(
    _ moments: [(at: Instant, records: [UInt8], count: Int)], of workspace: WorkspaceID
  ) throws(Problem) -> Int {
    for (place, moment) in moments.enumerated() {
      if moment.at > now() {
        while try step(towards: moment.at) == .onTheWay {
          if hasDueHandoffs || !fills.isEmpty { return place }
        }
      }
      var refusal: Problem?
      handle([
        EventSubmission(workspace: workspace, records: moment.records, count: moment.count, quarantined: []) { _ in }
      ])
      refusal = failure
      if let refusal { throw refusal }
    }
    return moments.count
  }
}
