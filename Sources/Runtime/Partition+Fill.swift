import Engine
import Events
import History
import Profiles
import RoostCore

/// A change of segments on its way through all people of a workspace.
struct FillRun {
  var epoch: UInt32
  /// Slots before this one are done.
  var next = 0
  /// Those of them who took in somebody that was not done yet.
  var again: [Int] = []
}

extension Partition {
  /// Starts to bring everybody up to the workspace's newest segments.
  func startFill(_ workspace: WorkspaceID) {
    guard let engine = compiled[workspace] else { return }
    fills[workspace] = FillRun(epoch: engine.definitions.epoch)
  }

  /// Fills some people, one commit at most; `true` if there was anything to do.
  func fillSome() -> Bool {
    guard failure == nil, let workspace = fills.keys.first, var run = fills[workspace],
      let engine = compiled[workspace]
    else { return false }
    var chosen = run.again
    run.again = []
    while run.next < table.count, chosen.count < limits.fillsPerCommit {
      if table.slots[run.next].workspace == workspace { chosen.append(run.next) }
      run.next += 1
    }
    do throws(Problem) {
      let missing = chosen.filter { table.slots[$0].bytes == nil }
      if !missing.isEmpty { try fetch(missing) }
      let header = beginCommit()
      recordNewSymbols(header)
      try fill(chosen, engine, header)
      try finishCommit()
      if run.next >= table.count {
        fills[workspace] = nil
        try finishFill(workspace)
      } else {
        fills[workspace] = run
      }
    } catch { fail(error.message) }
    return true
  }

  private func fill(_ slots: [Int], _ engine: Engine, _ header: RecordHeader) throws(Problem) {
    var byBucket: [(bucket: Int, slot: Int)] = slots.map {
      (Int(Bucket(workspace: table.slots[$0].workspace, person: table.slots[$0].person).number), $0)
    }
    byBucket.sort { ($0.bucket, $0.slot) < ($1.bucket, $1.slot) }
    var open: Int?
    for (bucket, slot) in byBucket {
      guard var state = loadState(slot), state.redirect == nil,
        state.trackersEpoch < engine.definitions.epoch
      else { continue }
      if open != bucket {
        if let open { endRecord(open) }
        beginRecord(bucket, header)
        open = bucket
      }
      try fill(&state, slot, engine, header)
    }
    if let open { endRecord(open) }
  }

  private func fill(
    _ state: inout PersonState, _ slot: Int, _ engine: Engine, _ header: RecordHeader
  ) throws(Problem) {
    var trackers: Trackers?
    if state.trackersEpoch < engine.definitions.historyEpoch {
      trackers = try trackersFromHistory(of: state, engine)
    }
    group.bytes.appendPerson(state.workspace, state.id)
    var encoded: [UInt8] = []
    trackers?.encode(into: &encoded)
    encoded.withUnsafeBytes { group.bytes.appendFill(epoch: engine.definitions.epoch, trackers: $0) }
    stepEffects.removeAll()
    WorkspaceCounts.waiting(state, into: &waitingBefore)
    let standing = state.hasDelivery ? ActivityStanding(state) : nil
    engine.fill(&state, trackers: trackers, now: header.now, seed: header.seed, effects: &stepEffects)
    counts[state.workspace]?.moveRuns(from: waitingBefore, to: state)
    noteMemory(of: state, before: standing)
    commitPerson(slot, &state, &stepEffects)
  }

  private func trackersFromHistory(of state: PersonState, _ engine: Engine) throws(Problem) -> Trackers {
    var copy = state
    engine.definitions.segments.beginFill(&copy)
    do throws(HistoryError) {
      try histories[state.workspace]?.events(of: state.id) { event in
        engine.definitions.segments.record(event, in: &copy)
      }
    } catch { throw Problem(.unavailable, "the history cannot be read: \(error)") }
    return copy.trackers
  }

  /// Everybody is exact: journeys may act on the new segments from now on.
  private func finishFill(_ workspace: WorkspaceID) throws(Problem) {
    guard let engine = compiled[workspace] else { return }
    try change([.filled(workspace, epoch: engine.definitions.epoch)])
  }
}

extension Trackers {
  /// Slots with their numbers; what a `fill` entry carries. Not empty even without trackers.
  func encode(into bytes: inout [UInt8]) {
    bytes.append(varint: UInt64(rows.count))
    for row in rows {
      bytes.append(varint: UInt64(row.slot))
      bytes.append(varint: UInt64(row.count))
    }
    for value in values { bytes.append(word: value) }
  }

  /// `nil` for no bytes: the person's own trackers were good.
  init?(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    guard bytes.count > 0 else { return nil }
    self.init()
    var reader = ByteReader(bytes)
    for _ in 0..<(try reader.count(of: 2)) {
      let slot = try reader.varint()
      rows.append(Row(slot: UInt32(truncatingIfNeeded: slot), count: UInt32(truncatingIfNeeded: try reader.varint())))
    }
    for row in rows {
      for _ in 0..<row.count { values.append(try reader.word()) }
    }
  }
}
