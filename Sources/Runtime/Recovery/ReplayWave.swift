import Engine
import Events
import Profiles
import RoostCore
import Synchronization

/// What some records bring of one person: the state before them, and the inputs in order.
struct ReplayTask {
  var slot: Int
  var workspace: WorkspaceID
  var person: PersonID
  /// Place among the wave's engines; `nil` where the workspace has none.
  var engine: Int?
  /// The last record's.
  var commit: UInt64
  /// Places among the wave's inputs; −1: none.
  var firstInput = -1
  var lastInput = -1
  /// As the table has it; `nil` for a new person.
  var stored: UnsafeRawBufferPointer?
}

/// An input as the log has it.
struct ReplayInput {
  enum What {
    case event(UnsafeRawBufferPointer, refused: UnsafeRawBufferPointer)
    case due
    case fill(UnsafeRawBufferPointer)
    case broadcastTurn(Symbol)
  }
  var what: What
  var now: Instant
  var seed: UInt64
  var task: Int
  /// Place of the record in its chunk.
  var record: Int
  /// The same person's next input; −1: none.
  var next = -1
}

/// Some plain records' people, each of whom can be handled without looking at another: by as many threads as there are.
final class ReplayWave: @unchecked Sendable {
  // Safe to share: changed by the thread that replays alone, while nobody works on it (`ReplayCrew`).
  private(set) var tasks: [ReplayTask] = []
  private(set) var inputs: [ReplayInput] = []
  private(set) var engines: [Engine] = []
  /// Who has which identifier, as of before the wave.
  var index = IdentityIndex()
  /// By a record's place: the messages that it says were refused for missing values.
  var refusals: [Int: Set<IntentID>] = [:]
  let indexSeed: UInt64
  private var places: [Int: Int] = [:]
  private let taken = Atomic(0)

  /// So many people's states are in the cache together.
  private static let tasksTaken = 16

  init(indexSeed: UInt64) { self.indexSeed = indexSeed }

  /// The next people for whoever asks; `nil` when all are taken.
  func take() -> Range<Int>? {
    let start = taken.wrappingAdd(Self.tasksTaken, ordering: .relaxed).oldValue
    return start < tasks.count ? start..<min(start + Self.tasksTaken, tasks.count) : nil
  }

  func removeAll() {
    tasks.removeAll(keepingCapacity: true)
    inputs.removeAll(keepingCapacity: true)
    engines.removeAll(keepingCapacity: true)
    refusals.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    taken.store(0, ordering: .relaxed)
  }

  /// The place of the person's task; `nil` for a person whose state has the commit already.
  func task(
    of slot: Int, _ row: PersonTable.Slot, commit: UInt64, _ engine: @autoclosure () -> Engine?
  ) -> Int? {
    if let known = places[slot] {
      guard tasks[known].commit < commit else { return nil }
      tasks[known].commit = commit
      return known
    }
    guard row.position < commit else { return nil }
    places[slot] = tasks.count
    tasks.append(
      ReplayTask(
        slot: slot, workspace: row.workspace, person: row.person, engine: place(of: engine, row.workspace),
        commit: commit))
    return tasks.count - 1
  }

  /// Most waves are of one workspace.
  private func place(of engine: () -> Engine?, _ workspace: WorkspaceID) -> Int? {
    if let known = engines.lastIndex(where: { $0.definitions.workspace.id == workspace }) { return known }
    guard let engine = engine() else { return nil }
    engines.append(engine)
    return engines.count - 1
  }

  func add(_ what: ReplayInput.What, to task: Int, _ header: RecordHeader, record: Int) {
    let place = inputs.count
    inputs.append(ReplayInput(what: what, now: header.now, seed: header.seed, task: task, record: record))
    if tasks[task].firstInput < 0 { tasks[task].firstInput = place } else { inputs[tasks[task].lastInput].next = place }
    tasks[task].lastInput = place
  }

  func putStored(_ state: UnsafeRawBufferPointer?, _ task: Int) { tasks[task].stored = state }
}
