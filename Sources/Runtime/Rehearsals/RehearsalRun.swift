import Glibc
import History
import Profiles
import Rehearsal
import RoostCore
import Synchronization

/// A rehearsal on its way: threads of its own take shares of the people and rehearse them one by one.
final class RehearsalRun: Sendable {
  enum State: Sendable {
    case running
    case done
    case failed(Problem)
    case cancelled
  }

  let plan: RehearsalPlan
  let material: RehearsalMaterial
  let folder: RehearsalFolder
  private let sweep: HistorySweep
  private let indexSeed: UInt64
  private let createdAt: Instant
  private let perform: @Sendable (@escaping @Sendable (Partition) -> Void) -> Bool
  private let nextShare = Atomic(0)
  private let doneShares = Atomic(0)
  private let isCancelled = Atomic(false)
  private let content: Mutex<Content>
  private let threads: Int

  private struct Content {
    var state = State.running
    var figures: RehearsalFigures
    var threadsLeft: Int
    /// Shares' messages that are done before those ahead of them.
    var waiting: [Int: [UInt8]] = [:]
    var waitingBytes = 0
    var nextToWrite = 0
    var listed = 0
    var output: OutputBox?
  }

  private final class OutputBox: @unchecked Sendable {
    // Only touched under the lock of `content`.
    let file: OutputFile
    init(_ file: OutputFile) { self.file = file }
  }

  /// More messages than this are counted, but not kept one by one.
  static let listedMax = 4_000_000
  /// Messages that wait for a share ahead of them; a thread that is so far ahead waits.
  private static let waitingBytesMax = 32 << 20
  /// Identifiers that the committer is asked about at a time.
  private static let keysPerQuestion = 4_096

  init(
    plan: RehearsalPlan, material: RehearsalMaterial, folder: RehearsalFolder, sweep: HistorySweep, indexSeed: UInt64,
    createdAt: Instant, threads: Int, perform: @escaping @Sendable (@escaping @Sendable (Partition) -> Void) -> Bool
  ) {
    self.plan = plan
    self.material = material
    self.folder = folder
    self.sweep = sweep
    self.indexSeed = indexSeed
    self.createdAt = createdAt
    self.perform = perform
    self.threads = max(1, threads)
    content = Mutex(Content(figures: RehearsalFigures(plan), threadsLeft: max(1, threads)))
  }

  var state: State { content.withLock { $0.state } }

  var progress: Double { Double(doneShares.load(ordering: .relaxed)) / Double(max(1, sweep.count)) }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Begins; `completion` is called once, on a thread of the rehearsal.
  func start(_ completion: @escaping @Sendable () -> Void) throws(Problem) {
    try folder.make()
    try folder.writeMaterial(
      .object((material.json.members ?? []) + [.init("createdAt", .int(createdAt.milliseconds))]))
    let output = OutputBox(try OutputFile(folder.messages))
    content.withLock { $0.output = output }
    for _ in 0..<threads {
      Thread(stackBytes: 4 << 20) { [self] in
        // The service comes first. On Linux, 0 is the calling thread.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        let rehearser = Rehearser(plan)
        work(rehearser)
        let isLast = content.withLock { content in
          content.figures.join(rehearser.figures)
          content.threadsLeft -= 1
          return content.threadsLeft == 0
        }
        if isLast {
          finish()
          completion()
        }
      }.start()
    }
  }

  private func work(_ rehearser: Rehearser) {
    let reader = sweep.reader()
    while !isCancelled.load(ordering: .relaxed) {
      let share = nextShare.add(1, ordering: .relaxed).oldValue
      guard share < sweep.count else { return }
      do throws(Problem) {
        try rehearse(share, reader, rehearser)
      } catch {
        content.withLock { $0.state = .failed(error) }
        isCancelled.store(true, ordering: .relaxed)
        return
      }
      if doneShares.add(1, ordering: .relaxed).newValue % 8 == 0 { sweep.release() }
    }
  }

  private func rehearse(_ share: Int, _ reader: HistorySweep.Reader, _ rehearser: Rehearser) throws(Problem) {
    let batch: ScanBatch
    var events: [RecordedEvent] = []
    var starts: [Int] = []
    do throws(HistoryError) {
      batch = try reader.read(share)
      events.reserveCapacity(batch.times.count)
      for run in batch.people {
        starts.append(events.count)
        for row in run.rows {
          let arrival = batch.arrival(row)
          guard arrival < material.endArrival else { continue }
          events.append(RecordedEvent(record: try batch.event(row).bytes, arrival: arrival))
        }
      }
    } catch { throw Problem(.unavailable, "the history cannot be read: \(error)") }
    starts.append(events.count)
    let foreign = try foreignKeys(batch.people, starts, events)
    for (place, run) in batch.people.enumerated() where starts[place] < starts[place + 1] {
      rehearser.rehearse(
        run.person, events[starts[place]..<starts[place + 1]], foreign: foreign[run.person] ?? [])
    }
    try keep(share, rehearser)
  }

  /// Asks the index which identifiers stay with somebody else; most people have none.
  private func foreignKeys(
    _ people: UnsafeBufferPointer<PersonRun>, _ starts: [Int], _ events: [RecordedEvent]
  ) throws(Problem) -> [PersonID: [IdentifierKey]] {
    var asked: [NamedKey] = []
    var local: [IdentifierKey] = []
    for (place, run) in people.enumerated() {
      let keys = Rehearser.identifierKeys(
        of: events[starts[place]..<starts[place + 1]], workspace: plan.workspace, seed: indexSeed)
      for key in keys {
        asked.append(NamedKey(person: run.person, key: key.index))
        local.append(key.local)
      }
    }
    var foreign: [PersonID: [IdentifierKey]] = [:]
    var first = 0
    while first < asked.count {
      let end = min(asked.count, first + Self.keysPerQuestion)
      let answers = try ask(Array(asked[first..<end]))
      for (place, isForeign) in answers.enumerated() where isForeign {
        foreign[asked[first + place].person, default: []].append(local[first + place])
      }
      first = end
    }
    return foreign
  }

  private func ask(_ keys: [NamedKey]) throws(Problem) -> [Bool] {
    let workspace = plan.workspace
    let box = AnswerBox()
    guard perform({ partition in box.set(partition.foreignKeys(workspace, keys)) }) else {
      throw Problem(.unavailable, "Roost is ending")
    }
    while true {
      if let answers = box.wait() { return answers }
      // What was queued before the end is still answered; nothing waits for ever.
      if isCancelled.load(ordering: .relaxed) { throw Problem(.unavailable, "the rehearsal was cancelled") }
    }
  }

  private final class AnswerBox: Sendable {
    private let answer = Mutex<[Bool]?>(nil)
    private let signal = ThreadSignal()

    func set(_ answers: [Bool]) {
      answer.withLock { $0 = answers }
      signal.notify()
    }

    /// `nil` if a second was not enough.
    func wait() -> [Bool]? {
      if let answers = answer.withLock({ $0 }) { return answers }
      signal.wait(seconds: 1)
      return answer.withLock { $0 }
    }
  }

  /// Writes a share's messages behind those of the shares before it.
  private func keep(_ share: Int, _ rehearser: Rehearser) throws(Problem) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rehearser.messages.count * RehearsedMessage.byteCount)
    for message in rehearser.messages { message.encode(into: &bytes) }
    rehearser.messages.removeAll(keepingCapacity: true)
    while content.withLock({ $0.waitingBytes > Self.waitingBytesMax && $0.nextToWrite != share }),
      !isCancelled.load(ordering: .relaxed)
    {
      usleep(1_000)
    }
    let outcome: Result<Void, Problem> = content.withLock { content in
      content.waiting[share] = bytes
      content.waitingBytes += bytes.count
      do throws(Problem) {
        while let next = content.waiting.removeValue(forKey: content.nextToWrite) {
          content.waitingBytes -= next.count
          content.nextToWrite += 1
          let room = (Self.listedMax - content.listed) * RehearsedMessage.byteCount
          try content.output?.file.write(next.count <= room ? next : Array(next[..<room]))
          content.listed += min(next.count, room) / RehearsedMessage.byteCount
        }
        return .success(())
      } catch { return .failure(error) }
    }
    try outcome.get()
  }

  private func finish() {
    let (state, figures, listed) = content.withLock { content in
      content.output = nil
      return (content.state, content.figures, content.listed)
    }
    if case .failed = state { return folder.remove() }
    if isCancelled.load(ordering: .relaxed) {
      content.withLock { $0.state = .cancelled }
      return folder.remove()
    }
    do throws(Problem) {
      var pacing = RehearsalPacing(plan)
      try RehearsedMessages.sortByTime(folder, &pacing)
      try folder.writeSummary(RehearsalSummary(plan, figures, pacing: pacing, listed: listed).json)
      content.withLock { $0.state = .done }
    } catch {
      content.withLock { $0.state = .failed(error) }
      folder.remove()
    }
  }
}
