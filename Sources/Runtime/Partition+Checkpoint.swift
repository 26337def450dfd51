import Engine
import History
import RoostCore
import Storage

extension Partition {
  /// Moves some changed people to the store; starts a checkpoint when enough was logged since the last. `true` if there
  /// was anything to do. Nobody waits: inputs go on between the steps.
  func checkpointSome() -> Bool {
    guard failure == nil else { return false }
    tidyDue()
    table.evict(downTo: limits.stateBytesMax, steps: limits.evictionStepsMax)
    if checkpointing == nil {
      // What was changed since the last checkpoint cannot be evicted: with many people and short logs memory decides.
      let isCrowded = table.residentBytes >= limits.stateBytesMax / 2 * 3
      guard bytesSinceCheckpoint >= limits.checkpointBytes || isCrowded else { return false }
      beginCheckpoint()
    }
    return continueCheckpoint(peopleMax: limits.checkpointPeoplePerStep)
  }

  /// Drops due times that were given up, once most are.
  private func tidyDue() {
    guard due.count > 2 * table.count + 65_536 else { return }
    due = DueQueue(
      (0..<table.count).lazy.filter { self.table.slots[$0].dueAt != .distantFuture }
        .map { (slot: $0, at: self.table.slots[$0].dueAt) })
  }

  /// A whole checkpoint at once, at the end of service.
  func checkpointNow() {
    guard failure == nil else { return }
    if checkpointing != nil { while continueCheckpoint(peopleMax: .max) {} }
    beginCheckpoint()
    while continueCheckpoint(peopleMax: .max) {}
  }

  private func beginCheckpoint() {
    cutLaggingHistories()
    bytesSinceCheckpoint = 0
    faults.pass(.checkpointBegin)
    checkpointing = CheckpointRun(
      checkpoint: present(), slots: table.takeDirty(), messages: outbox.takeUnsaved())
  }

  /// A quiet workspace's few recent events would keep the start of the replay far back for ever: its history is cut.
  private func cutLaggingHistories() {
    let horizon = checkpointPositions.last?.commit ?? 0
    let lagging = histories.filter { $0.value.status.recentRows > 0 && $0.value.durablePosition.position < horizon }
    guard !lagging.isEmpty else { return }
    let header = beginCommit()
    systemRecord(header) { bytes in
      for workspace in lagging.keys.sorted() { bytes.appendHistoryCut(workspace) }
    }
    for workspace in lagging.keys.sorted() {
      pendingHistory.append(HistoryAppend(workspace: workspace, what: .cut, commit: commit + 1))
    }
    do throws(Problem) { try finishCommit() } catch { fail(error.message) }
  }

  /// What a checkpoint says, as of now.
  private func present() -> Checkpoint {
    let position = CheckpointPosition(commit: commit + 1, logPosition: log.end.rawValue)
    // Histories replay from older places than states do: keep where those begin.
    let starts = histories.mapValues { history in
      let status = history.status
      return HistoryStart(
        commit: status.recentRows == 0 ? commit + 1 : history.durablePosition.position, hasFiles: status.segments > 0)
    }
    let oldest = starts.values.map(\.commit).min() ?? commit
    while checkpointPositions.count > 1, checkpointPositions[1].commit <= oldest { checkpointPositions.removeFirst() }
    checkpointPositions.append(position)
    let names = symbols.sorted { $0.key < $1.key }.map { workspace, table in
      let count = durableNames[workspace] ?? SymbolTable.firstOwnNumber
      return (
        workspace: workspace,
        names: Array(table.names(from: SymbolTable.firstOwnNumber).prefix(count - SymbolTable.firstOwnNumber))
      )
    }
    return Checkpoint(
      commit: commit, logPosition: log.end.rawValue, now: lastNow, positions: checkpointPositions,
      definitions: definitions, names: names, quarantineNumber: quarantineNumber,
      totals: .object(
        counts.sorted { $0.key < $1.key }.map { .init(String($0.key.number), $0.value.totalsJSON) }),
      audit: .object(
        audit.sorted { $0.key < $1.key }.map { .init(String($0.key.number), .array($0.value.map(\.json))) }),
      isSandbox: isSandbox, histories: starts, people: table.count, identifiers: index.count)
  }

  /// `false` once there is nothing left to do.
  private func continueCheckpoint(peopleMax: Int) -> Bool {
    guard var run = checkpointing else { return false }
    var batch = StateBatch()
    var moved = 0
    var step: [Int] = []
    while run.done < run.slots.count, moved < peopleMax {
      step.append(Int(run.slots[run.done]))
      run.done += 1
      moved += 1
    }
    sortByKey(&step)
    batch.reserve(step.count, bytes: step.reduce(0) { $0 + StoreKeys.personBytes + 8 + Int(table.slots[$1].byteCount) })
    for (place, slot) in step.enumerated() {
      // Nobody looked at most of them for long: waiting for one in memory overlaps with waiting for the others.
      if place % Self.touchedAhead == 0 { touch(step[place..<min(place + Self.touchedAhead, step.count)]) }
      put(slot, into: &batch)
    }
    while run.done == run.slots.count, run.messagesDone < run.messages.count, moved < peopleMax {
      saveOpen(run.messages[run.messagesDone], into: &batch)
      run.messagesDone += 1
      moved += 1
    }
    faults.pass(.checkpointStep)
    if run.isDone {
      var json: [UInt8] = []
      run.checkpoint.json.write(into: &json)
      batch.checkpoint = json
      checkpointing = nil
      metrics.add(.checkpoints)
      writeBehind(batch)
      faults.pass(.checkpointEnd)
      table.evict(downTo: limits.stateBytesMax, steps: 2 * table.count)
      storeSync?()
    } else {
      checkpointing = run
      writeBehind(batch)
    }
    return true
  }

  /// Inputs go on while another thread brings the batch into the store, which nobody else wants anything of just then.
  private func writeBehind(_ batch: StateBatch) {
    do throws(StorageError) { try store.writeBehind(batch) } catch {
      fail("the state store cannot be written: \(error)")
    }
  }

  /// Puts slots into the order of their people's keys in the store.
  func sortByKey(_ slots: inout [Int]) {
    var keyed = slots.map { (table.slots[$0].workspace.number, table.slots[$0].person.number, $0) }
    keyed.sort { $0.0 != $1.0 ? $0.0 < $1.0 : $0.1 < $1.1 }
    for place in slots.indices { slots[place] = keyed[place].2 }
  }

  private func touch(_ slots: ArraySlice<Int>) {
    var sum: UInt8 = 0
    for slot in slots { sum &+= table.touch(slot) }
    touchSum &+= sum
  }

  private func put(_ slot: Int, into batch: inout StateBatch) {
    table.clean(slot)
    scratch.removeAll(keepingCapacity: true)
    StoreKeys.append(person: table.slots[slot].person, of: table.slots[slot].workspace, to: &scratch)
    let keyBytes = scratch.count
    if table.isErased(slot) {
      scratch.withUnsafeBytes { batch.delete($0) }
    } else if let bytes = table.state(slot) {
      scratch.append(word: table.slots[slot].position)
      scratch.withUnsafeBytes { scratch in
        batch.put(
          UnsafeRawBufferPointer(rebasing: scratch[..<keyBytes]),
          UnsafeRawBufferPointer(rebasing: scratch[keyBytes...]),
          bytes)
      }
    }
  }
}
