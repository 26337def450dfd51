import Engine
import Events
import Profiles
import RoostCore

/// Handles the people of many plain records together: their states are fetched at once, and several threads decide.
///
/// What comes out is what one record after another would give: nobody's state depends on another's in such records, what is
/// counted is a sum, and identifiers are given out in the records' order.
final class ReplayTogether {
  private let partition: Partition
  private let stateCommit: UInt64
  private let crew = ReplayCrew()
  private let wave: ReplayWave

  init(_ partition: Partition, stateCommit: UInt64) {
    self.partition = partition
    self.stateCommit = stateCommit
    wave = ReplayWave(indexSeed: partition.indexSeed)
  }

  /// Begins to handle the records at some places of a chunk; `finish` has to follow.
  func begin(_ records: Range<Int>, of chunk: LogChunk, _ bytes: UnsafeRawBufferPointer) throws(Problem) {
    for place in records {
      let record = chunk.view(place, bytes)
      do throws(MalformedBytes) { try plan(record.payload, place) } catch { throw record.problem(error) }
    }
    try fetch()
    for place in wave.tasks.indices { wave.putStored(partition.table.state(wave.tasks[place].slot), place) }
    wave.index = partition.index
    crew.begin(wave)
  }

  /// Waits until the records' people are handled, and keeps what came of it.
  func finish(of chunk: LogChunk, _ bytes: UnsafeRawBufferPointer) throws(Problem) {
    defer { wave.removeAll() }
    var changesOwners = false
    var failures: [ReplayWorker.Failure] = []
    crew.finish(wave) { worker in
      if let failure = worker.failure { return failures.append(failure) }
      keep(worker)
      changesOwners = changesOwners || worker.changesOwners
    }
    if let failure = failures.first { throw problem(failure, chunk, bytes) }
    // A second owner of the table would have it copied.
    wave.index = IdentityIndex()
    if changesOwners { claimAll() }
  }

  private func plan(_ payload: UnsafeRawBufferPointer, _ record: Int) throws(MalformedBytes) {
    var reader = ByteReader(payload)
    let header = try RecordHeader(reading: &reader)
    // The states have all that is as old.
    guard header.commit > stateCommit else { return }
    var task: Int?
    var refused = UnsafeRawBufferPointer(start: nil, count: 0)
    let refusals = try RecordEntry.refusals(reader)
    if !refusals.isEmpty { wave.refusals[record] = refusals }
    while let entry = try RecordEntry.next(&reader) {
      let what: ReplayInput.What
      switch entry {
      case .person(let workspace, let person):
        task = self.task(of: person, workspace, header)
        refused = UnsafeRawBufferPointer(start: nil, count: 0)
        continue
      case .refused(let places):
        refused = places
        continue
      case .event(let event):
        what = .event(event, refused: refused)
        refused = UnsafeRawBufferPointer(start: nil, count: 0)
      case .due: what = .due
      case .fill(_, let trackers): what = .fill(trackers)
      case .broadcastTurn(let journey): what = .broadcastTurn(journey)
      default: continue
      }
      if let task { wave.add(what, to: task, header, record: record) }
    }
  }

  private func task(of person: PersonID, _ workspace: WorkspaceID, _ header: RecordHeader) -> Int? {
    let slot = partition.table.find(workspace, person) ?? partition.table.insert(workspace, person)
    return wave.task(of: slot, partition.table.slots[slot], commit: header.commit, partition.compiled[workspace])
  }

  /// Brings the states that memory lacks, in one go.
  private func fetch() throws(Problem) {
    var missing: [Int] = []
    for task in wave.tasks {
      let row = partition.table.slots[task.slot]
      if row.bytes == nil, row.byteCount > 0 { missing.append(task.slot) }
    }
    if !missing.isEmpty { try partition.fetch(missing) }
  }

  private func keep(_ worker: ReplayWorker) {
    worker.bytes.withUnsafeBytes { bytes in
      for outcome in worker.outcomes {
        let task = wave.tasks[outcome.task]
        partition.keep(
          task.slot, UnsafeRawBufferPointer(rebasing: bytes[outcome.range]), dueAt: outcome.dueAt, commit: task.commit)
      }
    }
    for change in worker.changes {
      partition.counts[change.workspace, default: WorkspaceCounts()].change(change.before, by: -1)
      partition.counts[change.workspace, default: WorkspaceCounts()].change(change.after, by: 1)
    }
  }

  /// Gives out the identifiers of all events, in their order.
  private func claimAll() {
    for input in wave.inputs {
      guard case .event(let record, let refused) = input.what else { continue }
      let task = wave.tasks[input.task]
      guard task.engine != nil else { continue }
      partition.claim(EventView(trusted: record), refused.map(Int.init), task.workspace, task.slot)
    }
  }

  private func problem(
    _ failure: ReplayWorker.Failure, _ chunk: LogChunk, _ bytes: UnsafeRawBufferPointer
  ) -> Problem {
    switch failure {
    case .damagedRecord(let place, let error): return chunk.view(place, bytes).problem(error)
    case .damagedState(let person, let offset):
      let place = offset.map { " at byte \($0)" } ?? ""
      return Problem(
        .unavailable,
        "the state of person \(person.text) is damaged\(place); delete \(partition.directory)/states: it is made anew "
          + "from the log")
    }
  }
}
