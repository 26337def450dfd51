import Engine
import Events
import Profiles
import RoostCore

/// Handles a wave's people one after another: pure work in memory of its own, whose results are taken when all are done.
final class ReplayWorker: @unchecked Sendable {
  // Safe to share: used by one thread at a time, handed over under `ReplayCrew`'s locks.
  struct Outcome {
    var task: Int
    /// Of the state, in `bytes`.
    var range: Range<Int>
    var dueAt: Instant
  }
  struct Change {
    var workspace: WorkspaceID
    var before: WorkspaceCounts.Share
    var after: WorkspaceCounts.Share
  }
  /// Why the wave cannot be taken.
  enum Failure {
    case damagedState(PersonID, offset: Int?)
    case damagedRecord(Int, MalformedBytes)
  }

  private(set) var bytes: [UInt8] = []
  private(set) var outcomes: [Outcome] = []
  private(set) var changes: [Change] = []
  /// Whether identifiers get another owner than the wave's index says.
  private(set) var changesOwners = false
  private(set) var failure: Failure?

  private var state = PersonState(workspace: WorkspaceID(0), id: PersonID(0), createdAt: .distantFuture)
  private var buffer = StateBuffer()
  private var effects = PersonEffects()
  private var before = WorkspaceCounts.Share()
  private var after = WorkspaceCounts.Share()
  private var candidates: [IdentityCandidate] = []
  /// What was read ahead, kept so that the reading is not for nothing in the compiler's eyes.
  private var touched: UInt8 = 0

  func work(on wave: ReplayWave) {
    while failure == nil, let range = wave.take() {
      touch(wave.tasks[range])
      for place in range where failure == nil { handle(place, wave) }
    }
  }

  func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    outcomes.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    changesOwners = false
    failure = nil
  }

  /// Waiting for one state from memory overlaps with waiting for the others.
  private func touch(_ tasks: ArraySlice<ReplayTask>) {
    var sum: UInt8 = 0
    for task in tasks {
      guard let stored = task.stored else { continue }
      for offset in stride(from: 0, to: stored.count, by: 64) { sum &+= stored[offset] }
    }
    touched &+= sum
  }

  private func handle(_ place: Int, _ wave: ReplayWave) {
    let task = wave.tasks[place]
    let engine = task.engine.map { wave.engines[$0] }
    guard load(task, engine) else { return }
    var record = -1
    var next = task.firstInput
    while next >= 0, let engine {
      let input = wave.inputs[next]
      if input.record != record {
        effects.removeAll()
        effects.recordedRefusals = wave.refusals[input.record] ?? []
      }
      record = input.record
      do throws(MalformedBytes) { try handle(input, engine, task, wave) } catch {
        failure = .damagedRecord(input.record, error)
        return
      }
      next = input.next
    }
    keep(place, task)
  }

  private func load(_ task: ReplayTask, _ engine: Engine?) -> Bool {
    guard let stored = task.stored else {
      before.clear()
      state.begin(workspace: task.workspace, id: task.person, createdAt: .distantFuture)
      state.trackersEpoch = engine?.definitions.epoch ?? 0
      return true
    }
    do throws(MalformedBytes) { try state.take(stored) } catch {
      failure = .damagedState(task.person, offset: error.offset)
      return false
    }
    before.note(&state)
    return true
  }

  private func handle(
    _ input: ReplayInput, _ engine: Engine, _ task: ReplayTask, _ wave: ReplayWave
  ) throws(MalformedBytes) {
    switch input.what {
    case .event(let record, let places):
      let event = EventView(trusted: record)
      let refused = places.map(Int.init)
      _ = engine.handle(event, &state, refused: refused, now: input.now, seed: input.seed, effects: &effects)
      if !changesOwners { changesOwners = claims(event, refused, task, wave) }
    case .due: engine.handleDue(&state, now: input.now, seed: input.seed, effects: &effects)
    case .fill(let bytes):
      engine.fill(
        &state, trackers: try Trackers(decoding: bytes), now: input.now, seed: input.seed, effects: &effects)
    case .broadcastTurn(let journey):
      engine.broadcast(journey, to: &state, now: input.now, seed: input.seed, effects: &effects)
    }
  }

  /// Whether `Partition.claim` would change anything.
  private func claims(_ event: EventView, _ refused: [Int], _ task: ReplayTask, _ wave: ReplayWave) -> Bool {
    candidates.removeAll(keepingCapacity: true)
    IdentityCandidate.append(of: event, workspace: task.workspace, seed: wave.indexSeed, to: &candidates)
    for candidate in candidates where !refused.contains(candidate.position) {
      guard let owner = wave.index[candidate.key] else { return true }
      if owner != task.slot, !candidate.isPrevious { return true }
    }
    return false
  }

  private func keep(_ place: Int, _ task: ReplayTask) {
    after.note(&state)
    if after != before { changes.append(Change(workspace: task.workspace, before: before, after: after)) }
    if state.isDamaged { return failure = .damagedState(task.person, offset: nil) }
    state.encode(into: &buffer)
    let start = bytes.count
    bytes.append(contentsOf: buffer.content)
    outcomes.append(Outcome(task: place, range: start..<bytes.count, dueAt: state.dueAt))
  }
}
