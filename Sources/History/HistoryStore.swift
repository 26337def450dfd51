import Dispatch
import Events
import RoostCore
import Synchronization

/// What each person of one workspace did: immutable column segments sorted by person and time, and the newest events in
/// memory. One store and one directory per workspace, so that workspaces cannot meet.
///
/// One thread appends, in commit order; any thread reads. All calls block; none belongs on a cooperative thread.
///
/// The files are a function of the items: the log replayed into an empty directory gives the same bytes.
public final class HistoryStore: Sendable {
  /// Where the files are.
  public let directory: String
  /// Where this store cuts; from its first start on.
  public let limits: HistoryLimits

  /// What readers and the appending thread share. Held for nanoseconds, never during input or output.
  struct State: ~Copyable {
    var segments: [Segment]
    /// Full parts, oldest first, until they are segments.
    var frozen: [RecentPart] = []
    var recent: RecentPart
    var fates: FateTable
    var resume: HistoryPosition
    /// The last item's place in the log; `nil` before the first one of this process.
    var last: HistoryPosition?
    let limits: HistoryLimits
    var status = HistoryStatus()
  }

  /// What the files hold. Held while a file is put in place.
  struct Files: ~Copyable {
    var manifest: Manifest
    var segments: [Segment]
  }

  let state: Mutex<State>
  let files: Mutex<Files>
  let sealing: DispatchQueue
  let merging: DispatchQueue

  /// Reads of single people.
  let reads = Atomic(0)

  /// Mapped pages are given back after so many reads of single people.
  static let readsBeforeRelease = 1_024

  /// More full parts than this wait for the disk before `append` waits too.
  static let frozenMax = 2

  /// Opens the directory, made if it is missing, and removes what a crash left half-written.
  ///
  /// Throws `.damaged` or `.unknownFormat` if the files cannot be used; deleting the directory is always a remedy.
  public init(directory: String, limits: HistoryLimits = HistoryLimits()) throws(HistoryError) {
    try FileSystem.makeDirectory(directory)
    let opened = try OpenedDirectory(directory, limits: limits)
    let manifest = opened.manifest
    self.directory = directory
    self.limits = manifest.limits
    state = Mutex(
      State(
        segments: opened.segments,
        recent: RecentPart(firstSequence: manifest.endSequence, limits: manifest.limits),
        fates: FateTable(opened.fates), resume: manifest.resume, limits: manifest.limits))
    files = Mutex(Files(manifest: manifest, segments: opened.segments))
    sealing = DispatchQueue(label: "roost.history.seal", qos: .utility)
    merging = DispatchQueue(label: "roost.history.merge", qos: .utility)
    merging.async { self.mergeDue() }
  }

  /// From here on the log must be replayed after opening; what comes again before it is skipped.
  public var durablePosition: HistoryPosition { state.withLock { $0.resume } }

  /// Whether the disk lags so far behind that the next cut may have to wait: time to refuse input.
  public var isSaturated: Bool { state.withLock { $0.frozen.count >= Self.frozenMax } }

  /// Adds an event, readable at once. About 0.1 µs; waits only if `isSaturated` and the recent part is full.
  ///
  /// - Parameters:
  ///   - person: the person as resolved at that moment; a redirect concerns what came before it.
  ///   - record: one event record, copied; at most `HistoryLimits.recordBytesMax`.
  ///   - position: the log record's position, never falling. Several items may share it; they are counted.
  /// - Throws: what kept the full parts from being written, when there is no room for more. The item is not taken:
  ///   once there is room again, it may be appended again.
  public func append(person: PersonID, record: UnsafeRawBufferPointer, position: UInt64) throws(HistoryError) {
    while true {
      let admission = state.withLock { state in
        state.add(position) { state, place in state.recent.append(person, record, at: place) }
      }
      if try settle(admission) { return }
    }
  }

  /// Looks at where people's next events will be put: waiting for one place in memory overlaps with waiting for the
  /// others. What it returns means nothing.
  public func touch(_ people: Span<PersonID>) -> UInt8 {
    state.withLock { state in
      var sum: UInt8 = 0
      for place in people.indices { sum &+= state.recent.touch(people[place].number) }
      return sum
    }
  }

  /// All that `from` did so far belongs to `to`. What is appended under `from` later is `from`'s again.
  public func redirect(from: PersonID, to: PersonID, position: UInt64) throws(HistoryError) {
    try decide(from == to ? nil : .some(from), target: to, position)
  }

  /// All that the person did so far is gone from reads at once, and from the files after `compact`.
  public func erase(person: PersonID, position: UInt64) throws(HistoryError) {
    try decide(person, target: nil, position)
  }

  /// Stands for an event whose record was erased from the log, when the log is replayed: the cuts stay where they were.
  public func skip(erasedBytes: Int, position: UInt64) throws(HistoryError) {
    while true {
      let admission = state.withLock { state in
        state.add(position) { state, place in state.recent.note(bytes: erasedBytes, at: place) }
      }
      if try settle(admission) { return }
    }
  }

  /// Makes a segment of the recent part, full or not, so that the log need not be replayed from before here. An item like
  /// the others: the log has it, and a rebuild cuts at the same place.
  public func cut(position: UInt64) throws(HistoryError) {
    while true {
      let admission = state.withLock { state in
        state.add(position) { state, place in
          state.recent.note(bytes: 0, at: place)
          state.recent.isClosed = true
        }
      }
      if try settle(admission) { return }
    }
  }

  private func decide(_ person: PersonID?, target: PersonID?, _ position: UInt64) throws(HistoryError) {
    while true {
      let admission = state.withLock { state in
        state.add(position) { state, place in
          if let person {
            let sequence = state.recent.endSequence
            state.fates.append(Fate(sequence: sequence, person: person.number, target: target?.number))
          }
          state.recent.note(bytes: 0, at: place)
        }
      }
      if try settle(admission) { return }
    }
  }

  /// Takes one item of the log; for rebuilding.
  public func append(_ item: HistoryItem) throws(HistoryError) {
    switch item {
    case .event(let person, let record, let position):
      let result: Result<Void, HistoryError> = record.withUnsafeBytes { bytes in
        do throws(HistoryError) {
          return .success(try append(person: person, record: bytes, position: position))
        } catch { return .failure(error) }
      }
      try result.get()
    case .redirect(let from, let to, let position): try redirect(from: from, to: to, position: position)
    case .erase(let person, let position): try erase(person: person, position: position)
    case .erasedEvent(let bytes, let position): try skip(erasedBytes: bytes, position: position)
    case .cut(let position): try cut(position: position)
    }
  }

  /// Goes on after an item was taken or found no room; true if it was taken.
  private func settle(_ admission: Admission) throws(HistoryError) -> Bool {
    switch admission {
    case .taken: return true
    case .takenAndCut:
      sealing.async { self.sealFrozen() }
      return true
    case .noRoom:
      sealing.sync { self.sealFrozen() }
      let failure = state.withLock { $0.frozen.count >= Self.frozenMax ? $0.status.failure : nil }
      if let failure { throw failure }
      return false
    }
  }
}
